import { candidates, isIpAddress } from './dns.ts'
import type { Registry } from './registry.ts'

/** What an agent answers for: full names and `*.suffix`, with their addresses. */
export type NameTable = Readonly<Record<string, readonly string[]>>

/**
 * What a pod's resolver is told of a name. An agent that answers for DNS knows some of its own, also those that end in the first of the search list: so a name
 * that it knows goes before all but the first that the search would try. Source: Istio `pkg/dns/client/dns.go` lookupHost, buildDNSAnswers.
 * @param table `null` where no agent answers
 */
export function lookUp(registry: Registry, table: NameTable | null, hostname: string, namespace: string): readonly string[] {
  if (isIpAddress(hostname)) return [hostname]
  const own = table && ownAnswer(table, hostname, namespace)
  if (own) return own
  const address = registry.resolve(hostname, namespace)
  return address === null ? [] : [address]
}

function ownAnswer(table: NameTable, hostname: string, namespace: string): readonly string[] | null {
  const [first, ...others] = candidates(hostname, namespace)
  const literal = others.at(-1) ?? first!
  for (const name of new Set([first!, literal])) if (Object.hasOwn(table, name)) return table[name]!
  for (const name of [literal, ...others]) {
    const found = exactOrWildcard(table, name)
    if (found) return found
  }
  return null
}

function exactOrWildcard(table: NameTable, name: string): readonly string[] | null {
  if (Object.hasOwn(table, name)) return table[name]!
  const labels = name.split('.')
  for (let i = 1; i < labels.length; i++) {
    const wildcard = `*.${labels.slice(i).join('.')}`
    if (Object.hasOwn(table, wildcard)) return table[wildcard]!
  }
  return null
}
