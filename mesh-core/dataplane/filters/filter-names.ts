/** What routes tell istiod's filter for faults reaches every filter of this name. */
export const faultName = 'envoy.filters.http.fault'

/** Routes tell limits of rate what holds in their place by this name. */
export const rateLimitName = 'envoy.filters.http.local_ratelimit'
