import { durationMs, message, messages, text, type Message } from '../../envoy/fields.ts'
import type { HashPolicy, Refusal } from '../../ir/route.ts'

/** What a route is told that requests are hashed by stands behind what it was. */
export function mergeHashPolicies(
  known: readonly HashPolicy[],
  value: unknown,
): { readonly policies: readonly HashPolicy[]; readonly refusal: Refusal | null } {
  const told = messages(value, 'hash_policy')
  const refusal: Refusal | null = told.every(isWhole) ? null : { reason: 'a hash_policy needs something that has a name', spoils: 'message' }
  return { policies: [...known, ...told.flatMap(policyOf)], refusal }
}

const named = [
  ['header', 'header_name'],
  ['cookie', 'name'],
  ['query_parameter', 'name'],
] as const

/** By the constraints of Envoy's `RouteAction.HashPolicy`. */
function isWhole(policy: Message): boolean {
  if (policy['connection_properties'] !== undefined) return true
  return named.some(([kind, name]) => text(message(policy[kind], kind)[name]) !== null)
}

function policyOf(policy: Message): readonly HashPolicy[] {
  const terminal = policy['terminal'] === true
  const header = text(message(policy['header'], 'header')['header_name'])
  if (header !== null) return [{ kind: 'header', name: header.toLowerCase(), terminal }]
  const query = text(message(policy['query_parameter'], 'query_parameter')['name'])
  if (query !== null) return [{ kind: 'query', name: query, terminal }]
  if (policy['cookie'] !== undefined) {
    const { name, path, ttl } = message(policy['cookie'], 'cookie')
    return [{ kind: 'cookie', name: String(name), path: text(path) ?? '', ttlMs: durationMs(ttl), attributes: [], terminal }]
  }
  return message(policy['connection_properties'], 'connection_properties')['source_ip'] === true ? [{ kind: 'source-ip', terminal }] : []
}
