import type { Draw } from '../draw.ts'
import type { Json } from './matches.ts'

const names = ['x-env', 'x-added', 'End-User', 'x-served-by', 'cookie', 'user-agent']
const texts = ['one', 'two', '', 'a, b', '%REQ(:path)%', '100%%', '%PROTOCOL%', '%REQ(x-env)%', '%RESPONSE_CODE%', 'über']

/** `headers` of a rule or of a destination. */
export function headerOperations(draw: Draw): Json {
  return { ...draw.maybe(0.7, () => ({ request: operations(draw, true) })), ...draw.maybe(0.5, () => ({ response: operations(draw, false) })) }
}

function operations(draw: Draw, request: boolean): Json {
  return {
    ...draw.maybe(0.6, () => ({ set: { ...assignments(draw), ...(request && draw.chance(0.08) && { host: 'set.example.com' }) } })),
    ...draw.maybe(0.5, () => ({ add: assignments(draw) })),
    ...draw.maybe(0.4, () => ({ remove: draw.some([...names, 'x-powered-by', 'x-request-id', 'server'], 1, 2) })),
  }
}

function assignments(draw: Draw): Json {
  return Object.fromEntries(draw.some(names, 1, 2).map((name) => [name, draw.one(texts)]))
}
