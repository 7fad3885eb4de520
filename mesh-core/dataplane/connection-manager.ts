import { type HttpRequest, joinCookies } from '../ir/message.ts'
import { removeHopByHop, removeNamedInConnection } from './messages/hop-by-hop.ts'
import { tidyHost } from './messages/host-header.ts'
import { inlineOfRequest, joinRepeated } from './messages/inline-headers.ts'
import { trustedAddress } from './messages/forwarded-for.ts'
import { judgeSlashes, normalizeTarget, withoutFragment, type SlashVerdict } from './messages/path-normalization.ts'
import type { Plane } from './plane.ts'
import { upgradeOf } from './messages/upgrade.ts'
import type { Upgrade } from './messages/upgrade.ts'
import type { HttpSettings, PathNormalization } from '../ir/proxy-config.ts'
import { targetOf } from './messages/request-target.ts'

const clientCertificate = 'x-forwarded-client-cert'

/** Headers by which a client could steer Envoy's router; istiod trusts nobody with them. Source: Envoy `ConnectionManagerUtility::cleanInternalHeaders`. */
const ownedByProxy: ReadonlySet<string> = new Set([
  'x-envoy-internal',
  'x-envoy-retriable-status-codes',
  'x-envoy-retriable-header-names',
  'x-envoy-retry-on',
  'x-envoy-retry-grpc-on',
  'x-envoy-max-retries',
  'x-envoy-upstream-alt-stat-name',
  'x-envoy-upstream-rq-timeout-ms',
  'x-envoy-upstream-rq-per-try-timeout-ms',
  'x-envoy-upstream-rq-timeout-alt-response',
  'x-envoy-expected-rq-timeout-ms',
  'x-envoy-force-trace',
  'x-envoy-ip-tags',
  'x-envoy-original-url',
  'x-envoy-hedge-on-per-try-timeout',
  // Who the client is only its certificate says (`forward_client_cert_details: SANITIZE`).
  clientCertificate,
])

/** What an edge proxy takes away besides, since its clients are strangers. */
const strippedAtEdge: ReadonlySet<string> = new Set([
  'x-envoy-decorator-operation',
  'x-envoy-downstream-service-cluster',
  'x-envoy-downstream-service-node',
  'x-envoy-original-path',
  'x-envoy-original-host',
  'x-envoy-external-address',
])

export interface ReceivedRequest {
  readonly request: HttpRequest
  /** The client asked to close the connection. */
  readonly closes: boolean
  readonly upgrade: Upgrade | null
  /** By the parser of HTTP/1.1, for what stands in Connection. */
  readonly isRefused: boolean
  readonly slashes: SlashVerdict
  /** Of the client as those proxies tell it; `null`: it is the connection's. */
  readonly trustedAddress: string | null
  /** How many headers it came with, its host not among them. */
  readonly headerCount: number
}

/** How a connection manager is set up, and what it knows of the connection. */
export interface Reception {
  readonly normalization: PathNormalization
  readonly settings: HttpSettings
  /** That the connection was for. */
  readonly port: number
  /** That the client has shown, as `x-forwarded-client-cert` has it; `null` for none. */
  readonly certificate: string | null
}

/** Takes away what only a proxy may say. */
export function removeOwned({ fields }: HttpRequest['headers'], keepsCertificate: boolean, edge: boolean): void {
  for (let i = 0; i < fields.length;) {
    const name = fields[i]!
    if (
      name.charCodeAt(0) === 0x78 &&
      !(keepsCertificate && name === clientCertificate) &&
      (ownedByProxy.has(name) || (edge && strippedAtEdge.has(name)))
    )
      fields.splice(i, 2)
    else i += 2
  }
}

/**
 * What Envoy's HTTP connection manager makes of a request before any filter sees it, with istiod's settings for sidecar and gateway.
 * @param client address that a gateway's connection comes from; `null` at a sidecar
 */
export function receiveRequest(plane: Plane, sent: HttpRequest, client: string | null, reception: Reception): ReceivedRequest {
  const { normalization, settings, port, certificate } = reception
  const edge = client !== null
  const headers = sent.headers.copy()
  if (settings.underscores === 'DROP_HEADER') removeUnderscored(headers)
  joinRepeated(headers, inlineOfRequest)
  if (sent.protocol === 'h2') joinCookies(headers)
  const ofConnection = takeOwnOfConnection(headers, sent.protocol === 'h2')
  const keepsCertificate = isForwarded(settings, certificate)
  removeOwned(headers, keepsCertificate, edge)
  const isBelieved = !edge || (settings.trustedProxies ?? 0) > 0
  const forwardedProto = (isBelieved ? headers.get('x-forwarded-proto') : undefined) ?? sent.scheme
  headers.set('x-forwarded-proto', forwardedProto)
  // A sidecar takes the word of whoever it is that calls.
  const trusted = trustedAddress(headers, edge ? (settings.trustedProxies ?? 0) : 1)
  if (edge) markClient(headers, client, trusted, settings)
  addVia(headers, settings)
  if (certificate !== null) tellCertificate(headers, certificate, settings)
  if (settings.forwardedPort && (!isBelieved || !headers.has('x-forwarded-port'))) headers.set('x-forwarded-port', String(port))
  giveRequestId(plane, headers, settings, !edge || settings.keepsRequestIds === true)
  // Source: Envoy `ConnectionManagerUtility::mutateRequestHeaders`, `Utility::schemeIsHttps`.
  const scheme = forwardedProto.toLowerCase() === 'https' ? 'https' : 'http'
  const target = targetOf(sent)
  const asked = withoutFragment(target.path)
  const path = normalizeTarget(asked, normalization, settings)
  const request: HttpRequest = { method: sent.method, scheme, authority: tidyHost(target.authority, settings, port), path, headers, body: sent.body }
  if (sent.protocol) request.protocol = sent.protocol
  if (sent.atOnce) request.atOnce = true
  if (sent.messages) request.messages = sent.messages
  return {
    request,
    ...ofConnection,
    slashes: judgeSlashes(asked, settings),
    trustedAddress: trusted,
    headerCount: sent.headers.fields.length / 2,
  }
}

/** Takes away what is for this connection alone. Headers of a WebSocket are passed on as they are. */
export function takeOwnOfConnection(headers: HttpRequest['headers'], isHttp2: boolean): Pick<ReceivedRequest, 'upgrade' | 'isRefused' | 'closes'> {
  const upgrade = upgradeOf(headers)
  const isRefused = upgrade === null && !isHttp2 && !removeNamedInConnection(headers)
  const closes = upgrade !== 'websocket' && removeHopByHop(headers)
  if (upgrade === 'h2c') headers.remove('http2-settings')
  return { upgrade, isRefused, closes }
}

export function giveRequestId(plane: Plane, headers: HttpRequest['headers'], { requestIds }: HttpSettings, keepsIt: boolean): void {
  if (requestIds !== false && !(keepsIt && headers.get('x-request-id'))) headers.set('x-request-id', plane.nextRequestId())
}

/** As the parser does, before it looks at any header. */
export function removeUnderscored({ fields }: HttpRequest['headers']): void {
  for (let i = 0; i < fields.length;) {
    if (fields[i]!.includes('_')) fields.splice(i, 2)
    else i += 2
  }
}

/** Does what a client says of a certificate stay? Source: Envoy `ConnectionManagerUtility::mutateXfccRequestHeader`. */
export function isForwarded({ forwardClientCert }: HttpSettings, certificate: string | null): boolean {
  if (forwardClientCert === 'ALWAYS_FORWARD_ONLY') return true
  return certificate !== null && (forwardClientCert === 'FORWARD_ONLY' || forwardClientCert === 'APPEND_FORWARD')
}

export function tellCertificate(headers: HttpRequest['headers'], certificate: string, { forwardClientCert = 'SANITIZE_SET' }: HttpSettings): void {
  const before = headers.get(clientCertificate)
  if (forwardClientCert === 'SANITIZE_SET' || (forwardClientCert === 'APPEND_FORWARD' && before === undefined))
    headers.set(clientCertificate, certificate)
  else if (forwardClientCert === 'APPEND_FORWARD') headers.set(clientCertificate, `${before},${certificate}`)
}

/** Source: Envoy `Utility::appendVia`. */
export function addVia(headers: HttpRequest['headers'], { via }: HttpSettings): void {
  if (!via) return
  const before = headers.get('via')
  headers.set('via', before ? `${before}, ${via}` : via)
}

/** By whom an answer comes. @param usual where settings do not say; `null`: what a workload says of itself stays */
export function signAnswer(headers: HttpRequest['headers'], settings: HttpSettings, usual: string | null): void {
  const { server = usual, keepsServer } = settings
  if (server !== null && !(keepsServer && headers.has('server'))) headers.set('server', server)
  addVia(headers, settings)
}

/** Source: Envoy `UUIDRequestIDExtension::setInResponse`. @param of as the request has come to be */
export function tellRequestId(headers: HttpRequest['headers'], of: HttpRequest['headers']): void {
  const id = of.get('x-request-id')
  if (id !== undefined) headers.set('x-request-id', id)
}

/** `use_remote_address` of gateways. */
function markClient(headers: HttpRequest['headers'], address: string, trusted: string | null, { skipsForwardedFor }: HttpSettings): void {
  const before = headers.all('x-forwarded-for').join(',')
  if (!skipsForwardedFor) headers.set('x-forwarded-for', before === '' ? address : `${before},${address}`)
  headers.set('x-envoy-external-address', trusted ?? address)
}
