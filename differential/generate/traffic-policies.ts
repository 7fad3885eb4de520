import type { Draw } from '../draw.ts'
import type { Json } from './matches.ts'

/** A `trafficPolicy` with every field whose effect does not hang on when something happens. */
export function fullPolicy(draw: Draw, ports: readonly number[] = []): Json {
  const policy = {
    ...portPolicy(draw),
    ...draw.maybe(0.06, () => ({ retryBudget: { percent: draw.one([20, 100]), minRetryConcurrency: draw.one([3, 10]) } })),
    ...draw.maybe(ports.length > 0 ? 0.35 : 0, () => ({
      portLevelSettings: draw.some(ports, 1, 2).map((number) => ({ port: { number }, ...portPolicy(draw) })),
    })),
  }
  return Object.keys(policy).length === 0 ? { tls: { mode: 'DISABLE' } } : policy
}

function portPolicy(draw: Draw): Json {
  const policy = {
    ...draw.maybe(0.5, () => ({ loadBalancer: loadBalancer(draw) })),
    ...draw.maybe(0.35, () => ({ connectionPool: connectionPool(draw) })),
    ...draw.maybe(0.25, () => ({ tls: { mode: draw.one(['DISABLE', 'DISABLE', 'ISTIO_MUTUAL']) } })),
  }
  return Object.keys(policy).length === 0 ? { loadBalancer: { simple: 'RANDOM' } } : policy
}

/** TLS that a proxy begins with an application by itself. */
export function originatedTls(draw: Draw): Json {
  const files = { clientCertificate: '/etc/certs/client.pem', privateKey: '/etc/certs/key.pem' }
  const shown = draw.one<Json>([
    { mode: 'SIMPLE' },
    { mode: 'SIMPLE' },
    { mode: 'SIMPLE', credentialName: originSecret },
    { mode: 'MUTUAL', ...files },
    { mode: 'MUTUAL', credentialName: originSecret },
  ])
  const trusts = { ...draw.maybe('credentialName' in shown ? 0 : 0.4, () => ({ caCertificates: '/etc/certs/ca.pem' })), ...names(draw) }
  return {
    ...shown,
    ...draw.maybe(0.6, () => ({ sni: draw.one(['b.example.com', 'origin', 'www.example.com']) })),
    ...(draw.chance(0.2) ? { insecureSkipVerify: draw.chance(0.7) } : trusts),
  }
}

/** Of the names that whoever is called has a certificate for, or of nobody. */
function names(draw: Draw): Json {
  return draw.maybe(0.35, () => ({ subjectAltNames: draw.one([['b.example.com'], ['nobody.example.com'], ['nobody.example.com', 'origin']]) }))
}

/** Named by TLS that proxies begin. */
export const originSecret = 'origin'

const balancers = ['ROUND_ROBIN', 'RANDOM', 'LEAST_REQUEST', 'LEAST_CONN', 'UNSPECIFIED', 'PASSTHROUGH']

export function loadBalancer(draw: Draw): Json {
  return draw.one<() => Json>([
    () => ({ simple: draw.one(balancers) }),
    () => ({ simple: draw.one(balancers) }),
    () => ({ consistentHash: consistentHash(draw) }),
    // Every endpoint has been there for longer.
    () => ({ simple: draw.one(['ROUND_ROBIN', 'LEAST_REQUEST']), ...warmup(draw) }),
  ])()
}

function warmup(draw: Draw): Json {
  if (draw.chance(0.4)) return { warmupDurationSecs: '1s' }
  return { warmup: { duration: '1s', ...draw.maybe(0.5, () => ({ minimumPercent: 10 })), ...draw.maybe(0.5, () => ({ aggression: 1 })) } }
}

/** With whole numbers of every kind: the ring must be the same ring. */
export function consistentHash(draw: Draw): Json {
  const key = draw.one<Json>([
    { httpHeaderName: draw.one(['x-env', 'end-user', ':path', ':authority', 'X-Case']) },
    { httpHeaderName: 'x-env' },
    {
      httpCookie: {
        name: 'session',
        ...draw.maybe(0.5, () => ({ ttl: draw.one(['0s', '3600s']) })),
        ...draw.maybe(0.4, () => ({ path: '/' })),
        ...draw.maybe(0.2, () => ({ attributes: [{ name: 'SameSite', value: 'Lax' }, { name: 'Secure' }] })),
      },
    },
    { httpQueryParameterName: draw.one(['user', 'q']) },
    { useSourceIp: true },
  ])
  return {
    ...key,
    ...draw.one<Json>([
      {},
      {},
      { minimumRingSize: draw.one([1, 16, 2048]) },
      { ringHash: draw.one<Json>([{}, { minimumRingSize: draw.one([1, 7, 1024, 5000]) }]) },
      { maglev: { tableSize: draw.one([11, 101, 5003]) } },
    ]),
  }
}

/** Limits that no single call meets, save for those of none at all. */
export function connectionPool(draw: Draw): Json {
  const pool = {
    ...draw.maybe(0.6, () => ({
      http: atLeastOne(draw, {
        http1MaxPendingRequests: [1, 100],
        http2MaxRequests: [1, 50],
        maxRetries: [1, 5],
        maxRequestsPerConnection: [1, 2],
        maxConcurrentStreams: [1, 100],
        idleTimeout: ['30s'],
        ...draw.one<Readonly<Record<string, readonly unknown[]>>>([
          { h2UpgradePolicy: ['UPGRADE', 'DO_NOT_UPGRADE', 'DEFAULT'] },
          { useClientProtocol: [true, false] },
        ]),
      }),
    })),
    ...draw.maybe(0.5, () => ({
      tcp: atLeastOne(draw, {
        maxConnections: [1, 100],
        connectTimeout: ['2s'],
        idleTimeout: ['60s'],
        maxConnectionDuration: ['30s'],
        tcpKeepalive: [{ probes: 3, time: '60s', interval: '5s' }],
      }),
    })),
  }
  return Object.keys(pool).length === 0 ? { http: { maxRetries: 3 } } : pool
}

function atLeastOne(draw: Draw, fields: Readonly<Record<string, readonly unknown[]>>): Json {
  return Object.fromEntries(draw.some(Object.keys(fields), 1, 3).map((name) => [name, draw.one(fields[name]!)]))
}
