import type { AlphaSpending } from '../checks/statistics/alpha-spending.ts'
import type { RequestBudget } from '../traffic/request-budget.ts'
import type { Settings } from '../settings.ts'
import type { Target } from '../targets/target.ts'

/** What the run has decided before its first scenario. */
export interface Run {
  readonly settings: Settings
  readonly target: Target
  readonly cwd: string
  readonly budget: RequestBudget
  readonly spending: AlphaSpending | null
}
