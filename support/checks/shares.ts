import type { Exchange } from '../../mesh-core/ir/exchange.ts'
import { StatementFailed } from '../verdicts/failure.ts'
import { formatServiceRef, parseServiceRef, serviceRefPattern } from '../sentences/service-ref.ts'
import type { ServiceRef } from '../targets/target.ts'
import type { CheckContext } from './check.ts'
import { explain } from './evidence.ts'
import { exactShare } from './exact-odds.ts'
import { isReached } from './reach.ts'

/** What is said of a share of requests. */
export interface ShareStatement {
  readonly text: string
  /** In [0, 1]. */
  readonly share: number
  readonly holdsFor: (exchange: Exchange, context: CheckContext) => boolean
  /** The true share where the target knows it. */
  readonly exact: (exchanges: readonly Exchange[], context: CheckContext) => number | null
  readonly reasons: (exchange: Exchange, context: CheckContext) => string
}

/** About so many of the requests reach the service. @throws StatementFailed unless the share is in [0, 1] */
export function shareReaches(service: ServiceRef, share: number): ShareStatement {
  assertShare(share)
  return {
    text: `about ${percent(share)} of the requests reach ${formatServiceRef(service)}`,
    share,
    holdsFor: (exchange, context) => isReached(exchange, service, context),
    exact: (exchanges, context) => exactShare(exchanges, service, context),
    reasons: (exchange, context) => explain(exchange, service, context),
  }
}

/** About so many of the requests have the status. @throws StatementFailed unless the share is in [0, 1] */
export function shareHasStatus(status: number, share: number): ShareStatement {
  assertShare(share)
  return {
    text: `about ${percent(share)} of the requests have status ${status}`,
    share,
    holdsFor: (exchange) => exchange.response?.status === status,
    exact: () => null,
    reasons: (exchange, context) => explain(exchange, null, context),
  }
}

function assertShare(share: number): void {
  if (share > 1) throw new StatementFailed(`${percent(share)} of the requests are more than all of them.`)
}

/** All rows, which are to hold at once. @throws StatementFailed unless they add up */
export function splitAs(rows: readonly { readonly service: ServiceRef; readonly share: number }[]): readonly ShareStatement[] {
  const sum = rows.reduce((total, { share }) => total + share, 0)
  if (Math.abs(sum - 1) > 1e-9) throw new StatementFailed(`the shares add up to ${percent(sum)}, and must to 100%.`)
  return rows.map(({ service, share }) => shareReaches(service, share))
}

/**
 * The table `the requests are split:`, a service and a percentage in each row.
 * @throws StatementFailed for a table of another shape
 */
export function readSplit(rows: readonly (readonly string[])[]): { service: ServiceRef; share: number }[] {
  const names = rows.map(([name]) => name ?? '')
  const twice = names.find((name, i) => names.indexOf(name) < i)
  if (twice !== undefined) throw new StatementFailed(`${twice} stands in two rows of the split`)
  return rows.map(([name = '', share = '', ...rest]) => {
    const isRow = new RegExp(`^${serviceRefPattern.source}$`).test(name) && /^\d+(?:\.\d+)?%$/.test(share) && rest.length === 0
    if (!isRow)
      throw new StatementFailed(
        `a row of the split is a service and a share, such as | reviews:v1 | 50% |, not | ${[name, share, ...rest].join(' | ')} |`,
      )
    return { service: parseServiceRef(name), share: Number.parseFloat(share) / 100 }
  })
}

/** `50%`, `0.1%` */
export function percent(share: number): string {
  return `${Number((share * 100).toFixed(2))}%`
}
