import type { Exchange } from '../../mesh-core/ir/exchange.ts'
import type { CheckContext } from './check.ts'
import { withReasons } from './evidence.ts'
import { percent } from './shares.ts'
import type { ShareStatement } from './shares.ts'
import { interval } from './statistics/binomial.ts'
import { mostRequests, SequentialShareTest } from './statistics/sequential-test.ts'
import { testShare } from './statistics/share-test.ts'

/** How one statement about a share comes to its verdict. */
export interface ShareDecision {
  readonly verdict: 'as-wanted' | 'off' | 'open'
  /** How many further requests it takes to look again; `null` when none help. */
  readonly next: number | null
  /** Looks at the first so many of the requests. */
  look(sample: readonly Exchange[], requests: number): void
  complaint(): string
  /** Why there is no verdict; `null`: there is one as soon as it has looked. */
  readonly undecided: string | null
  /** Tells the report. */
  record(): void
}

/** What both kinds share: the statement, and what was counted. */
abstract class Counted {
  protected readonly statement: ShareStatement
  protected readonly context: CheckContext
  protected requests = 0
  protected seen = 0
  protected readonly exact: number | null
  #first: Exchange | null = null

  constructor(statement: ShareStatement, context: CheckContext, exact: number | null) {
    this.statement = statement
    this.context = context
    this.exact = exact
  }

  /** @returns how many of the requests that were not counted before fit */
  protected count(sample: readonly Exchange[], requests: number): number {
    this.#first ??= sample[0] ?? null
    let fit = 0
    for (let i = this.requests; i < requests; i++) if (this.statement.holdsFor(sample[i]!, this.context)) fit += 1
    this.requests = requests
    this.seen += fit
    return fit
  }

  record(): void {
    const { alpha, beta, delta } = this.context.rates
    const { requests, seen, exact } = this
    const { low, high } = interval(seen, requests, 0.99)
    this.context.record({
      statement: this.statement.text,
      ...{ alpha, beta, delta, requests },
      wanted: this.statement.share,
      seen: seen / requests,
      interval: [low, high],
      exact: exact !== null,
    })
  }

  protected because(text: string): string {
    return withReasons(`${this.statement.text}: ${text}`, this.#first ? this.statement.reasons(this.#first, this.context) : '')
  }

  protected get sampleText(): string {
    const { low, high } = interval(this.seen, this.requests, 0.99)
    const shown = `it was ${percent(this.seen / this.requests)} (${this.seen} of ${this.requests}, 99% interval ${percent(low)} to ${percent(high)}). `
    const runs = Math.round(1 / this.context.rates.alpha).toLocaleString('en-US')
    return `${shown}Were the statement true, a sample like this one would come up at most once in ${runs} runs.`
  }

  protected tooFew(remedy: string): string {
    const { seen, requests, statement } = this
    const { alpha, beta, delta } = this.context.rates
    return (
      `${statement.text}: ${seen} of ${requests} were too few requests to tell ${percent(statement.share)} from a share that is ${percent(delta)} off ` +
      `(false alarms ${Number(alpha.toPrecision(3))}, misses ${beta}); ${remedy}`
    )
  }
}

/** The exact odds first, then the sample: odds that are right do not yet mean that the data plane draws by them. */
export class FixedDecision extends Counted implements ShareDecision {
  readonly next = null
  readonly undecided = null
  verdict: ShareDecision['verdict'] = 'open'

  /** @param exact the odds; `null` where nobody knows them, and the sample is large enough to decide */
  constructor(statement: ShareStatement, context: CheckContext, exact: number | null) {
    super(statement, context, exact)
  }

  look(sample: readonly Exchange[], requests: number): void {
    this.count(sample, requests)
    this.verdict = this.#oddsAreOff ? 'off' : this.#verdictOfSample
  }

  get #verdictOfSample(): ShareDecision['verdict'] {
    const { verdict } = testShare(this.seen, this.requests, this.statement.share, this.context.rates)
    return verdict === 'undecided' ? 'as-wanted' : verdict
  }

  get #oddsAreOff(): boolean {
    return this.exact !== null && !isWritten(this.exact, this.statement.share)
  }

  complaint(): string {
    return this.because(this.#oddsAreOff ? `the odds are ${percent(this.exact!)}.` : this.sampleText)
  }
}

/** Takes requests until they have decided. */
export class SequentialDecision extends Counted implements ShareDecision {
  readonly #test: SequentialShareTest
  readonly #most: number

  constructor(statement: ShareStatement, context: CheckContext) {
    super(statement, context, null)
    this.#test = new SequentialShareTest(statement.share, context.rates)
    this.#most = mostRequests(statement.share, context.rates)
  }

  get verdict(): ShareDecision['verdict'] {
    return this.#test.verdict
  }

  get next(): number | null {
    if (this.verdict !== 'open' || this.requests >= this.#most) return null
    return Math.min(this.#test.next, this.#most - this.requests)
  }

  /** What is decided stays so: further requests are those of another statement. */
  look(sample: readonly Exchange[], requests: number): void {
    if (this.verdict !== 'open') return
    const before = this.requests
    this.#test.take(this.count(sample, requests), requests - before)
  }

  complaint(): string {
    return this.because(this.sampleText)
  }

  get undecided(): string {
    return this.tooFew(this.requests >= this.#most ? 'the share lies between the two.' : 'no more may be sent (--budget).')
  }
}

/** A share is meant as exactly as it is written: `33%` is also a third. */
function isWritten(exact: number, wanted: number): boolean {
  const decimals = String(Number((wanted * 100).toFixed(9))).split('.')[1]?.length ?? 0
  return Math.abs(exact - wanted) * 100 <= 0.5 * 10 ** -decimals + 1e-9
}
