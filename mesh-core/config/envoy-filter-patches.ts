import { bothSpellings, collect, fields, type FieldPath, type Modelled } from './modelled-table.ts'
import type { Resource } from './resource.ts'

/** One of an EnvoyFilter's `configPatches`. Names inside of `value` are Envoy's, in either spelling. */
export interface ConfigPatch {
  readonly applyTo: string
  readonly match?: PatchMatch
  readonly patch: { readonly operation: string; readonly value?: Readonly<Record<string, unknown>> }
}

export interface PatchMatch {
  readonly context?: string
  readonly proxy?: { readonly proxyVersion?: string }
  readonly listener?: {
    readonly name?: string
    readonly portNumber?: number
    readonly filterChain?: { readonly filter?: { readonly name?: string; readonly subFilter?: { readonly name?: string } } }
  }
  readonly routeConfiguration?: {
    readonly name?: string
    readonly portNumber?: number
    readonly portName?: string
    readonly gateway?: string
    readonly vhost?: { readonly name?: string; readonly domainName?: string; readonly route?: { readonly name?: string; readonly action?: string } }
  }
  readonly cluster?: { readonly name?: string; readonly service?: string; readonly subset?: string; readonly portNumber?: number }
}

const option: Modelled = {
  header: fields('key value'),
  append: 'acts',
  appendAction: new Set(['APPEND_IF_EXISTS_OR_ADD', 'OVERWRITE_IF_EXISTS_OR_ADD']),
}
const headers: Record<string, Modelled> = {
  ...{ requestHeadersToAdd: option, responseHeadersToAdd: option },
  ...fields('requestHeadersToRemove responseHeadersToRemove'),
}

const regex: Modelled = { regex: 'acts', googleRe2: 'quiet' }
const regexRewrite: Modelled = { pattern: regex, substitution: 'acts' }

const merged = {
  ...headers,
  name: 'acts',
  route: {
    ...fields('cluster timeout idleTimeout prefixRewrite hostRewriteLiteral appendXForwardedHost append_x_forwarded_host'),
    regexRewrite,
    retryPolicy: fields('retryOn numRetries perTryTimeout retriableStatusCodes'),
  },
} satisfies Modelled
const requireTls: Modelled = new Set(['NONE', 'EXTERNAL_ONLY', 'ALL'])

const text: Modelled = { ...fields('exact prefix suffix contains ignoreCase'), safeRegex: regex }
const made: Modelled = {
  ...headers,
  name: 'acts',
  match: {
    ...fields('prefix path pathSeparatedPrefix caseSensitive'),
    safeRegex: regex,
    headers: {
      ...fields('name invertMatch presentMatch exactMatch prefixMatch suffixMatch containsMatch'),
      stringMatch: text,
      safeRegexMatch: regex,
    },
    queryParameters: { name: 'acts', stringMatch: text },
  },
  route: { ...fields('cluster timeout idleTimeout prefixRewrite hostRewriteLiteral'), regexRewrite },
  redirect: fields('httpsRedirect schemeRedirect hostRedirect portRedirect pathRedirect prefixRewrite responseCode'),
  directResponse: { status: 'acts', body: fields('inlineString inlineBytes') },
}

// Names are not looked up and connections not slow here, and nothing is so large that a buffer is full.
const cluster: Modelled = {
  http2ProtocolOptions: {},
  maxRequestsPerConnection: 'acts',
  ...fields('connectTimeout dnsLookupFamily dnsRefreshRate respectDnsTtl perConnectionBufferLimitBytes', 'quiet'),
  upstreamConnectionOptions: { tcpKeepalive: 'quiet' },
}

export const connectionManagerType = 'type.googleapis.com/envoy.extensions.filters.network.http_connection_manager.v3.HttpConnectionManager'
export const connectionManagerName = 'envoy.filters.network.http_connection_manager'

const connectionManager = {
  name: new Set([connectionManagerName]),
  typedConfig: {
    '@type': new Set([connectionManagerType]),
    ...fields('xffNumTrustedHops serverName generateRequestId appendXForwardedPort append_x_forwarded_port forwardClientCertDetails'),
    normalizePath: new Set(['true']),
    serverHeaderTransformation: new Set(['OVERWRITE', 'PASS_THROUGH']),
    ...fields('stripAnyHostPort stripMatchingHostPort stripTrailingHostDot preserveExternalRequestId maxRequestHeadersKb streamIdleTimeout'),
    // What is logged, counted and traced, how long connections without requests are kept, and how long a client may take to send a request: it comes at once here.
    ...fields('accessLog accessLogOptions statPrefix tracing drainTimeout delayedCloseTimeout requestTimeout requestHeadersTimeout', 'quiet'),
    commonHttpProtocolOptions: {
      headersWithUnderscoresAction: new Set(['ALLOW', 'REJECT_REQUEST', 'DROP_HEADER']),
      ...fields('idleTimeout', 'quiet'),
    },
    httpProtocolOptions: { acceptHttp10: 'acts', accept_http_10: 'acts' },
    // Nothing is so large, and no connection has so many requests, that a window is full.
    http2ProtocolOptions: fields('initialStreamWindowSize initialConnectionWindowSize', 'quiet'),
  },
} satisfies Modelled

const share: Modelled = { defaultValue: { numerator: 'acts', denominator: new Set(['HUNDRED', 'TEN_THOUSAND', 'MILLION']) }, runtimeKey: 'quiet' }

export const rateLimitType = 'type.googleapis.com/envoy.extensions.filters.http.local_ratelimit.v3.LocalRateLimit'
const rateLimit: Modelled = bothSpellings({
  '@type': 'quiet',
  tokenBucket: fields('maxTokens tokensPerFill fillInterval'),
  filterEnabled: share,
  filterEnforced: share,
  responseHeadersToAdd: option,
  status: { code: 'acts' },
  statPrefix: 'quiet',
})

/** What a filter is told, which may be wrapped in a TypedStruct; with the place where it stands. */
export function typedConfigOf(value: Mapping): { readonly type: string; readonly config: Mapping; readonly at: FieldPath } {
  const name = value['typedConfig'] === undefined ? 'typed_config' : 'typedConfig'
  const any = (value[name] ?? {}) as Mapping
  const type = String(any['@type'] ?? '')
  if (!/\.TypedStruct$/.test(type)) return { type, config: any, at: [name] }
  return { type: String(any['type_url'] ?? any['typeUrl'] ?? ''), config: (any['value'] ?? {}) as Mapping, at: [name, 'value'] }
}

type Mapping = Readonly<Record<string, unknown>>

export const routerName = 'envoy.filters.http.router'

/** Of filters of HTTP one kind can be put in, before all others or before the router. */
function filterProblems({ match: where, patch }: ConfigPatch, path: FieldPath): FieldPath[] {
  const { type, config, at } = typedConfigOf(patch.value ?? {})
  const next = where?.listener?.filterChain?.filter?.subFilter
  const isPlaced =
    patch.operation === 'INSERT_FIRST' ? next === undefined : patch.operation === 'INSERT_BEFORE' && (next?.name ?? routerName) === routerName
  if (!isPlaced || type !== rateLimitType) return [path]
  const found: FieldPath[] = []
  collect(httpFilterMatch, where ?? null, [...path, 'match'], found)
  collect(rateLimit, config, [...path, 'patch', 'value', ...at], found)
  return found
}

/** By what a patch is applied to, and how. Values of those that have no entry are not looked into: nothing of them acts. */
const values: Readonly<Record<string, Modelled>> = Object.fromEntries(
  Object.entries({
    'ROUTE_CONFIGURATION MERGE': headers,
    'VIRTUAL_HOST MERGE': { ...headers, requireTls },
    'VIRTUAL_HOST ADD': { ...headers, requireTls, name: 'acts', domains: 'acts', routes: made },
    'VIRTUAL_HOST REMOVE': 'quiet',
    'HTTP_ROUTE MERGE': merged,
    'HTTP_ROUTE REMOVE': 'quiet',
    'CLUSTER MERGE': cluster,
    'CLUSTER REMOVE': 'quiet',
    'NETWORK_FILTER MERGE': connectionManager,
    ...Object.fromEntries(['ADD', 'INSERT_FIRST', 'INSERT_BEFORE', 'INSERT_AFTER'].map((operation) => [`HTTP_ROUTE ${operation}`, made])),
  } satisfies Record<string, Modelled>).map(([key, table]) => [key, bothSpellings(table)]),
)

const match: Modelled = {
  context: 'acts',
  proxy: { proxyVersion: 'acts' },
  routeConfiguration: {
    ...fields('name portNumber portName gateway'),
    vhost: { ...fields('name domainName'), route: fields('name action') },
  },
  cluster: fields('name service subset portNumber'),
  listener: { ...fields('name portNumber'), filterChain: { filter: { name: 'acts' } } },
}
const httpFilterMatch: Modelled = {
  ...{ context: 'acts', proxy: { proxyVersion: 'acts' } },
  listener: { ...fields('name portNumber'), filterChain: { filter: { name: 'acts', subFilter: { name: 'acts' } } } },
}

/** These act towards a sidecar's own workload, too, where there is one route for all: of it headers alone can be changed here, and that its host wants TLS. */
const inbound: Readonly<Record<string, Modelled>> = {
  ...Object.fromEntries(['ROUTE_CONFIGURATION', 'HTTP_ROUTE'].map((applyTo) => [`${applyTo} MERGE`, bothSpellings(headers)])),
  'VIRTUAL_HOST MERGE': values['VIRTUAL_HOST MERGE']!,
  'CLUSTER MERGE': values['CLUSTER MERGE']!,
  'NETWORK_FILTER MERGE': values['NETWORK_FILTER MERGE']!,
}
const notInbound: ReadonlySet<string | undefined> = new Set(['SIDECAR_OUTBOUND', 'GATEWAY'])

/** Gateways look at the connection for who the client is, as istiod has it, and `false` merged into that says nothing. */
const ofGateways: Readonly<Record<string, Modelled>> = {
  ...values,
  'NETWORK_FILTER MERGE': bothSpellings({ ...connectionManager, typedConfig: { ...connectionManager.typedConfig, useRemoteAddress: 'quiet' } }),
}

function tablesOf(context: string | undefined): Readonly<Record<string, Modelled>> {
  if (context === 'GATEWAY') return ofGateways
  return notInbound.has(context) ? values : inbound
}

/** What of a patch is not acted on; nothing of it acts then. */
function problemsOf(whole: ConfigPatch | null, path: FieldPath): FieldPath[] {
  if (typeof whole?.patch !== 'object' || whole.patch === null) return [path]
  const { applyTo, match: where, patch } = whole
  if (applyTo === 'HTTP_FILTER') return filterProblems(whole, path)
  const table = tablesOf(where?.context)[`${applyTo} ${patch?.operation}`]
  if (table === undefined) return [path]
  const found: FieldPath[] = []
  collect(match, where ?? null, [...path, 'match'], found)
  collect(table, patch.value ?? null, [...path, 'patch', 'value'], found)
  return found
}

/** A list that is none is told of elsewhere. */
function patchesOf({ object }: Resource): readonly (ConfigPatch | null)[] {
  const patches: unknown = object['spec']?.configPatches
  return Array.isArray(patches) ? patches : []
}

/** The paths of an EnvoyFilter that do not act. */
export function notActingPatches(resource: Resource): FieldPath[] {
  return patchesOf(resource).flatMap((patch, i) => problemsOf(patch, ['spec', 'configPatches', i]))
}

/** Those that act, with their places. */
export function actingPatches(resource: Resource): readonly { readonly patch: ConfigPatch; readonly index: number }[] {
  return patchesOf(resource).flatMap((patch, index) => (patch && problemsOf(patch, []).length === 0 ? [{ patch, index }] : []))
}
