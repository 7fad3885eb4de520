import type { Draw } from '../draw.ts'
import type { Json } from './matches.ts'

const names = ['x-env', 'x-added', 'End-User', 'x-served-by', 'cookie', 'user-agent']
const texts = ['one', 'two', '', 'a, b', '%REQ(:path)%', '100%%', '%PROTOCOL%', '%REQ(x-env)%', '%RESPONSE_CODE%', 'über', ...operators()]

/** What is the same wherever a proxy runs: no addresses, no times. */
function operators(): string[] {
  const names =
    'PATH(NQ) PATH(WQ:ORIG) QUERY_PARAM(v) QUERY_PARAMS RESP(:status) RESPONSE_FLAGS_LONG RESPONSE_CODE_DETAILS GRPC_STATUS UPSTREAM_PROTOCOL'
  return names.split(' ').map((name) => `%${name}%`)
}

/** By which a route steers its own retries. */
const steering: readonly Json[] = [{ 'x-envoy-retry-on': '5xx' }, { 'x-envoy-max-retries': '1' }, { 'x-envoy-retriable-status-codes': '503' }]

/** `headers` of a rule or of a destination. */
export function headerOperations(draw: Draw): Json {
  return { ...draw.maybe(0.7, () => ({ request: operations(draw, true) })), ...draw.maybe(0.5, () => ({ response: operations(draw, false) })) }
}

function operations(draw: Draw, request: boolean): Json {
  return {
    ...draw.maybe(0.6, () => ({ set: { ...assignments(draw), ...(request && onlyInRequests(draw)) } })),
    ...draw.maybe(0.5, () => ({ add: assignments(draw) })),
    ...draw.maybe(0.4, () => ({ remove: draw.some([...names, 'x-powered-by', 'x-request-id', 'server'], 1, 2) })),
  }
}

function onlyInRequests(draw: Draw): Json {
  return { ...(draw.chance(0.08) && { host: 'set.example.com' }), ...(draw.chance(0.06) && draw.one(steering)) }
}

function assignments(draw: Draw): Json {
  return Object.fromEntries(draw.some(names, 1, 2).map((name) => [name, draw.one(texts)]))
}
