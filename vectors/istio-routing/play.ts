import { ConfigRejected } from '../../mesh-core/config/errors.ts'
import { inNamespace, readText } from '../../mesh-core/config/load.ts'
import type { Resource } from '../../mesh-core/config/resource.ts'
import { type Exchange, Headers, type Hop, type Program } from '../../mesh-core/ir/index.ts'
import type { ClientTls } from '../../mesh-core/ir/tls.ts'
import type { MeshCall } from '../../mesh-core/mesh.ts'
import { withCertificates } from '../mesh-observed/certificates.ts'
import type { CaseOptions, PlayedMesh } from '../mesh-observed/played-mesh.ts'
import type { Fixture, FixtureService, RoutingCall, RoutingVector } from './vector.ts'
import { addressOf, customGateway, worldOf } from './world.ts'

/** What plays a vector: mesh-core, or its compiler with Envoy. */
export type Open = (
  options: Pick<CaseOptions, 'seed' | 'program' | 'sends' | 'applicationAddress' | 'inboundSidecar'>,
) => PlayedMesh | Promise<PlayedMesh>

export interface Played {
  readonly exchanges: readonly Exchange[]
  /** To a query of DNS; `null`: nobody answers. */
  readonly addresses?: readonly string[] | null
  /** Of the vector's own config. */
  readonly notModelled: readonly string[]
}

/** Upstream's own patience. */
const patienceMs = 60_000

/** A share is told from ten times as many requests as upstream sends: a right one, off by chance alone, then stays six deviations inside the tolerance. */
const samplesOfSplit = 10

/** Vectors of one key have the same config and the same client: they may be played on one mesh, one after another. */
export function meshKey({ yaml, call: { from, address } }: RoutingVector): string {
  return JSON.stringify([yaml, from, isOfCustomGateway(address)])
}

/** A mesh with the config of vectors. */
export interface World {
  /** @throws NotPlayable for a call that a mesh of HTTP cannot send */
  play(vector: RoutingVector): Promise<Played>
  close(): Promise<void>
}

/** @param vectors of one key @throws ConfigRejected for a config that is refused */
export async function openWorld(vectors: readonly RoutingVector[], fixture: Fixture, open: Open): Promise<World> {
  const { yaml, call } = vectors[0]!
  const sends: CaseOptions['sends'] = ({ ref, gateway }) => gateway || (ref.name === call.from.service && ref.namespace === call.from.namespace)
  const applicationAddress: CaseOptions['applicationAddress'] = (_, port) => addressOf(port, fixture)
  const mesh = await open({ seed: 1, program: () => echo, sends, applicationAddress, inboundSidecar: named(vectors, fixture) })
  const close = async (): Promise<void> => mesh.close?.()
  try {
    // Where upstream's Secrets hold a certificate, those of vectors hold nothing.
    const own = await withCertificates(inNamespace(read(yaml, 'config.yaml'), fixture.namespace), '')
    const gateway = isOfCustomGateway(call.address) ? read(customGateway(fixture), 'gateway.yaml') : []
    await mesh.apply([...read(worldOf(fixture), 'world.yaml'), ...gateway, ...own])
    const names = new Set(own.map(({ origin }) => origin.resource))
    return { play: (vector) => play(vector, mesh, names, fixture), close }
  } catch (error) {
    await close()
    throw error
  }
}

function isOfCustomGateway(address = ''): boolean {
  return address.startsWith('custom-gateway.')
}

async function play({ call, expect }: RoutingVector, mesh: PlayedMesh, own: ReadonlySet<string>, fixture: Fixture): Promise<Played> {
  const notModelled = (): string[] =>
    mesh.notModelled.filter(({ resource }) => own.has(resource)).map(({ resource, message }) => `${resource}: ${message}`)
  if (call.scheme === 'dns') return { exchanges: [], addresses: answerOf(call, mesh), notModelled: notModelled() }
  const splits = expect.some(({ check }) => check === 'Split')
  const count = (call.count ?? 1) * (splits ? samplesOfSplit : 1)
  return { exchanges: await sendAll(mesh, call, count, fixture), notModelled: notModelled() }
}

/** Whose sidecars take requests in: of what vectors do not name nobody is reached, and on Envoy each costs a listener for every port. */
function named(vectors: readonly RoutingVector[], { services }: Fixture): NonNullable<CaseOptions['inboundSidecar']> {
  const text = vectors.map(({ yaml, call }) => `${yaml} ${JSON.stringify(call)}`).join(' ')
  const isNamed = ({ name, vip, pods }: FixtureService): boolean =>
    new RegExp(`(?<![\\w-])${name}(?![\\w-])`).test(text) || [vip, ...pods].some((address) => text.includes(address))
  const found = new Set(services.filter(isNamed).map(({ name, namespace }) => `${name}.${namespace}`))
  return ({ ref, sidecar }) => sidecar && found.has(`${ref.name}.${ref.namespace}`)
}

/** What the data plane has no form for. */
export class NotPlayable extends Error {
  override readonly name = 'NotPlayable'
}

function read(text: string, file: string): readonly Resource[] {
  const { resources, errors } = readText(text, file)
  if (errors.length > 0) throw new ConfigRejected(errors)
  return resources
}

const echo: Program = (request) => {
  if (request.protocol === 'tcp') return { status: 0, headers: new Headers(), body: request.body }
  const headers = new Headers(['content-type', 'text/plain'])
  // What a gRPC server says of a call that went well.
  if (request.headers.get('content-type')?.startsWith('application/grpc')) headers.set('grpc-status', '0')
  return { status: 200, headers, body: 'echo' }
}

const redirects: ReadonlySet<number> = new Set([301, 302, 303, 307, 308])

/** Of many the next is sent when one has its answer; what is told of it may come later. */
const atOnce = 10

async function sendAll(mesh: PlayedMesh, call: RoutingCall, count: number, fixture: Fixture): Promise<readonly Exchange[]> {
  if (mesh.sendMany && count > atOnce && !call.followRedirects)
    return mesh.sendMany(meshCallOf(call, mesh, fixture), { times: count, concurrency: atOnce })
  const exchanges: Exchange[] = []
  for (let i = 0; i < count; i++) exchanges.push(await sendFollowing(mesh, call, fixture))
  return exchanges
}

/** As the test's client does: to another place, the Host goes with it. */
async function sendFollowing(mesh: PlayedMesh, call: RoutingCall, fixture: Fixture): Promise<Exchange> {
  let sent = meshCallOf(call, mesh, fixture)
  for (let hops = 0; ; hops++) {
    const exchange = await mesh.send(sent)
    const location = exchange.response?.headers.get('location')
    if (!call.followRedirects || !redirects.has(exchange.response?.status ?? 0) || location === undefined || hops === 10) return exchange
    const { host: _, ...headers } = sent.headers
    sent = { ...sent, url: new URL(location, sent.url).href, headers }
  }
}

/** `name?&protocol=tcp&server=127.0.0.1`: agents answer over TCP as over UDP. */
function answerOf({ address = '', from }: RoutingCall, mesh: PlayedMesh): readonly string[] | null {
  const [name = '', query = ''] = address.split('?')
  const sender = mesh.registry.workloads.find(({ ref }) => ref.name === from.service && ref.namespace === from.namespace)
  if (!sender || !mesh.lookUp) throw new NotPlayable('a query of DNS cannot be sent')
  return mesh.lookUp(name, sender.ref, new URLSearchParams(query).get('server') ?? undefined)
}

/** Ports at which Istio's echo greets its clients, who wait for it. */
export function isGreeted({ scheme, port }: RoutingCall): boolean {
  return scheme === 'tcp' && /-server$/.test(port?.name ?? '')
}

function meshCallOf(call: RoutingCall, mesh: PlayedMesh, fixture: Fixture): MeshCall {
  if (call.proxyProtocolVersion !== undefined) throw new NotPlayable('a PROXY header cannot be sent')
  const authority = `${targetOf(call, mesh, fixture)}:${call.port?.servicePort ?? 80}`
  const rest = { from: senderOf(call, mesh), timeoutMs: call.timeoutMs ?? patienceMs }
  // Upstream writes what no client of Go's sends by itself.
  const [, method, path] = /^(\S+) (\S+) HTTP\/1\.0\n$/.exec(call.message ?? '') ?? []
  if (method !== undefined) return { ...rest, method, url: `http://${authority}${path}`, headers: {}, body: '', protocol: 'http/1.0' }
  if (call.message !== undefined) return { ...rest, method: '', url: `tcp://${authority}`, headers: {}, body: call.message }
  if (isGreeted(call)) return { ...rest, method: '', url: `tcp://${authority}`, headers: {}, body: '', serverFirst: true }
  const headers: Record<string, readonly string[]> = {}
  for (const [name, values] of Object.entries(call.headers ?? {})) headers[name.toLowerCase()] = values
  if (call.host !== undefined) headers['host'] ??= [call.host]
  if (headers['host']) headers['host'] = headers['host'].map((host) => ownAddress(host, mesh, fixture))
  if (call.scheme === 'grpc') headers['content-type'] = ['application/grpc']
  const scheme = call.scheme === 'https' ? 'https' : 'http'
  return {
    ...rest,
    method: call.method ?? (call.scheme === 'grpc' ? 'POST' : 'GET'),
    url: `${scheme}://${authority}${withoutFragment(call.path ?? '/')}`,
    headers,
    body: '',
    ...((call.http2 || call.scheme === 'grpc') && { protocol: 'h2' }),
    ...(call.tls && { tls: clientTls(call.tls) }),
  }
}

/** What is left out is as for any client. */
function clientTls({ serverName, alpn }: NonNullable<RoutingCall['tls']>): ClientTls {
  return { ...(serverName !== undefined && { serverName }), ...(alpn && { applicationProtocols: alpn }) }
}

/** A client keeps the fragment to itself. */
function withoutFragment(path: string): string {
  return path.replace(/#.*$/, '')
}

function targetOf({ from, to, toWorkload, address, host }: RoutingCall, mesh: PlayedMesh, fixture: Fixture): string {
  if (from.ingress) return (host ?? 'gateway').replace(/:\d+$/, '')
  const target = to ?? toWorkload
  if (address !== undefined) return ownAddress(address, mesh, fixture)
  if (toWorkload) return mesh.registry.workloads.find(({ ref }) => ref.name === toWorkload.service && ref.namespace === toWorkload.namespace)!.address
  if (target) return `${target.service}.${target.namespace}.svc.${fixture.meshDomain}`
  throw new NotPlayable('the call has no target')
}

/** Pods have addresses of the mesh's own, where vectors name those of the fixture. */
function ownAddress(host: string, { registry }: PlayedMesh, { services }: Fixture): string {
  const [name = '', ...port] = host.split(':')
  const service = services.find(({ pods }) => pods.includes(name))
  const pods = registry.workloads.filter(({ ref }) => ref.name === service?.name && ref.namespace === service.namespace)
  const own = service && pods[service.pods.indexOf(name)]
  return own ? [own.address, ...port].join(':') : host
}

function senderOf({ from }: RoutingCall, mesh: PlayedMesh): MeshCall['from'] {
  const workload = mesh.registry.workloads.find(({ ref }) => ref.name === from.service && ref.namespace === from.namespace)
  if (!workload) throw new NotPlayable(`there is no workload ${from.service} in ${from.namespace}`)
  return { kind: from.ingress ? 'gateway' : 'workload', ref: workload.ref }
}

/** The last hop that took the request in, mirrors aside. */
export function arrival({ hops }: Exchange): Hop | null {
  return hops.findLast((hop) => hop.received !== null && !hop.mirrored && !hop.asks) ?? null
}
