import { checkPath } from '../../mesh-core/ir/authorization-check.ts'
import { Headers } from '../../mesh-core/ir/index.ts'
import type { AccessLogEntry, Exchange, Hop, HttpRequest, SeenTls } from '../../mesh-core/ir/index.ts'
import { byNameInHost } from '../../mesh-core/compile/sidecar/unknown-traffic.ts'
import { isIpAddress } from '../../mesh-core/registry/dns.ts'
import type { MeshCall } from '../../mesh-core/mesh.ts'
import { framed } from '../../wire/grpc-frames.ts'
import type { Arrival, CountedObservation, Counts, InboundEntry, ObservedCall, SingleObservation } from './case.ts'
import { changedHeaders, headersOf, recorded, responseHeaders } from './wire.ts'
import { ownContentType, workloadHeader } from './workload.ts'
import { outside, type Outsider } from './world.ts'
import type { PlayedMesh } from './played-mesh.ts'

/** What an observer of a case knows. */
export interface Scene {
  readonly mesh: PlayedMesh
  readonly outsiders: ReadonlyMap<string, Outsider>
  /** Workloads whose own sidecars run: `b-v1.default`. */
  readonly inbound: ReadonlySet<string>
}

const own = { header: workloadHeader, contentType: ownContentType }

/** @returns an exchange in the recorded form */
export function singleObservation(exchange: Exchange, call: ObservedCall, sent: MeshCall, scene: Scene): SingleObservation {
  const { response, error } = exchange
  const written = clientLog(exchange)
  // Of a connection that its client has left a TCP proxy writes when the other end has, too: later than the recorder looked.
  const log = error === 'timeout' && written?.details === '-' ? null : written
  const cluster = log?.cluster ?? '-'
  const arrivals = inOrderOfArrival(exchange.hops).filter((hop) => arrived(hop, scene))
  const arrival = (hop: Hop): Arrival => arrivalOf(hop, call, sent, scene)
  const inbound = inboundEntries(exchange, scene)
  return {
    status: response?.status ?? 0,
    ...(error && { error }),
    flags: log?.flags ?? '-',
    route: log?.route || '-',
    cluster,
    ...(!tunnelled(log) && { details: log?.details || '-' }),
    headers: response ? responseHeaders(response.headers, own) : {},
    ...(!response?.headers.has(workloadHeader) && { body: response?.body ?? '' }),
    reached: arrivals.filter((hop) => !isCopy(hop, call)).map(arrival),
    mirrored: arrivals
      .filter((hop) => isCopy(hop, call))
      .map(arrival)
      .sort((a, b) => order(a.workload, b.workload) || order(a.path, b.path)),
    ...(inbound.length > 0 && { inbound }),
    ...candidatesOf(cluster, sent, scene),
    durationMs: exchange.durationMs,
  }
}

/** @returns the counts of many exchanges in the recorded form */
export function countedObservation(exchanges: readonly Exchange[], call: ObservedCall, scene: Scene): CountedObservation {
  const arrivals = exchanges.flatMap((exchange) => exchange.hops.filter((hop) => arrived(hop, scene)))
  const names = (mirrored: boolean): string[] => arrivals.filter((hop) => isCopy(hop, call) === mirrored).map((hop) => receiver(hop, scene).workload)
  const logs = exchanges.map(clientLog).filter((log) => log !== null)
  const mirrored = counts(names(true))
  return {
    times: exchanges.length,
    statuses: counts(exchanges.map(({ response, error }) => error ?? String(response?.status ?? 0))),
    workloads: counts(names(false)),
    flags: counts(logs.map((log) => log.flags)),
    clusters: counts(logs.map((log) => log.cluster)),
    ...(Object.keys(mirrored).length > 0 && { mirrored }),
  }
}

function counts(kinds: readonly string[]): Counts {
  const result: Record<string, number> = {}
  for (const kind of [...kinds].sort()) result[kind] = (result[kind] ?? 0) + 1
  return result
}

/** What the proxy of the client wrote of its request. */
function clientLog({ hops }: Exchange): AccessLogEntry | null {
  return hops.find(({ parent, mirrored, log }) => parent === -1 && !mirrored && log !== null)?.log ?? null
}

/** A TCP proxy has no response code details, and its log no status. */
function tunnelled(log: AccessLogEntry | null): boolean {
  return log !== null && log.status === 0 && log.details === '' && log.cluster !== '-'
}

/** At a workload: what a gateway gets on the way is none. */
function arrived({ received, to }: Hop, { mesh }: Scene): boolean {
  return received !== null && !(to && mesh.registry.workload(to)?.gateway)
}

/**
 * To the recorder: what a proxy has sent on its own account, as `x-envoy-internal` tells, and where `x-forwarded-for` has changed. A question to an authorizer
 * may look so, unless the sidecar of the authorizer has taken that header away.
 */
function isCopy({ mirrored, asks, received }: Hop, call: ObservedCall): boolean {
  if (!asks) return mirrored
  const sent = new Headers(headersOf(call).fields.flatMap(([name, value]) => [name.toLowerCase(), value]))
  const chain = 'x-forwarded-for'
  const isTold = received!.headers.all('x-envoy-internal').join() === 'true' && !sent.has('x-envoy-internal')
  return isTold && received!.headers.all(chain).join() !== sent.all(chain).join()
}

/** The recorder knew pods; an address that an EndpointSlice alone names stood for somebody outside. */
function receiver(hop: Hop, { outsiders }: Scene): Outsider {
  if (hop.to) return outsiders.get(hop.to.name) ?? (isIpAddress(hop.to.name) ? outside : { workload: hop.to.name, namespace: hop.to.namespace })
  const host = /^outbound\|\d+\|[^|]*\|(.+)$/.exec(hop.log?.cluster ?? '')?.[1]
  // A cluster may lead to where its client wanted to go, whoever that is, or to whom it asked for.
  const asked = hop.received!.authority.replace(/:\d+$/, '')
  const dialled = hop.log?.cluster === byNameInHost ? asked : (hop.service ?? (host === undefined ? asked : ''))
  return outsiders.get(host ?? '') ?? outsiders.get(dialled) ?? outside
}

function arrivalOf(hop: Hop, call: ObservedCall, sent: MeshCall, scene: Scene): Arrival {
  const { method, path, authority, headers, body, protocol } = hop.received!
  const port = hop.mirrored ? null : (hop.port ?? /:(\d+)$/.exec(hop.log?.upstreamHost ?? '')?.[1])
  const question = path === checkPath ? questionOf(hop.received!) : null
  const arrivedBody = question ?? recorded(body)
  // What Envoy sends of its own accord tells its own address.
  const envoy = question !== null || hop.asks ? hop.from : hop.mirrored ? sent.from.ref : null
  return {
    ...receiver(hop, scene),
    ...(port && { port: Number(port) }),
    method,
    path: recorded(path),
    authority: recorded(authority),
    headers: changedHeaders(envoy ? asOnLoopback(headers, scene.mesh.registry.workload(envoy)?.address) : headers, headersOf(call).fields),
    ...(arrivedBody !== recorded(sent.body) && { body: arrivedBody }),
    ...(hop.tls && { tls: tlsOf(hop.tls) }),
    ...(protocol && { protocol }),
  }
}

/** To an authorizer over gRPC, a character for each byte. Over HTTP/1.1 it comes as a body. */
function questionOf({ messages, body }: HttpRequest): string {
  return messages ? framed(messages).toString('latin1') : body
}

/** As the recorder wrote it. */
function tlsOf({ serverName, applicationProtocol }: SeenTls): string {
  return `tls sni=${serverName ?? 'None'} alpn=${applicationProtocol ?? 'None'}`
}

/**
 * Envoy adds its own address to x-forwarded-for of a mirrored request: the one of its first interface. The recorder's proxies had the loopback
 * interface alone.
 */
function asOnLoopback(headers: Headers, proxyAddress: string | undefined): Headers {
  const copy = headers.copy()
  const chain = copy.get('x-forwarded-for')?.split(',') ?? []
  if (chain.at(-1)?.trim() === proxyAddress) copy.set('x-forwarded-for', [...chain.slice(0, -1), '127.0.0.1'].join(','))
  return copy
}

/** By workload, and of those of one workload copies first: which of them arrives first is a race. */
export function inboundEntries({ hops }: Pick<Exchange, 'hops'>, { inbound }: Pick<Scene, 'inbound'>): InboundEntry[] {
  return hops
    .flatMap(({ inbound: entry, mirrored }) => (entry ? [{ workload: entry.proxy, entry, mirrored }] : []))
    .filter(({ workload }) => inbound.has(workload))
    .sort((a, b) => order(a.workload, b.workload) || Number(b.mirrored) - Number(a.mirrored))
    .map(({ workload, entry: { status, flags, route, cluster, details } }) => ({ workload, status, flags, route, cluster, details }))
}

/** The workloads of the cluster's endpoints and its policy, when there are several endpoints to choose from. Endpoints that are names the recorder could not tell. */
function candidatesOf(cluster: string, { from }: MeshCall, { mesh, outsiders }: Scene): Pick<SingleObservation, 'candidates' | 'named' | 'lb'> {
  const config = mesh.proxyConfig(from.ref)?.clusters[cluster]
  // Who is called by the address that was dialled is chosen by nobody.
  if (!config || config.discovery === 'original-dst' || config.endpoints.length < 2) return {}
  const nameOf = (name: string): string => outsiders.get(name)?.workload ?? (isIpAddress(name) ? outside.workload : name)
  const [names, addresses] = [true, false].map((isName) => config.endpoints.filter(({ address }) => isNameThere(address) === isName))
  const named = names!.map(({ workload }) => nameOf(workload.name))
  const candidates = [...addresses!.map(({ workload }) => nameOf(workload.name)), ...named.map(() => outside.workload)]
  return { candidates: [...new Set(candidates)].sort(order), ...(named.length > 0 && { named }), lb: config.loadBalancing.kind }
}

/** To the recorder an address was one of IPv4. */
function isNameThere(address: string): boolean {
  return !/^[\d.]+$/.test(address)
}

function order(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0
}

/** A question comes before the request that it is about. */
function inOrderOfArrival(hops: Exchange['hops']): readonly Hop[] {
  const questionsOf = (parent: number): Hop[] => hops.flatMap((hop, i) => (hop.asks && hop.parent === parent ? [...questionsOf(i), hop] : []))
  return hops.flatMap((hop, i) => (hop.asks ? (hop.parent === -1 ? [...questionsOf(i), hop] : []) : [...questionsOf(i), hop]))
}
