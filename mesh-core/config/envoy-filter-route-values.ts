import { bothSpellings, fields, type Modelled } from './modelled-table.ts'

export const option: Modelled = {
  header: fields('key value'),
  append: 'acts',
  keepEmptyValue: 'acts',
  appendAction: new Set(['APPEND_IF_EXISTS_OR_ADD', 'ADD_IF_ABSENT', 'OVERWRITE_IF_EXISTS_OR_ADD', 'OVERWRITE_IF_EXISTS']),
}
const headers: Record<string, Modelled> = {
  ...{ requestHeadersToAdd: option, responseHeadersToAdd: option },
  ...fields('requestHeadersToRemove responseHeadersToRemove'),
}

export const rateLimitName = 'envoy.filters.http.local_ratelimit'
const share: Modelled = { defaultValue: { numerator: 'acts', denominator: new Set(['HUNDRED', 'TEN_THOUSAND', 'MILLION']) }, runtimeKey: 'quiet' }

export const rateLimitType = 'type.googleapis.com/envoy.extensions.filters.http.local_ratelimit.v3.LocalRateLimit'
export const rateLimit = bothSpellings({
  '@type': 'quiet',
  tokenBucket: fields('maxTokens tokensPerFill fillInterval'),
  filterEnabled: share,
  filterEnforced: share,
  responseHeadersToAdd: option,
  status: { code: 'acts' },
  statPrefix: 'quiet',
}) as { readonly [field: string]: Modelled }

export const bufferType = 'type.googleapis.com/envoy.extensions.filters.http.buffer.v3.Buffer'
export const buffer: Modelled = bothSpellings({ '@type': 'quiet', maxRequestBytes: 'acts' })

const regex: Modelled = { regex: 'acts', googleRe2: 'quiet' }
const ofRoute: Modelled = {
  [rateLimitName]: {
    ...rateLimit,
    '@type': new Set([rateLimitType, 'type.googleapis.com/udpa.type.v1.TypedStruct', 'type.googleapis.com/xds.type.v3.TypedStruct']),
    typeUrl: new Set([rateLimitType]),
    value: rateLimit,
  },
}
const text: Modelled = { ...fields('exact prefix suffix contains ignoreCase'), safeRegex: regex }
export const corsName = 'envoy.filters.http.cors'
const whole: Modelled = { defaultValue: { numerator: new Set(['100']), denominator: new Set(['HUNDRED']) }, runtimeKey: 'quiet' }
const cors: Modelled = {
  '@type': new Set(['type.googleapis.com/envoy.extensions.filters.http.cors.v3.CorsPolicy']),
  allowOriginStringMatch: text,
  ...fields('allowMethods allowHeaders exposeHeaders maxAge allowCredentials forwardNotMatchingPreflights'),
  filterEnabled: whole,
  shadowEnabled: 'quiet',
}
export const level = { ...headers, typedPerFilterConfig: ofRoute } satisfies Modelled
export const outer = { ...headers, typedPerFilterConfig: { ...ofRoute, [corsName]: cors } } satisfies Modelled
const regexRewrite: Modelled = { pattern: regex, substitution: 'acts' }

export const headerMatch = {
  ...fields('name invertMatch treatMissingHeaderAsEmpty presentMatch exactMatch prefixMatch suffixMatch containsMatch'),
  rangeMatch: fields('start end'),
  stringMatch: text,
  safeRegexMatch: regex,
} satisfies Modelled
const routeMatch: Modelled = {
  ...fields('prefix path pathSeparatedPrefix caseSensitive'),
  grpc: {},
  safeRegex: regex,
  headers: headerMatch,
  queryParameters: { ...fields('name presentMatch'), stringMatch: text },
}

const retryPolicy: Modelled = {
  ...fields('retryOn numRetries perTryTimeout retriableStatusCodes hostSelectionRetryMaxAttempts'),
  retryHostPredicate: {
    name: 'quiet',
    typedConfig: { '@type': new Set(['type.googleapis.com/envoy.extensions.retry.host.previous_hosts.v3.PreviousHostsPredicate']) },
  },
  retryBackOff: fields('baseInterval maxInterval'),
  // Of answers, which have no others of these than their status.
  retriableHeaders: { ...headerMatch, name: /^[^:]/ },
}
const hashPolicy: Modelled = {
  header: fields('headerName'),
  cookie: fields('name ttl path'),
  queryParameter: fields('name'),
  connectionProperties: fields('sourceIp'),
  terminal: 'acts',
}

export const route = {
  ...outer,
  name: 'acts',
  match: routeMatch,
  route: {
    ...fields('cluster clusterHeader timeout idleTimeout prefixRewrite appendXForwardedHost append_x_forwarded_host'),
    ...fields('hostRewriteLiteral hostRewriteHeader autoHostRewrite'),
    hostRewritePathRegex: regexRewrite,
    maxStreamDuration: fields('maxStreamDuration grpcTimeoutHeaderMax grpcTimeoutHeaderOffset'),
    weightedClusters: { clusters: { ...headers, ...fields('name weight hostRewriteLiteral') }, totalWeight: 'quiet' },
    requestMirrorPolicies: {
      ...fields('cluster disableShadowHostSuffixAppend'),
      runtimeFraction: share,
      traceSampled: 'quiet',
    },
    clusterNotFoundResponseCode: 'acts',
    regexRewrite,
    retryPolicy,
    hashPolicy,
    rateLimits: 'quiet',
  },
  redirect: {
    ...fields('httpsRedirect schemeRedirect hostRedirect portRedirect pathRedirect prefixRewrite responseCode stripQuery'),
    regexRewrite,
  },
  directResponse: { status: 'acts', body: fields('inlineString inlineBytes') },
} satisfies Modelled
export const requireTls: Modelled = new Set(['NONE', 'EXTERNAL_ONLY', 'ALL'])

export const ofHost = {
  ...{ ...outer, requireTls, routes: route, retryPolicy },
  ...fields('domains includeRequestAttemptCount includeAttemptCountInResponse'),
  rateLimits: 'quiet',
} satisfies Modelled
