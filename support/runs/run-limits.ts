import { AlphaSpending } from '../checks/statistics/alpha-spending.ts'
import { RequestBudget } from '../traffic/request-budget.ts'
import type { Settings } from '../settings.ts'
import type { Target } from '../targets/target.ts'

/** What all scenarios of a run have together. */
export interface RunLimits {
  readonly budget: RequestBudget
  /** Of the chance that a correct mesh fails the run; `null`: every statement has the α of the settings. */
  readonly spending: AlphaSpending | null
}

/**
 * A run that is divided, among processes by cucumber or among machines by `--shard`, has its limits divided as well. On a virtual clock a statement is decided
 * the same in whatever order scenarios run, so nothing is spent.
 */
export function limitsOf(
  { alpha, budget, shards }: Pick<Settings, 'alpha' | 'budget' | 'shards'>,
  { clock }: Pick<Target, 'clock'>,
  env: Readonly<Record<string, string | undefined>>,
): RunLimits {
  const parts = (Number(env['CUCUMBER_TOTAL_WORKERS']) || 1) * shards
  return {
    budget: new RequestBudget(budget === null || clock === 'virtual' ? null : Math.floor(budget / parts)),
    spending: clock === 'virtual' ? null : new AlphaSpending(alpha, parts),
  }
}
