import type { Exchange } from '../../mesh-core/ir/exchange.ts'

/** Senders without a sidecar: no rule acts on what they send. */
export function plainSenders(exchanges: readonly Exchange[]): readonly string[] {
  const plain = exchanges.flatMap(({ hops }) => hops.slice(0, 1).flatMap(({ from, log }) => (from !== null && log === null ? [from] : [])))
  return [...new Set(plain.map(({ name, namespace }) => `${name}.${namespace} has no sidecar: no rule acts on what it sends`))]
}
