import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:https'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { CertificateAuthority } from '../../mesh-core/identity/certificate-authority.ts'
import { buildReport } from '../../reports/conformance/build.ts'
import { readReports } from '../../reports/conformance/read.ts'
import { runRecord } from '../../reports/run.fixture.ts'
import { publishReport } from './publish-report.ts'

interface Received {
  readonly method: string
  readonly url: string
  readonly authorization: string
  readonly body: string
}

const report = buildReport(
  { ...runRecord, scenarios: runRecord.scenarios.map((scenario) => ({ ...scenario, tags: ['@profile:ISTIO-TRAFFIC', '@istio:request-routing'] })) },
  { target: 'cluster', date: new Date(0), reproduce: '', shard: { index: 3, total: 4 }, profiles: null, fileName: (uri) => uri },
)
const folder = mkdtempSync(join(tmpdir(), 'meshspec-account-'))
const received: Received[] = []
let answer = { status: 200, body: '{}' }
let close = (): void => {}
let env: Record<string, string> = {}

beforeAll(async () => {
  const authority = await CertificateAuthority.create('kubernetes')
  const { certificateChain, privateKey } = await authority.issue({ dnsNames: ['localhost'] })
  const server = createServer({ cert: certificateChain, key: privateKey }, (request, response) => {
    let body = ''
    request.on('data', (data: Buffer) => (body += data.toString()))
    request.on('end', () => {
      received.push({ method: request.method!, url: request.url!, authorization: request.headers.authorization!, body })
      response.writeHead(answer.status).end(answer.body)
    })
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  close = () => server.close()
  env = { KUBERNETES_SERVICE_HOST: 'localhost', KUBERNETES_SERVICE_PORT: String((server.address() as AddressInfo).port) }
  for (const [name, text] of Object.entries({ 'ca.crt': authority.certificate, token: 'T0ken\n', namespace: 'checks' }))
    writeFileSync(join(folder, name), text)
})
beforeEach(() => {
  received.length = 0
  answer = { status: 200, body: '{}' }
})
afterAll(() => {
  close()
  rmSync(folder, { recursive: true })
})

test('the report gets into a ConfigMap that report merge can read, found by the name without its number', async () => {
  await publishReport(report, 'mesh-3', { folder, env })
  const [request] = received
  expect(request).toMatchObject({
    method: 'PATCH',
    url: '/api/v1/namespaces/checks/configmaps/mesh-3?fieldManager=meshspec&force=true',
    authorization: 'Bearer T0ken',
  })
  expect(JSON.parse(request!.body)).toMatchObject({ metadata: { name: 'mesh-3', labels: { 'meshspec.dev/report': 'mesh' } } })
  expect(readReports(request!.body)).toEqual([report])
})

test.each([
  [403, JSON.stringify({ kind: 'Status', message: 'configmaps "mesh" is forbidden' }), 'the API server answered 403: configmaps "mesh" is forbidden'],
  [500, 'oh', 'the API server answered 500: oh'],
])('%i is told', async (status, body, says) => {
  answer = { status, body }
  await expect(publishReport(report, 'mesh', { folder, env })).rejects.toMatchObject({
    code: 'REPORT_NOT_PUBLISHED',
    message: expect.stringContaining(says) as string,
  })
})

test('outside of a cluster there is nowhere to keep it', async () => {
  await expect(publishReport(report, 'mesh', { folder, env: {} })).rejects.toMatchObject({
    message: expect.stringContaining('no pod of a cluster') as string,
  })
})

test('an API server of somebody else gets neither the report nor the token', async () => {
  const other = mkdtempSync(join(tmpdir(), 'meshspec-account-'))
  for (const [name, text] of Object.entries({
    'ca.crt': (await CertificateAuthority.create('another')).certificate,
    token: 'T0ken',
    namespace: 'checks',
  }))
    writeFileSync(join(other, name), text)
  await expect(publishReport(report, 'mesh', { folder: other, env })).rejects.toMatchObject({ code: 'REPORT_NOT_PUBLISHED' })
  expect(received).toEqual([])
  rmSync(other, { recursive: true })
})
