import type { Exchange } from '../../mesh-core/ir/exchange.ts'
import { StatementFailed, Undecided } from '../failure.ts'
import { formatServiceRef, parseServiceRef, serviceRefPattern } from '../service-ref.ts'
import type { ServiceRef } from '../targets/target.ts'
import type { Check, CheckContext } from './check.ts'
import { explain, withReasons } from './evidence.ts'
import { exactShare } from './exact-odds.ts'
import { isReached } from './reach.ts'
import { interval } from './statistics/binomial.ts'
import { testShareSequentially } from './statistics/sequential-test.ts'
import { requestsNeeded, testShare } from './statistics/share-test.ts'
import type { ShareTest } from './statistics/share-test.ts'

/** About so many of the requests reach the service. @param share in [0, 1] */
export function shareReaches(service: ServiceRef, share: number): Check {
  return (exchanges, context) => judge(reachStatement(service, share), exchanges, context)
}

/** About so many of the requests have the status. */
export function shareHasStatus(status: number, share: number): Check {
  const statement: ShareStatement = {
    text: `about ${percent(share)} of the requests have status ${status}`,
    share,
    holdsFor: (exchange) => exchange.response?.status === status,
    exact: () => null,
    reasons: (exchange, context) => explain(exchange, null, context),
  }
  return (exchanges, context) => judge(statement, exchanges, context)
}

/** All rows hold at once. α is divided among them, so that a false alarm of the table is no more likely than one of a single row. */
export function splitAs(rows: readonly { readonly service: ServiceRef; readonly share: number }[]): Check {
  return (exchanges, context) => {
    const sum = rows.reduce((total, { share }) => total + share, 0)
    if (Math.abs(sum - 1) > 1e-9) return `the shares add up to ${percent(sum)}, and must to 100%.`
    const rates = { ...context.rates, alpha: context.rates.alpha / rows.length }
    const complaints = rows.map(({ service, share }) => judge(reachStatement(service, share), exchanges, { ...context, rates }))
    return complaints.filter((complaint) => complaint !== undefined).join('\n') || undefined
  }
}

/**
 * The table `the requests are split:`, a service and a percentage in each row.
 * @throws StatementFailed for a table of another shape
 */
export function readSplit(rows: readonly (readonly string[])[]): { service: ServiceRef; share: number }[] {
  return rows.map(([name = '', share = '', ...rest]) => {
    const isRow = new RegExp(`^${serviceRefPattern.source}$`).test(name) && /^\d+(?:\.\d+)?%$/.test(share) && rest.length === 0
    if (!isRow)
      throw new StatementFailed(
        `a row of the split is a service and a share, such as | reviews:v1 | 50% |, not | ${[name, share, ...rest].join(' | ')} |`,
      )
    return { service: parseServiceRef(name), share: Number.parseFloat(share) / 100 }
  })
}

interface ShareStatement {
  readonly text: string
  readonly share: number
  readonly holdsFor: (exchange: Exchange, context: CheckContext) => boolean
  /** The true share where the target knows it. */
  readonly exact: (exchanges: readonly Exchange[], context: CheckContext) => number | null
  readonly reasons: (exchange: Exchange, context: CheckContext) => string
}

function reachStatement(service: ServiceRef, share: number): ShareStatement {
  return {
    text: `about ${percent(share)} of the requests reach ${formatServiceRef(service)}`,
    share,
    holdsFor: (exchange, context) => isReached(exchange, service, context),
    exact: (exchanges, context) => exactShare(exchanges, service, context),
    reasons: (exchange, context) => explain(exchange, service, context),
  }
}

/** The exact odds first, then a sample: odds that are right do not yet mean that the data plane draws by them. */
function judge(statement: ShareStatement, exchanges: readonly Exchange[], context: CheckContext): string | undefined {
  const exact = statement.exact(exchanges, context)
  const outcomes = exchanges.map((exchange) => statement.holdsFor(exchange, context))
  const seen = outcomes.filter(Boolean).length
  const { alpha, beta, delta } = context.rates
  context.record({
    statement: statement.text,
    ...{ alpha, beta, delta },
    requests: exchanges.length,
    wanted: statement.share,
    seen: seen / exchanges.length,
    exact: exact !== null,
  })
  const reasons = () => statement.reasons(exchanges[0]!, context)
  if (exact !== null && !isWritten(exact, statement.share)) return withReasons(`${statement.text}: the odds are ${percent(exact)}.`, reasons())
  const test =
    context.sequential && exact === null
      ? testShareSequentially(outcomes, statement.share, context.rates)
      : testShare(seen, outcomes.length, statement.share, context.rates)
  if (test.verdict === 'off') return withReasons(`${statement.text}: ${tell(test, context)}`, reasons())
  if (test.verdict === 'undecided' && exact === null) throw new Undecided(`${statement.text}: ${tooFew(statement, test, context)}`)
  return undefined
}

function tell({ seen, requests }: ShareTest, { rates }: CheckContext): string {
  const { low, high } = interval(seen, requests, 0.99)
  return (
    `it was ${percent(seen / requests)} (${seen} of ${requests}, 99% interval ${percent(low)} to ${percent(high)}). ` +
    `Were the statement true, a sample like this one would come up at most once in ${Math.round(1 / rates.alpha).toLocaleString('en-US')} runs.`
  )
}

function tooFew({ share }: ShareStatement, { seen, requests }: ShareTest, { rates }: CheckContext): string {
  return (
    `${seen} of ${requests} were too few requests to tell ${percent(share)} from a share that is ${percent(rates.delta)} off ` +
    `(false alarms ${rates.alpha}, misses ${rates.beta}); send ${requestsNeeded(share, rates)} or more.`
  )
}

/** A share is meant as exactly as it is written: `33%` is also a third. */
function isWritten(exact: number, wanted: number): boolean {
  const decimals = String(Number((wanted * 100).toFixed(9))).split('.')[1]?.length ?? 0
  return Math.abs(exact - wanted) * 100 <= 0.5 * 10 ** -decimals + 1e-9
}

/** `50%`, `0.1%` */
export function percent(share: number): string {
  return `${Number((share * 100).toFixed(2))}%`
}
