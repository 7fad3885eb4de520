/** A target of one's own, whole: a "mesh" of one real HTTP server that answers every request with what it received. */
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { type Call, defineTarget, type Exchange, Headers, type MeshSession, NotSupported } from 'meshspec/support'

export default defineTarget({
  name: 'example',
  // a scenario that needs more than this is reported as not supported
  capabilities: new Set(['gateway-calls'] as const),
  clock: 'wall',
  open: async () => openSession(),
  close: async () => {},
})

async function openSession(): Promise<MeshSession> {
  const server = createServer((request, response) => response.end(`${request.method} ${request.url}`))
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening))
  const { port } = server.address() as AddressInfo
  const send = (call: Call): Promise<Exchange> => exchange(call, `http://127.0.0.1:${port}`)
  return {
    send,
    async *sendMany(call, { times }) {
      for (let i = 0; i < times; i++) yield await send(call)
    },
    elapse: (ms) => new Promise((elapsed) => setTimeout(elapsed, ms)),
    notModelled: () => [],
    close: async () => void server.close(),
    apply: () => refuse('config', 'the example has no config'),
    remove: () => refuse('config', 'the example has no config'),
    deployBookinfo: () => refuse('workloads', 'the example has one service, and it is there'),
    deployEcho: () => refuse('workloads', 'the example has one service, and it is there'),
    setBehaviour: () => refuse('behaviour', 'the example always answers at once'),
    setSidecars: () => refuse('workloads', 'the example has no sidecars'),
    pods: () => refuse('pods', 'the example has no pods'),
  }
}

async function refuse(capability: NotSupported['capability'], reason: string): Promise<never> {
  throw new NotSupported(capability, reason)
}

/** One request over real HTTP. What nobody can tell from outside (hops, decisions) is left empty. */
async function exchange({ from, method, target, headers, body }: Call, gateway: string): Promise<Exchange> {
  if (from.kind !== 'client') return refuse('in-mesh-calls', 'the example has no workloads to send from')
  const started = performance.now()
  const response = await fetch(new URL(target, gateway), {
    method,
    redirect: 'manual',
    headers: fetchHeaders(headers),
    ...(body === '' ? {} : { body }),
  })
  const text = await response.text()
  return {
    request: { method, scheme: 'http', authority: new URL(gateway).host, path: target, headers: Headers.of(headers), body },
    response: { status: response.status, headers: Headers.of(Object.fromEntries(response.headers)), body: text },
    error: null,
    durationMs: performance.now() - started,
    hops: [],
  }
}

function fetchHeaders(headers: Call['headers']): [string, string][] {
  return Object.entries(headers).flatMap(([name, values]) => [values].flat().map((value): [string, string] => [name, value]))
}
