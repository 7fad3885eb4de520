import type { Draw } from '../draw.ts'
import type { Json } from './matches.ts'

export function retries(draw: Draw): Json {
  if (draw.chance(0.2)) return { attempts: 0 }
  return {
    attempts: draw.between(1, 3),
    ...draw.maybe(0.3, () => ({ perTryTimeout: draw.one(['150ms', '2s']) })),
    ...draw.maybe(0.7, () => ({ retryOn: draw.one(retryConditions) })),
    ...draw.maybe(0.15, () => ({ retryIgnorePreviousHosts: draw.chance(0.5) })),
    ...draw.maybe(0.1, () => ({ retryRemoteLocalities: draw.chance(0.8) })),
  }
}

const retryConditions = [
  ...['5xx', '503', '5xx,retriable-4xx', 'gateway-error,connect-failure', 'connect-failure,refused-stream', 'retriable-4xx', 'reset'],
  ...['409,418', 'retriable-status-codes', 'reset-before-request', 'retriable-status-codes,409', 'retriable-headers', '+503', 'envoy-ratelimited'],
]

/** Half shares are rare: a single call then proves little. */
function percentage(draw: Draw): Json {
  return draw.maybe(0.4, () => ({ percentage: { value: draw.one([0, 100, 100, 50]) } }))
}

export function fault(draw: Draw): Json {
  const delay = { delay: { fixedDelay: draw.one(['150ms', '250ms']), ...percentage(draw) } }
  const abort = {
    abort: { ...draw.one<Json>([{ httpStatus: 418 }, { httpStatus: 503 }, { httpStatus: 200 }, { grpcStatus: 'UNAVAILABLE' }]), ...percentage(draw) },
  }
  return draw.one<Json>([delay, abort, abort, { ...delay, ...abort }])
}

export function cors(draw: Draw): Json {
  const origin = draw.one<Json>([
    { exact: 'http://shop.example.com' },
    { prefix: 'http://shop' },
    { regex: 'https?://[a-z]+\\.example\\.com' },
    { exact: '*' },
  ])
  return {
    ...draw.maybe(0.95, () => ({ allowOrigins: [origin] })),
    ...draw.maybe(0.6, () => ({ allowMethods: draw.one([['GET'], ['GET', 'PUT'], ['*']]) })),
    ...draw.maybe(0.4, () => ({ allowHeaders: draw.one([['x-env'], ['*'], ['x-env', 'x-other']]) })),
    ...draw.maybe(0.3, () => ({ exposeHeaders: ['x-served-by'] })),
    ...draw.maybe(0.3, () => ({ maxAge: draw.one(['24h', '1s']) })),
    ...draw.maybe(0.4, () => ({ allowCredentials: draw.chance(0.5) })),
    ...draw.maybe(0.3, () => ({ unmatchedPreflights: draw.one(['FORWARD', 'IGNORE']) })),
  }
}

/** Has at least one field, as istiod wants it. */
export function trafficPolicy(draw: Draw, ports: boolean): Json {
  const policy = {
    ...draw.maybe(0.4, () => ({ loadBalancer: { simple: draw.one(['ROUND_ROBIN', 'RANDOM', 'LEAST_REQUEST']) } })),
    ...draw.maybe(0.3, () => ({
      connectionPool: {
        http: draw.one<Json>([{ http1MaxPendingRequests: 100 }, { http2MaxRequests: 50 }]),
      },
    })),
    ...draw.maybe(0.2, () => ({ tls: { mode: 'DISABLE' } })),
    ...draw.maybe(ports ? 0.2 : 0, () => ({
      portLevelSettings: [{ port: { number: draw.one([80, 9090]) }, loadBalancer: { simple: 'ROUND_ROBIN' } }],
    })),
  }
  return Object.keys(policy).length === 0 ? { tls: { mode: 'DISABLE' } } : policy
}
