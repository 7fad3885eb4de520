import { createServer } from 'node:http'
import type { IncomingHttpHeaders } from 'node:http'
import type { AddressInfo } from 'node:net'
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { buildReport } from '../../reports/conformance/build.ts'
import { runRecord } from '../../reports/run.fixture.ts'
import { pushMetrics } from './push-metrics.ts'

interface Received {
  readonly method: string
  readonly url: string
  readonly headers: IncomingHttpHeaders
  readonly body: string
}

const received: Received[] = []
let answer: { status: number; body: string; location?: string } = { status: 200, body: '' }
const server = createServer((request, response) => {
  let body = ''
  request.on('data', (data: Buffer) => (body += data.toString()))
  request.on('end', () => {
    received.push({ method: request.method!, url: request.url!, headers: request.headers, body })
    response.writeHead(answer.status, answer.location ? { location: answer.location } : {}).end(answer.body)
  })
})
const folder = mkdtempSync(join(tmpdir(), 'meshspec-push-'))
let url = ''
beforeAll(async () => {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
})
beforeEach(() => {
  received.length = 0
  answer = { status: 200, body: '' }
})
afterAll(() => {
  server.close()
  rmSync(folder, { recursive: true })
})

const scenarios = runRecord.scenarios.map((scenario) => ({ ...scenario, tags: ['@profile:ISTIO-TRAFFIC', '@istio:request-routing'] }))
const report = buildReport(
  { ...runRecord, scenarios },
  { target: 'cluster', date: new Date(0), reproduce: '', shard: null, profiles: null, fileName: (uri) => uri },
)

test('the Pushgateway gets the whole group, with the credentials of its URL', async () => {
  await pushMetrics([report], { pushgateway: url.replace('//', '//me:p%40ss@') })
  const [request] = received
  expect(request).toMatchObject({ method: 'PUT', url: '/metrics/job/meshspec' })
  expect(request!.headers.authorization).toBe(`Basic ${Buffer.from('me:p@ss').toString('base64')}`)
  expect(request!.body).toContain('meshspec_conformance_tests{')
})

test('a path of the URL is kept', async () => {
  await pushMetrics([report], { pushgateway: `${url}/metrics/job/mesh/cluster/one` })
  expect(received[0]!.url).toBe('/metrics/job/mesh/cluster/one')
})

test('OTLP is posted as JSON', async () => {
  await pushMetrics([report], { otlp: url })
  expect(received[0]).toMatchObject({ method: 'POST', url: '/v1/metrics' })
  expect(received[0]!.headers['content-type']).toBe('application/json')
  expect(JSON.parse(received[0]!.body)).toHaveProperty('resourceMetrics')
})

test('a textfile is there whole', async () => {
  const file = join(folder, 'meshspec.prom')
  await pushMetrics([report], { textfile: file })
  expect(readFileSync(file, 'utf8')).toContain('# TYPE meshspec_conformance_result gauge')
  expect(existsSync(`${file}.tmp`)).toBe(false)
})

test.each([
  [{ status: 400, body: 'pushed metrics are invalid' }, 'it answered 400: pushed metrics are invalid'],
  [{ status: 302, body: '', location: 'http://127.0.0.1:1/' }, 'did not reach'],
])('%j is told', async (given, says) => {
  answer = given
  await expect(pushMetrics([report], { pushgateway: url })).rejects.toMatchObject({
    code: 'METRICS_NOT_PUSHED',
    message: expect.stringContaining(says) as string,
  })
})

test('nobody there is told, without the password', async () => {
  const failed: unknown = await pushMetrics([report], { otlp: 'http://me:secret@127.0.0.1:59973' }).catch((error: unknown) => error)
  expect(String(failed)).toContain('the metrics did not reach http://127.0.0.1:59973: ECONNREFUSED')
  expect(String(failed)).not.toContain('secret')
})
