import type { Exchange, Hop } from '../mesh-core/ir/exchange.ts'
import { describeDecision, type Locate } from '../support/explain/decision.ts'

/** Every proxy on the way with the rules that it tried, then what the sender got. */
export function exchangeText(exchange: Exchange, locate: Locate): string {
  const decisions = exchange.hops.filter(({ attempt }) => attempt === 1).map((hop) => hopText(exchange, hop, locate))
  return [...decisions, answerText(exchange)].filter((text) => text !== '').join('\n\n')
}

function hopText(exchange: Exchange, hop: Hop, locate: Locate): string {
  const decision = hop.explain?.() ?? null
  if (decision === null)
    return hop.from === null ? '' : `${hop.service ?? 'an address'}, asked by ${hop.from.name}: past all rules, since it has no sidecar`
  return [describeDecision(decision, locate, Infinity), `  ${receiverText(exchange, hop)}`].join('\n')
}

function receiverText({ hops }: Exchange, hop: Hop): string {
  const tries = hops.filter((other) => other.parent === hop.parent && other.log !== null && other.log === hop.log).length
  const times = tries > 1 ? `, after ${tries} tries` : ''
  const flags = hop.log && hop.log.flags !== '-' ? ` (${hop.log.flags} ${hop.log.details})` : ''
  if (hop.to === null) return `no workload received it: ${hop.status}${flags}${times}`
  const who = `${hop.app ?? hop.to.name}${hop.version ? `:${hop.version}` : ''} (${hop.to.instance})`
  return `${hop.asks ? 'asked' : hop.mirrored ? 'a copy went to' : 'reached'} ${who}${hop.received ? ` as ${hop.received.method} ${hop.received.path}` : ''}: ${hop.status}${flags}${times}`
}

function answerText({ response, error, durationMs }: Exchange): string {
  const took = `after ${Number(durationMs.toFixed(3))} ms of mesh time`
  const location = response?.headers.get('location')
  const onwards = location ? `, on to ${location},` : ''
  return response === null ? `no answer: ${error} ${took}` : `answer: ${response.status}${onwards} ${took}`
}
