import type { IRunConfiguration } from '@cucumber/cucumber/api'
import { readSettings } from '../support/settings.ts'
import { compareTargets } from './compare.ts'
import { checkFeatures } from './feature-paths.ts'
import { withTypescript } from './glue.ts'
import { configurationOf, onTarget, type RunOptions } from './run-configuration.ts'
import { runFeatures } from './run-features.ts'
import { exitCodeOf, heedingSignals } from './signals.ts'
import { checkTarget, targetsIn } from './target-name.ts'
import { codeOfRun } from './verdict-codes.ts'
import { workersFor } from './workers.ts'

/**
 * Runs features by cucumber, in this process, on one target or on each of several.
 * @returns the exit code
 * @throws MeshSpecError for settings that are wrong
 */
export async function run(features: readonly string[], options: RunOptions): Promise<number> {
  checkFeatures(features)
  const configuration = await configurationOf(features, options)
  const targets = targetsIn(readSettings(configuration.runtime.worldParameters, process.env).target)
  for (const target of targets) await checkTarget(target)
  const { result, signal } = await heedingSignals(() =>
    targets.length === 1 || options.dryRun ? runOn(targets[0]!, configuration, options) : compareTargets(targets, configuration, options),
  )
  // What was broken off may still wait for its time.
  if (signal !== null) process.exit(exitCodeOf(signal))
  return result()
}

/** @returns what the exit code is, for a run that was not interrupted */
async function runOn(target: string, configuration: IRunConfiguration, options: RunOptions): Promise<() => number> {
  const parallel = await workersFor(target, configuration, options.parallel)
  const { record } = await runFeatures(onTarget(configuration, target, parallel), withTypescript(configuration.support, [target]))
  return () => codeOfRun(record, options)
}
