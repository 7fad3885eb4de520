import type { Exchange, Hop } from '../../../../mesh-core/ir/exchange.ts'
import type { Evidence } from '../evidence.ts'
import type { Pod } from '../pods/pod.ts'
import type { Observer } from './observer.ts'

/** An exchange with what is known of it so far. */
export interface Answer {
  readonly exchange: Exchange
  /** There is nothing more to know. */
  readonly whole: boolean
  /** It rests on what the answer says. */
  readonly byAnswer: boolean
}

/** Where neither pods of the run nor the answer tell all, whoever else watches the mesh is asked. @param sender `null` for a client outside */
export async function toldByOthers(answers: readonly Answer[], observer: Observer, sender: Pod | null): Promise<readonly Answer[]> {
  const open = answers.filter(({ whole }) => !whole).map(({ exchange }) => exchange)
  if (open.length === 0) return answers
  const { found, why } = await observer.evidence(open, sender)
  const told = new Map(open.map((exchange, i) => [exchange, found[i] ?? null]))
  return answers.map((answer) => (answer.whole ? answer : completed(answer, told.get(answer.exchange), why)))
}

/**
 * @param told by a source; nothing where none knows the exchange, and then the answer is all that there is
 * @param why it does not, for statements that the answer does not decide
 */
function completed({ exchange, ...rest }: Answer, told: Evidence | null | undefined, why: string): Answer {
  if (!told) return { ...rest, exchange: why === '' ? exchange : { ...exchange, untold: withReason(exchange.untold, why) } }
  const hops = told.hops.map((hop) => withArrival(hop, exchange.hops))
  return {
    whole: true,
    byAnswer: hops.some(({ received }) => received !== null),
    exchange: { ...exchange, hops, ...(told.untold && { untold: told.untold }) },
  }
}

function withReason(untold: Exchange['untold'], why: string): NonNullable<Exchange['untold']> {
  return (service) => {
    const reason = untold?.(service) ?? null
    return reason && `${reason} (${why})`
  }
}

/** What a pod says in the answer of how a request came to it, traces do not know. */
function withArrival(hop: Hop, answered: readonly Hop[]): Hop {
  const same = answered.find(({ to, received }) => received !== null && to !== null && to.instance !== '' && to.instance === hop.to?.instance)
  return same ? { ...hop, received: same.received, version: hop.version ?? same.version } : hop
}
