import type { Authorizer, HeaderName, HttpAuthorizer } from '../../ir/access.ts'
import { statusCode } from '../../envoy/status-code.ts'
import type { Registry } from '../../registry/registry.ts'
import { durationMs } from '../duration.ts'
import { valueRefusal } from '../rules/format-refusal.ts'

/** Of `extensionProviders`, as far as it decides about requests; validated when it was read. Source: Istio `mesh/v1alpha1/config.proto`. */
export interface ProviderSpec {
  readonly name?: string
  readonly envoyExtAuthzHttp?: HttpProviderSpec
  readonly envoyExtAuthzGrpc?: CommonSpec
}

/** What both kinds have. */
interface CommonSpec {
  readonly service?: string
  readonly port?: number
  readonly timeout?: string
  readonly failOpen?: boolean
  readonly statusOnError?: string
  readonly includeRequestBodyInCheck?: { readonly maxRequestBytes?: number; readonly allowPartialMessage?: boolean }
}

interface HttpProviderSpec extends CommonSpec {
  readonly pathPrefix?: string
  readonly includeHeadersInCheck?: readonly string[]
  readonly includeRequestHeadersInCheck?: readonly string[]
  readonly includeAdditionalHeadersInCheck?: Readonly<Record<string, string>>
  readonly headersToUpstreamOnAllow?: readonly string[]
  readonly headersToDownstreamOnAllow?: readonly string[]
  readonly headersToDownstreamOnDeny?: readonly string[]
}

const defaultTimeout = '600s'

/**
 * `null` where the mesh has no such provider, or none that can be asked: what it would decide about is refused. Of several of one name the last is the mesh's.
 * Source: Istio `pkg/config/mesh/mesh.go` ApplyMeshConfig; `security/authz/builder/extauthz.go` processExtensionProvider, buildExtAuthzHTTP, buildExtAuthzGRPC.
 */
export function authorizerOf(name: string, providers: readonly ProviderSpec[], registry: Registry): Authorizer | null {
  const { envoyExtAuthzHttp: http, envoyExtAuthzGrpc: grpc } = providers.findLast((provider) => provider.name === name) ?? {}
  const spec = http ?? grpc
  const cluster = spec ? clusterOf(spec, registry) : null
  const statusOnError = statusOf(spec?.statusOnError)
  if (!spec || cluster === null || statusOnError === null || (http && !isWellSaid(http))) return null
  const { includeRequestBodyInCheck: body, timeout = defaultTimeout, failOpen = false } = spec
  return {
    ...{ name, cluster, statusOnError, failOpen },
    timeoutMs: Math.trunc(durationMs(timeout)),
    body: body ? { maxBytes: body.maxRequestBytes ?? 0, allowPartial: body.allowPartialMessage ?? false } : null,
    http: http ? askedOverHttp(http) : null,
    ...((statusOnError === 0 || isRefused(spec)) && { isRefused: true }),
  }
}

/** Source: Envoy `BufferSettings.max_request_bytes`, `source/common/protobuf/utility.cc` validateDuration, `header_parser.cc`. */
function isRefused({ includeRequestBodyInCheck: body, timeout = defaultTimeout, includeAdditionalHeadersInCheck: added = {} }: HttpProviderSpec) {
  return (body && !body.maxRequestBytes) || durationMs(timeout) < 0 || Object.entries(added).some(isRefusedHeader)
}

function isRefusedHeader([name, value]: readonly [string, string]): boolean {
  return name === '' || /^:|^host$/i.test(name) || /[\0\r\n]/.test(name + value) || valueRefusal(value) !== null
}

function askedOverHttp(spec: HttpProviderSpec): HttpAuthorizer {
  const { headersToDownstreamOnDeny: ofRefusal = [] } = spec
  // The former name is read where the new one is not used.
  const told = spec.includeRequestHeadersInCheck?.length ? spec.includeRequestHeadersInCheck : (spec.includeHeadersInCheck ?? [])
  return {
    pathPrefix: spec.pathPrefix ?? '',
    told: told.map(headerName),
    added: Object.entries(spec.includeAdditionalHeadersInCheck ?? {}).map(([header, value]) => [header.toLowerCase(), value]),
    toUpstream: (spec.headersToUpstreamOnAllow ?? []).map(headerName),
    toClient: (spec.headersToDownstreamOnAllow ?? []).map(headerName),
    ofRefusal: ofRefusal.length > 0 ? ofRefusal.map(headerName) : null,
  }
}

function isWellSaid(spec: HttpProviderSpec): boolean {
  const { pathPrefix = '' } = spec
  return (pathPrefix === '' || isPath(pathPrefix)) && !namesEveryHeader(spec)
}

/** What Go reads as a URL. */
function isPath(text: string): boolean {
  return text.startsWith('/') && !/[\0-\x1f\x7f]|%(?![\da-f]{2})/i.test(text)
}

/** A lone `*` is no name of a header, nor the end of one. Source: the same file, checkWildcard. */
function namesEveryHeader(spec: HttpProviderSpec): boolean {
  const { includeRequestHeadersInCheck, includeHeadersInCheck, headersToUpstreamOnAllow, headersToDownstreamOnAllow, headersToDownstreamOnDeny } =
    spec
  const lists = [includeRequestHeadersInCheck, includeHeadersInCheck, headersToUpstreamOnAllow, headersToDownstreamOnAllow, headersToDownstreamOnDeny]
  return lists.some((names) => names?.includes('*') ?? false)
}

/** By its whole name, perhaps behind a namespace. A port that it does not have leads to a cluster that there is not. Source: Istio `extensionproviders/cluster.go` LookupCluster. */
function clusterOf({ service = '', port = 0 }: CommonSpec, { services }: Registry): string | null {
  const slash = service.indexOf('/')
  const [namespace, host] = slash < 0 ? [null, service] : [service.slice(0, slash), service.slice(slash + 1)]
  const found = services.find((one) => one.host === host && (namespace === null || one.namespace === namespace))
  if (port < 1 || port > 65535) return null
  return found ? `outbound|${port}||${found.host}` : null
}

/** Istio takes none that Envoy does not know: 0 is one of them, and Envoy does not take it here. Source: the same file, parseStatusOnError; Envoy `HttpStatus.code`. */
function statusOf(text: string | undefined): number | null {
  if (text === undefined || text === '') return 403
  if (/^[+-]?0+$/.test(text)) return 0
  return /^\+?\d+$/.test(text) ? statusCode(text) : null
}

/** Source: the same file, generateHeaders. */
function headerName(pattern: string): HeaderName {
  const [kind, value] = pattern.startsWith('*')
    ? (['suffix', pattern.slice(1)] as const)
    : pattern.endsWith('*')
      ? (['prefix', pattern.slice(0, -1)] as const)
      : (['exact', pattern] as const)
  return { kind, value: value.toLowerCase(), ignoreCase: true }
}
