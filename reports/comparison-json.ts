import { agreements, countAgreements } from './comparison.ts'
import type { Comparison } from './comparison.ts'
import { jsonReport, jsonScenario } from './json.ts'
import { versions } from './versions.ts'

/** Version of the report's shape; raised when a field changes its meaning or goes away. */
const format = 1

/** As data, for other programs: each scenario once, with its record for each target under the target's name. */
export function comparisonJson({ runs, scenarios }: Comparison): object {
  return {
    format,
    versions: versions(),
    targets: runs.map(({ target }) => target),
    agreements,
    counts: countAgreements(scenarios),
    runs: Object.fromEntries(runs.map(({ target, run }) => [target, withoutScenarios(run)])),
    scenarios: scenarios.map(({ outcomes, ...scenario }) => ({
      ...scenario,
      outcomes: Object.fromEntries(outcomes.map(({ target, scenario: own }) => [target, own && jsonScenario(own)])),
    })),
  }
}

/** They stand side by side already. */
function withoutScenarios(run: Comparison['runs'][number]['run']): object {
  return Object.fromEntries(Object.entries(jsonReport(run)).filter(([name]) => !['format', 'versions', 'scenarios'].includes(name)))
}
