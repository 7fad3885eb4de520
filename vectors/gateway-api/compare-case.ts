import { isDeepStrictEqual } from 'node:util'
import { X509Certificate } from 'node:crypto'
import type { Exchange } from '../../mesh-core/index.ts'
import type { Difference } from '../difference.ts'
import type { Certificates } from './certificates.ts'
import { answering, messageOf, mirrorsOf } from './exchange.ts'
import type { BackendRequest, Expected, Frame, VectorCase, VectorRequest } from './vector.ts'

type Complain = (field: string, wanted: unknown, seen: unknown) => void

/** What differs. What the suite declares and does not compare is compared here. */
export function compareCase({ name, expected, frames = [], request = {} }: VectorCase, exchange: Exchange, certificates: Certificates): Difference[] {
  const found: Difference[] = []
  const complain: Complain = (field, wanted, seen) => void found.push({ call: name, field, wanted, seen })
  checkAnswer(expected, exchange, complain)
  if (expected.echoesFrames) checkFrames(frames, exchange, complain)
  checkBackend(expected, exchange, complain)
  checkHeaders(expected, exchange, complain)
  checkRedirect(expected, request, exchange, complain)
  checkMirrors(expected, exchange, complain)
  checkTls(expected, exchange, certificates, complain)
  checkUnderstood(expected, complain)
  return found
}

/** A case without what the suite itself does not look at: for vectors that own up to a mistake of the suite there. */
export function withoutUnchecked(one: VectorCase): VectorCase {
  const { notCheckedUpstream: unchecked = [], backendRequest, ...expected } = one.expected
  const kept = Object.entries(expected).filter(([field]) => !unchecked.includes(field))
  const request = Object.entries(backendRequest ?? {}).filter(([field]) => !unchecked.includes(`backendRequest.${field}`))
  return { ...one, expected: { ...Object.fromEntries(kept), ...(request.length > 0 && { backendRequest: Object.fromEntries(request) }) } }
}

/** What the comparison knows. A vector that declares more than is compared does not pass. */
const known = new Set(
  `statusCodes statusCodesNot requestFails connection backend backendNot backendNamedByRequestHeader namespace answeredByGateway backendRequest responseHeaders
   redirect mirroredTo dnsResponse echoesFrames grpcStatus grpcStatusNot echo backendConnectionIsTLS backendSeesServerName notCheckedUpstream
   backendRequest.method backendRequest.path backendRequest.query backendRequest.host backendRequest.headers backendRequest.absentHeaders
   backendRequest.sni backendRequest.clientCertificate backendRequest.httpPort`.split(/\s+/),
)

function checkUnderstood(expected: Expected, complain: Complain): void {
  const fields = [...Object.keys(expected), ...Object.keys(expected.backendRequest ?? {}).map((field) => `backendRequest.${field}`)]
  for (const field of fields) if (!known.has(field)) complain(field, 'compared', 'not compared')
}

function checkTls(expected: Expected, exchange: Exchange, certificates: Certificates, complain: Complain): void {
  const tls = answering(exchange)?.tls ?? null
  const passed = tls !== null
  const { backendConnectionIsTLS, backendSeesServerName, backendRequest } = expected
  if (backendConnectionIsTLS !== undefined && backendConnectionIsTLS !== passed) complain('backendConnectionIsTLS', backendConnectionIsTLS, passed)
  const name = tls?.serverName ?? undefined
  for (const wanted of [backendSeesServerName, backendRequest?.sni])
    if (wanted !== undefined && wanted !== name) complain('name that the backend is asked for', wanted, name)
  const reference = backendRequest?.clientCertificate
  if (reference === undefined) return
  const wanted = reference.startsWith('$') ? certificates.text(reference) : reference
  const print = (pem: string | null | undefined): string | null => (pem ? new X509Certificate(pem).fingerprint256 : null)
  if (print(wanted) !== print(tls?.clientCertificate)) complain('certificate that the backend is shown', reference, tls?.clientCertificate)
}

function checkFrames(frames: readonly Frame[], { response, error }: Exchange, complain: Complain): void {
  const wanted = frames.map(messageOf)
  const seen = response?.messages ?? error ?? response?.status
  if (!isDeepStrictEqual(seen, wanted)) complain('frames', wanted, seen)
}

const timeouts = [408, 504]

function checkAnswer(expected: Expected, { response, error }: Exchange, complain: Complain): void {
  const status = response?.status ?? 0
  const seen = error ?? status
  const { statusCodes, statusCodesNot, requestFails, connection, grpcStatus, grpcStatusNot, echo, dnsResponse } = expected
  const among = (codes: readonly number[]): boolean =>
    codes.includes(status) || (timeouts.includes(status) && codes.some((code) => timeouts.includes(code)))
  if (statusCodes && statusCodes.length > 0 && !among(statusCodes)) complain('status', statusCodes, seen)
  if (statusCodesNot && (response === null || among(statusCodesNot))) complain('status', `none of ${statusCodesNot.join(', ')}`, seen)
  if ((echo || dnsResponse) && response === null) complain('answer', 'any', error)
  if (requestFails && response !== null) complain('answer', 'none', status)
  if (connection === 'accepted' && response === null) complain('connection', connection, error)
  if (connection === 'rejected' && response !== null) complain('connection', connection, status)
  const grpc = grpcStatusOf(response?.headers.get('grpc-status') ?? null, status)
  if (grpcStatus !== undefined && grpc !== grpcStatus) complain('grpc status', grpcStatus, grpc)
  if (grpcStatusNot?.includes(grpc)) complain('grpc status', `none of ${grpcStatusNot.join(', ')}`, grpc)
}

/** Source: the numbers of gRPC's `codes`. */
const grpcNames = ['OK', 'CANCELED', 'UNKNOWN', 'INVALID_ARGUMENT', 'DEADLINE_EXCEEDED', 'NOT_FOUND', 'ALREADY_EXISTS', 'PERMISSION_DENIED', 'RESOURCE_EXHAUSTED', 'FAILED_PRECONDITION', 'ABORTED', 'OUT_OF_RANGE', 'UNIMPLEMENTED', 'INTERNAL', 'UNAVAILABLE', 'DATA_LOSS', 'UNAUTHENTICATED'] // prettier-ignore

/** Without trailers a client makes a status of the HTTP one. Source: gRPC `http-grpc-status-mapping.md`. */
function grpcStatusOf(number: string | null, status: number): string {
  if (number !== null) return grpcNames[Number(number)] ?? number
  return status === 404 ? 'UNIMPLEMENTED' : [429, 502, 503, 504].includes(status) ? 'UNAVAILABLE' : 'UNKNOWN'
}

function checkBackend(expected: Expected, exchange: Exchange, complain: Complain): void {
  const hop = answering(exchange)
  const { backend, backendNot, namespace, answeredByGateway, backendNamedByRequestHeader: header } = expected
  const reached = hop?.to ? `${hop.to.namespace}/${hop.to.instance}` : 'nobody'
  if (backend !== undefined && !hop?.to?.instance.startsWith(backend)) complain('backend', backend, reached)
  if (backendNot?.some((other) => hop?.to?.instance.startsWith(other))) complain('backend', `none of ${backendNot.join(', ')}`, reached)
  if (namespace !== undefined && hop?.to?.namespace !== namespace) complain('backend', `one of ${namespace}`, reached)
  if (answeredByGateway && hop) complain('backend', 'nobody', reached)
  if (header !== undefined && !hop?.to?.instance.startsWith(hop.received?.headers.get(header.toLowerCase()) ?? '?'))
    complain(`backend named by ${header}`, hop?.received?.headers.get(header.toLowerCase()), reached)
  if (expected.backendRequest) checkReceived(expected.backendRequest, exchange, complain)
}

function checkReceived(wanted: BackendRequest, exchange: Exchange, complain: Complain): void {
  const received = answering(exchange)?.received
  if (!received) return complain('backend request', wanted, 'nothing')
  const [path, query = ''] = received.path.split('?')
  if (wanted.method !== undefined && received.method !== wanted.method) complain('method', wanted.method, received.method)
  if (wanted.path !== undefined && path !== wanted.path.split('?')[0]) complain('path', wanted.path, received.path)
  if (wanted.query !== undefined && !wanted.query.includes('${') && query !== wanted.query) complain('query', wanted.query, query)
  if (wanted.host !== undefined && received.authority !== wanted.host) complain('host', wanted.host, received.authority)
  for (const [name, value] of Object.entries(wanted.headers ?? {})) {
    const seen = received.headers.all(name.toLowerCase()).join(',')
    if (seen !== value) complain(`request header ${name}`, value, seen)
  }
  const port = answering(exchange)?.log?.upstreamHost.split(':').at(-1)
  if (wanted.httpPort !== undefined && wanted.httpPort !== port) complain('port', wanted.httpPort, port)
  for (const name of wanted.absentHeaders ?? [])
    if (received.headers.has(name.toLowerCase())) complain(`request header ${name}`, 'absent', received.headers.get(name.toLowerCase()))
}

function checkHeaders({ responseHeaders }: Expected, { response }: Exchange, complain: Complain): void {
  const { set = {}, oneOf = {}, absent = [], ignoreWhitespace = false } = responseHeaders ?? {}
  const shape = (text: string): string => (ignoreWhitespace ? text.replaceAll(/\s/g, '') : text)
  const seen = (name: string): string | undefined =>
    response?.headers.has(name.toLowerCase()) ? response.headers.all(name.toLowerCase()).join(',') : undefined
  for (const [name, value] of Object.entries(set))
    if (shape(seen(name) ?? '\0') !== shape(value)) complain(`response header ${name}`, value, seen(name))
  for (const [name, values] of Object.entries(oneOf))
    if (!values.map(shape).includes(shape(seen(name) ?? '\0'))) complain(`response header ${name}`, values, seen(name))
  for (const name of absent) if (seen(name) !== undefined) complain(`response header ${name}`, 'absent', seen(name))
}

function checkRedirect({ redirect }: Expected, { host = '' }: VectorRequest, { response }: Exchange, complain: Complain): void {
  if (!redirect) return
  const location = response?.headers.get('location') ?? ''
  if (!URL.canParse(location)) return complain('location', redirect, location)
  const { protocol, hostname, port, pathname } = new URL(location)
  if (`${redirect.scheme || 'http'}:` !== protocol) complain('location scheme', redirect.scheme, location)
  if (redirect.host !== null && hostname !== (redirect.host || host.replace(/:\d+$/, ''))) complain('location host', redirect.host, location)
  // A port that is the scheme's own may be written or not.
  if ((redirect.port ?? '') !== port && !isDefault(redirect.port, protocol, port)) complain('location port', redirect.port, location)
  if (redirect.path !== pathname) complain('location path', redirect.path, location)
}

function isDefault(wanted: string | null, protocol: string, port: string): boolean {
  return port === '' && wanted === (protocol === 'https:' ? '443' : '80')
}

function checkMirrors({ mirroredTo = [] }: Expected, exchange: Exchange, complain: Complain): void {
  const mirrors = mirrorsOf(exchange).map(({ to }) => to!)
  for (const { backend, namespace, percent } of mirroredTo)
    if (percent === undefined && !mirrors.some((to) => to.instance.startsWith(backend) && to.namespace === namespace))
      complain(
        'mirrored to',
        `${namespace}/${backend}`,
        mirrors.map((to) => `${to.namespace}/${to.instance}`),
      )
}
