/**
 * Counters of a proxy's HTTP connection manager, of which each request that it answers by itself raises one.
 * Source: Envoy, statistics of the router, RBAC, JWT and fault filters.
 */
export const ownAnswers: readonly string[] = [
  'no_route',
  'no_cluster',
  'rq_direct_response',
  'rq_redirect',
  'rbac\\.(?:.*\\.)?denied',
  'jwt_authn\\.denied',
  'fault\\.aborts_injected',
]

/** Has a proxy keep them; it keeps few of its own accord. Source: Istio ProxyConfig, `proxyStatsMatcher`. */
export const keepingCounts = `proxyStatsMatcher:\n  inclusionRegexps: ['http\\..*\\.(${ownAnswers.join('|')})']\n`
