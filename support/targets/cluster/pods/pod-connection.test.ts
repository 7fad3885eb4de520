import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { createServer } from 'node:net'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { Transform } from 'node:stream'
import type { Readable } from 'node:stream'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterEach, expect, test } from 'vitest'
import { bytesOf, Headers } from '../../../../mesh-core/ir/message.ts'
import type { HttpRequest, HttpResponse } from '../../../../mesh-core/ir/message.ts'
import { PodCertificates } from '../../../../samples/pod/certificates.ts'
import { plainLines } from '../../../../samples/pod/ports.ts'
import { WireServer } from '../../../../wire/server.ts'
import type { Handler } from '../../../../wire/server.ts'
import { ownSamples } from '../../../package.ts'
import { wireTls } from '../tls-options.ts'
import { sendOverWire } from '../wire-calls.ts'
import { PodAgent } from './agent.ts'
import type { PodConnection } from './pod-connection.ts'
import type { Pod } from './pod.ts'

const closing: (() => unknown)[] = []
afterEach(() => Promise.all(closing.splice(0).map((close) => close())))

const pod = { namespace: 'default', name: 'here', container: 'echo' } as Pod
const certificates = new PodCertificates('shop-v1')

/** The agent as `exec` would start it, in a process of this machine. */
function agentHere(way = (out: Readable): Readable => out): PodAgent {
  const child = spawn(process.execPath, [join(ownSamples, 'pod', 'agent.mjs')])
  const ended = once(child, 'exit').then(([code]) => code as number | null)
  const agent = new PodAgent(pod, { stdin: child.stdin, stdout: way(child.stdout), stderr: child.stderr, ended, kill: () => child.kill() })
  closing.push(() => agent.close())
  return agent
}

async function serve(handler: Handler): Promise<number> {
  const tls = () => ({ accepts: 'either', certificate: 'any', clientAuthorities: null }) as const
  const server = await WireServer.start(handler, { tls, certify: (name) => certificates.for(name), lines: plainLines })
  closing.push(() => server.close())
  return server.port
}

const echo: Handler = async (request, tls) => {
  const { protocol = 'http/1.1', path, body, messages } = request
  if (protocol === 'tcp') return { status: 0, headers: new Headers(), body: `heard ${body}` }
  if (request.headers.get('upgrade'))
    return { status: 101, headers: new Headers(), body: '', converse: (said) => said.map((one) => `heard ${String(one)}`) }
  const headers = new Headers(['content-type', request.headers.get('content-type') ?? 'text/plain'])
  return { status: 200, headers, body: `${protocol} ${path} ${body} ${tls?.serverName ?? 'plain'}`, ...(messages && { messages, body: '' }) }
}

const request = (more: Partial<HttpRequest>): HttpRequest => ({
  method: 'POST',
  scheme: 'http',
  authority: 'shop',
  path: '/x',
  headers: new Headers(),
  body: '',
  ...more,
})

function send(agent: PodAgent, port: number, asked: HttpRequest, authorities: readonly string[] | null = null): Promise<HttpResponse | string> {
  const connect = () => agent.open({ host: '127.0.0.1', port, elsewhere: false }).socket
  return sendOverWire({ connect, tls: authorities && wireTls(undefined, 'shop.example.com', false, authorities) }, asked)
}

test.each([
  ['HTTP/1.1', {}, 'http/1.1 /x a plain'],
  ['HTTP/1.0', { protocol: 'http/1.0' }, 'http/1.0 /x a plain'],
  ['HTTP/2', { protocol: 'h2' }, 'h2 /x a plain'],
] as const)('%s begins inside the pod', async (_, more, body) => {
  expect(await send(agentHere(), await serve(echo), request({ ...more, body: 'a' }))).toMatchObject({ status: 200, body })
})

test('so do many at once, large ones, and bytes', async () => {
  const [agent, port, large] = [agentHere(), await serve(echo), 'ä'.repeat(300_000)]
  const answers = await Promise.all(['1', '2', large].map((body) => send(agent, port, request({ protocol: 'h2', body }))))
  expect(answers.map((answer) => (answer as HttpResponse).body.length)).toEqual(['1', '2', large].map((body) => `h2 /x ${body} plain`.length))
  expect(await send(agent, port, bytesOf('tcp', 'shop', 'hello\n'))).toMatchObject({ status: 0, body: 'heard hello\n' })
})

/** The way to the cluster takes so long. */
function late(ms: number): Transform {
  return new Transform({ transform: (bytes, _, done) => void setTimeout(() => done(null, bytes), ms) })
}

const slow: Handler = async (asked, tls) => (await sleep(150), echo(asked, tls))

test('the time of an answer is the pod’s: from the first byte that it sent to the last that came', async () => {
  const [agent, port] = [agentHere((out) => out.pipe(late(400))), await serve(slow)]
  let connection: PodConnection | null = null
  const connect = () => (connection = agent.open({ host: '127.0.0.1', port, elsewhere: false })).socket
  const sent = sendOverWire({ connect, tls: null }, request({ protocol: 'http/1.0' }))
  expect(connection!.answeredMs).toBeNull()
  const start = performance.now()
  expect(await sent).toMatchObject({ status: 200 })
  expect(connection!.answeredMs).toBeGreaterThan(140)
  expect(connection!.answeredMs! + 390).toBeLessThan(performance.now() - start)
})

test('so is that of a request that the agent sends itself', async () => {
  const where = { host: '127.0.0.1', port: await serve(slow), secure: false, method: 'GET', path: '/x', headers: ['host', 'shop'], body: '' }
  const { status, ms } = await agentHere().call({ ...where, timeoutMs: 5000, elsewhere: false })
  expect(status).toBe(200)
  expect(ms).toBeGreaterThan(140)
  expect(ms).toBeLessThan(5000)
})

test('so do streams', async () => {
  const [agent, port] = [agentHere(), await serve(echo)]
  const grpc = request({ protocol: 'h2', headers: new Headers(['content-type', 'application/grpc']), messages: ['one', 'two'] })
  expect(await send(agent, port, grpc)).toMatchObject({ status: 200, messages: ['one', 'two'] })
  const opening = request({ method: 'GET', headers: new Headers(['connection', 'Upgrade', 'upgrade', 'websocket']), messages: ['hello'] })
  expect(await send(agent, port, opening)).toMatchObject({ status: 101, messages: ['heard hello'] })
})

test('TLS is of this process, and certificates are verified', async () => {
  const [agent, port] = [agentHere(), await serve(echo)]
  expect(await send(agent, port, request({ scheme: 'https', protocol: 'h2' }), [await certificates.authority()])).toMatchObject({
    status: 200,
    body: 'h2 /x  shop.example.com',
  })
  expect(await send(agent, port, request({ scheme: 'https' }), [])).toBe('tls: CERTIFICATE_VERIFY_FAILED')
})

test('why there is no connection', async () => {
  const free = createServer()
  const port = await new Promise<number>((resolve) => free.listen(0, '127.0.0.1', () => resolve((free.address() as AddressInfo).port)))
  await new Promise((resolve) => free.close(resolve))
  const agent = agentHere()
  expect(await send(agent, port, request({ protocol: 'h2' }))).toBe('refused')
  const connect = () => agent.open({ host: 'no-such-service.invalid', port: 80, elsewhere: false }).socket
  expect(await sendOverWire({ connect, tls: null }, request({ protocol: 'http/1.0' }))).toBe('unresolved')
  agent.close()
  expect(await send(agent, port, request({ protocol: 'h2' }))).toBe('closed')
})
