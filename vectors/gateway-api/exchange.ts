import type { Exchange, Hop, WorkloadRef } from '../../mesh-core/index.ts'
import type { MeshCall } from '../../mesh-core/mesh.ts'
import { setsHeaders } from './echo-backend.ts'
import type { Stage } from './stage.ts'
import type { StreamMessage } from '../../mesh-core/ir/message.ts'
import type { Exchanging, Frame, Target, VectorCase } from './vector.ts'

/** What cannot be played, and why. */
export class NotPlayable extends Error {
  override readonly name = 'NotPlayable'
}

const schemes: Readonly<Record<string, 'http' | 'https' | 'udp'>> = {
  http: 'http',
  h2c: 'http',
  grpc: 'http',
  tcp: 'http',
  https: 'https',
  h2: 'https',
  tls: 'https',
  udp: 'udp',
  websocket: 'http',
}

/** Sends what a case, or one request of a distribution, says. @throws NotPlayable */
export function send(stage: Stage, what: Exchanging & Partial<VectorCase>, fresh: string): Promise<Exchange> {
  return stage.mesh.send(callOf(stage, what, fresh))
}

/** The same request many times. @throws NotPlayable */
export function sendMany(stage: Stage, what: Exchanging & Partial<VectorCase>, times: number): Promise<readonly Exchange[]> {
  return stage.mesh.sendMany(callOf(stage, what, 'many'), times)
}

function callOf(stage: Stage, what: Exchanging & Partial<VectorCase>, fresh: string): MeshCall {
  const { transport = 'http', target, request = {}, backendSetsResponseHeaders: sets } = what
  const scheme = schemes[transport]
  if (!scheme) throw new NotPlayable(`${transport} is not simulated`)
  if (!target) throw new NotPlayable('nothing is dialled')
  const headers: Record<string, string> = { ...openings[transport] }
  for (const [name, value] of Object.entries(request.headers ?? {})) headers[name.toLowerCase()] = value
  if (sets) headers[setsHeaders] = Object.entries(sets).map(([name, value]) => `${name}: ${value}`).join(', ') // prettier-ignore
  const { from, host } = dialled(stage, what, target)
  if (request.host !== undefined) headers['host'] = filled(stage, request.host)
  const path = transport === 'grpc' ? (request.path ?? `/${request.service ?? 'echo'}/${request.rpc ?? 'Echo'}`) : (request.path ?? '/')
  const query = request.query === undefined ? '' : `?${request.query.replaceAll('${uuid}', encodeURIComponent(fresh))}`
  const method = transport === 'grpc' ? 'POST' : (request.method ?? 'GET')
  const tls =
    scheme === 'https' && what.tls
      ? { tls: { ...tlsOf(what.tls, stage), applicationProtocols: transport === 'h2' ? ['h2', 'http/1.1'] : ['http/1.1'] } }
      : {}
  const stream = { ...(overHttp2.has(transport) && { protocol: 'h2' as const }), ...(what.frames && { messages: what.frames.map(messageOf) }) }
  return {
    ...tls,
    ...stream,
    from,
    method,
    url: `${scheme}://${host}:${target.port}${path}${query}`,
    headers,
    body: request.body ?? '',
    timeoutMs: 10_000,
  }
}

/** Header fields that open a stream. */
const openings: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  grpc: { 'content-type': 'application/grpc', te: 'trailers' },
  websocket: { connection: 'Upgrade', upgrade: 'websocket', 'sec-websocket-key': 'dGhlIHNhbXBsZSBub25jZQ==', 'sec-websocket-version': '13' },
}

const overHttp2: ReadonlySet<string> = new Set(['h2c', 'h2', 'grpc'])

/** Of a WebSocket. */
export function messageOf({ text, binary }: Frame): StreamMessage {
  return text ?? new Uint8Array(binary ?? [])
}

function tlsOf(
  { serverName, trustedCertificate, clientCertificate }: NonNullable<Exchanging['tls']>,
  { certificates }: Stage,
): NonNullable<MeshCall['tls']> {
  return {
    serverName,
    ...(trustedCertificate && { trusts: certificates.text(trustedCertificate) }),
    ...(clientCertificate && { certificate: certificates.pair(clientCertificate) }),
  }
}

function dialled(stage: Stage, { client, tls }: Exchanging, target: Target): { readonly from: MeshCall['from']; readonly host: string } {
  if (client) return { from: { kind: 'workload', ref: clientPod(stage, client.namespace, client.labels) }, host: filled(stage, target.host ?? '') }
  const { gateway } = target
  if (!gateway) throw new NotPlayable('neither a client nor a Gateway')
  const [address = '192.0.2.1'] = stage.status({ kind: 'Gateway', ...gateway })?.addresses ?? []
  return { from: { kind: 'gateway', ref: gatewayPod(stage, gateway.namespace, gateway.name) }, host: tls?.serverName ?? address }
}

function clientPod({ mesh }: Stage, namespace: string, labels: Readonly<Record<string, string>>): WorkloadRef {
  const pod = mesh.registry.workloads.find(
    (one) => one.ref.namespace === namespace && Object.entries(labels).every(([name, value]) => one.labels[name] === value),
  )
  if (!pod) throw new NotPlayable(`there is no pod ${JSON.stringify(labels)} in ${namespace}`)
  return pod.ref
}

function gatewayPod({ mesh }: Stage, namespace: string, name: string): WorkloadRef {
  const pod = mesh.registry.workloads.find((one) => one.ref.namespace === namespace && one.labels['gateway.networking.k8s.io/gateway-name'] === name)
  if (!pod) throw new NotPlayable(`Gateway ${namespace}/${name} has no pod`)
  return pod.ref
}

/** `${pod-address:ns/name}` and `${service-address:ns/name}` stand for what only a running mesh knows. */
export function filled({ mesh }: Stage, text: string): string {
  return text.replaceAll(/\$\{([\w-]+):([^/}]+)\/([^}:]+)(?::[^}]*)?\}/g, (whole, kind: string, namespace: string, name: string) => {
    if (kind.startsWith('pod')) return mesh.registry.workloads.find(({ ref }) => ref.namespace === namespace && ref.name === name)?.address ?? whole
    return mesh.registry.services.find((service) => service.namespace === namespace && service.name === name)?.address ?? whole
  })
}

/** The pod that answered: the last one that received the request itself. */
export function answering({ hops }: Exchange): Hop | undefined {
  return hops.findLast(({ mirrored, asks, to }) => !mirrored && !asks && to !== null)
}

export function mirrorsOf({ hops }: Exchange): Hop[] {
  return hops.filter(({ mirrored, to }) => mirrored && to !== null)
}
