import { FollowedRun } from './followed-run.ts'
import type { Formatter } from './formatter.ts'
import { type RunRecord, type ScenarioRecord, countVerdicts } from './run-record.ts'
import { versions } from './versions.ts'

/** Version of the report's shape; raised when a field changes its meaning or goes away. */
const format = 1

/** The run as data, for other programs. */
export function jsonReport(run: RunRecord): object {
  return {
    format,
    versions: versions(),
    counts: countVerdicts(run.scenarios),
    errorRates: errorRates(run),
    durationMs: Math.round(run.durationMs),
    parseErrors: run.parseErrors,
    hookErrors: run.hookErrors,
    undefinedSteps: run.undefinedSteps,
    scenarios: run.scenarios.map(jsonScenario),
  }
}

export function jsonScenario({ durationMs, steps, ...scenario }: ScenarioRecord): object {
  return {
    ...scenario,
    durationMs: Math.round(durationMs),
    steps: steps.map((step) => ({ ...step, durationMs: Number(step.durationMs.toFixed(3)) })),
  }
}

/** `falseAlarm`: an upper bound for the whole run; `miss`: for the weakest single statement. */
function errorRates({ scenarios }: RunRecord): { statements: number; falseAlarm: number; miss: number } {
  const tests = scenarios.flatMap(({ record }) => record?.tests ?? [])
  return {
    statements: tests.length,
    falseAlarm: tests.reduce((sum, { alpha }) => sum + alpha, 0),
    miss: Math.max(0, ...tests.map(({ beta }) => beta)),
  }
}

export function jsonFile(report: object): string {
  return `${JSON.stringify(report, null, 2)}\n`
}

const json: Formatter = {
  type: 'formatter',
  formatter({ on, write }) {
    const run = new FollowedRun()
    on('message', run.take)
    return () => write(jsonFile(jsonReport(run.record)))
  },
}
export default json
