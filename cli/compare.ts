import { basename, extname } from 'node:path'
import type { IRunConfiguration } from '@cucumber/cucumber/api'
import { compareRuns } from '../reports/comparison.ts'
import type { TargetRun } from '../reports/comparison.ts'
import { countVerdicts, type RunRecord, verdicts, verdictWords } from '../reports/run-record.ts'
import { formatMs } from '../reports/terminal-text.ts'
import { isInterrupted } from '../support/runs/interruption.ts'
import { formatsOn, writeComparison } from './compared-formats.ts'
import { withTypescript } from './run/glue.ts'
import { type RunOptions } from './run/run-configuration.ts'
import { runFeaturesOn, type Support } from './run/run-features.ts'
import { codeOfComparison } from './run/verdict-codes.ts'

/** Runs the same features on each target in turn, and says where the targets agree. @returns what the exit code is, for a run that was not interrupted */
export async function compareTargets(targets: readonly string[], configuration: IRunConfiguration, options: RunOptions): Promise<() => number> {
  const comparison = compareRuns(await runOnEach(targets, configuration, options))
  writeComparison(comparison, configuration.formats)
  return () => codeOfComparison(comparison, options)
}

/** Runs the same features on each target in turn; what is told of one run alone goes into files with the target's name in theirs. */
export async function runOnEach(
  targets: readonly string[],
  configuration: IRunConfiguration,
  options: Pick<RunOptions, 'parallel'>,
): Promise<readonly TargetRun[]> {
  let support: Support = withTypescript(configuration.support, targets)
  const runs: TargetRun[] = []
  for (const [index, name] of namesOf(targets).entries()) {
    const formats = formatsOn(name, configuration.formats)
    const { record, support: loaded } = await runFeaturesOn(targets[index]!, { ...configuration, formats }, support, options.parallel)
    support = loaded
    runs.push({ target: name, run: record })
    process.stderr.write(`${progressText(name, record)}\n`)
    // What the sentences are, one run has said already.
    if (isInterrupted() || record.parseErrors.length > 0) break
  }
  return runs
}

/** As the reports call them: a module by its name without folder and extension, where no other is called so. */
function namesOf(targets: readonly string[]): readonly string[] {
  const short = targets.map((target) => basename(target, extname(target)))
  return targets.map((target, index) => (short.indexOf(short[index]!) === short.lastIndexOf(short[index]!) ? short[index]! : target))
}

function progressText(target: string, { scenarios, durationMs }: RunRecord): string {
  const counts = countVerdicts(scenarios)
  const parts = verdicts.filter((verdict) => counts[verdict] > 0).map((verdict) => `${counts[verdict]} ${verdictWords[verdict]}`)
  return `${target}: ${parts.join(', ') || 'nothing was run'} in ${formatMs(durationMs)}`
}
