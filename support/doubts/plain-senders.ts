import type { Exchange } from '../../mesh-core/ir/exchange.ts'

/** Senders whose requests pass no proxy, such as those without a sidecar, or of datagrams: no rule acts on these. */
export function plainSenders(exchanges: readonly Exchange[]): readonly string[] {
  const plain = exchanges.flatMap(({ hops }) => hops.slice(0, 1).flatMap(({ from, log }) => (from !== null && log === null ? [from] : [])))
  return [...new Set(plain.map(({ name, namespace }) => `what ${name}.${namespace} sends here passes no sidecar: no rule acts on it`))]
}
