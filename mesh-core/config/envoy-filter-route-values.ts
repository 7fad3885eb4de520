import { cors, corsName, filtersOfRoute } from './envoy-filter-http-filters.ts'
import { headerMatch, option, regex, share, text } from './envoy-filter-matchers.ts'
import { fields, type Modelled } from './modelled-table.ts'

const headers: Record<string, Modelled> = {
  ...{ requestHeadersToAdd: option, responseHeadersToAdd: option },
  ...fields('requestHeadersToRemove responseHeadersToRemove'),
}
export const level = { ...headers, typedPerFilterConfig: filtersOfRoute } satisfies Modelled
export const outer = { ...headers, typedPerFilterConfig: { ...filtersOfRoute, [corsName]: cors } } satisfies Modelled
const regexRewrite: Modelled = { pattern: regex, substitution: 'acts' }

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

/** How a route is traced and counted, and what operators of header values that are not modelled would tell. */
export const ofTelemetry: Record<string, Modelled> = fields('metadata decorator tracing statPrefix', 'quiet')

export const route = {
  ...{ ...outer, ...ofTelemetry },
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
