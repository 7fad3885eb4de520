import type { Exchange } from '../../mesh-core/ir/exchange.ts'
import { Undecided } from '../verdicts/failure.ts'
import type { CheckContext } from './check.ts'
import { FixedDecision, SequentialDecision } from './share-decision.ts'
import type { ShareDecision } from './share-decision.ts'
import type { ShareStatement } from './shares.ts'
import { missRateOf } from './statistics/share-test.ts'

/** The requests that are judged, and how to send more of them. */
export interface ShareSample {
  /** How many the scenario asks for. */
  readonly load: { readonly times: number }
  readonly sample: readonly Exchange[]
  /** How many had been sent each time that somebody looked, ascending. Between two looks they may be in any order. */
  readonly looks: readonly number[]
  /** Sends more; fewer than asked for when no more may be sent. */
  readonly more: (requests: number) => Promise<readonly Exchange[]>
}

/**
 * Statements about shares that are to hold at once; α is divided among them, so that a false alarm of several is no more likely than one of a single one.
 * @returns a complaint, or nothing when they hold
 * @throws Undecided
 */
export async function decideShares(statements: readonly ShareStatement[], sample: ShareSample, context: CheckContext): Promise<string | undefined> {
  const rates = { ...context.rates, alpha: context.rates.alpha / statements.length }
  const decisions = statements.map((statement) => decisionOf(statement, sample, { ...context, rates }))
  while (decisions.every(({ verdict }) => verdict !== 'off')) {
    const more = Math.min(...decisions.map(({ next }) => next ?? Infinity))
    if (!Number.isFinite(more)) break
    const sent = await sample.more(more)
    if (sent.length === 0) break
    for (const decision of decisions) decision.look(sample.sample, sample.sample.length)
  }
  for (const decision of decisions) decision.record()
  const off = decisions.filter(({ verdict }) => verdict === 'off')
  const open = decisions.filter(({ verdict }) => verdict === 'open')
  if (off.length === 0 && open.length > 0) throw new Undecided(open.map((decision) => decision.undecided).join('\n'))
  return together(off.map((decision) => decision.complaint())) || undefined
}

/** Reasons that the next complaint has as well are told there. */
function together(complaints: readonly string[]): string {
  const reasonsOf = (complaint = ''): string => complaint.slice(complaint.indexOf('\n') + 1)
  const isRepeated = (complaint: string, i: number): boolean => complaint.includes('\n') && reasonsOf(complaint) === reasonsOf(complaints[i + 1])
  return complaints.map((complaint, i) => (isRepeated(complaint, i) ? complaint.split('\n', 1)[0] : complaint)).join('\n')
}

/**
 * A fixed test where the target knows the odds, or all requests were sent before anybody looked and there are enough of them. Which of the two it is depends on
 * the config and on what the scenario asks for, not on what came of the requests.
 */
function decisionOf(statement: ShareStatement, { sample, looks, load }: ShareSample, context: CheckContext): ShareDecision {
  const isWhole = looks.length === 1 && sample.length === load.times
  const exact = statement.exact(sample, context)
  const isFixed = exact !== null || (isWhole && missRateOf(sample.length, statement.share, context.rates) <= context.rates.beta)
  const decision = isFixed ? new FixedDecision(statement, context, exact) : new SequentialDecision(statement, context)
  for (const look of isFixed ? looks.slice(-1) : looks) decision.look(sample, look)
  return decision
}
