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

/** Of which a request raises one where it comes on a connection that is there, and another where it comes on a new one. Source: Envoy, statistics of connection managers and listeners. */
export const arrivals: readonly string[] = ['downstream_rq_total', 'downstream_cx_total']

/** Has a proxy keep them; it keeps few of its own accord. Source: Istio ProxyConfig, `proxyStatsMatcher`. */
export const keepingCounts = `proxyStatsMatcher:\n  inclusionRegexps: ['(?:http|listener)\\..*\\.(${[...ownAnswers, ...arrivals].join('|')})']\n`
