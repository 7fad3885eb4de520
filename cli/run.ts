import type { IRunConfiguration } from '@cucumber/cucumber/api'
import { formatterUrl } from '../reports/formats.ts'
import { makePaint } from '../reports/paint.ts'
import { summaryText } from '../reports/terminal-text.ts'
import { readSettings } from '../support/settings.ts'
import { compareTargets } from './compare.ts'
import { checkFeatures } from './feature-paths.ts'
import { withTypescript } from './glue.ts'
import { configurationOf, onTarget, type RunOptions, timeLimitOf } from './run-configuration.ts'
import { runFeatures, runFeaturesOn } from './run-features.ts'
import { exitCodeOf, heedingSignals } from './signals.ts'
import { checkTarget, targetsIn } from './target-name.ts'
import { codeOfRun } from './verdict-codes.ts'

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
  const { result, endedBy } = await heedingSignals(timeLimitOf(options.timeLimit), () =>
    targets.length === 1 || options.dryRun ? runOn(targets[0]!, configuration, options) : compareTargets(targets, configuration, options),
  )
  // What was broken off may still wait for its time.
  if (endedBy !== null) process.exit(endedBy === 'time' ? result() : exitCodeOf(endedBy))
  return result()
}

/** @returns what the exit code is, for a run that was not interrupted */
async function runOn(target: string, configuration: IRunConfiguration, options: RunOptions): Promise<() => number> {
  if (options.dryRun && target === 'cluster') return planOn(configuration, options)
  const { record } = await runFeaturesOn(target, configuration, withTypescript(configuration.support, [target]), options.parallel)
  return () => codeOfRun(record, options)
}

/** Runs the scenarios against nobody: what would be applied and sent goes to standard output, what is wrong with them to standard error. */
async function planOn(configuration: IRunConfiguration, options: RunOptions): Promise<() => number> {
  const { runtime, formats } = onTarget(configuration, 'cluster', 0)
  const { meshspec } = runtime.worldParameters as { readonly meshspec: object }
  const worldParameters = { ...runtime.worldParameters, meshspec: { ...meshspec, dryRun: true } }
  const quiet = { ...formats, stdout: formatterUrl('silent'), files: {} }
  const planned = { ...configuration, formats: quiet, runtime: { ...runtime, dryRun: false, worldParameters } }
  const { record } = await runFeatures(planned, withTypescript(configuration.support, ['cluster']))
  const wrong = record.scenarios.filter(({ verdict, reasons }) => verdict !== 'not-supported' || !reasons[0]?.startsWith('dry run'))
  const told = { ...record, scenarios: wrong }
  if (wrong.length > 0 || record.parseErrors.length > 0)
    process.stderr.write(`${summaryText(told, makePaint(process.stderr.isTTY === true, process.env))}\n`)
  return () => codeOfRun(record, { ...options, dryRun: wrong.every(({ verdict }) => verdict === 'not-supported') })
}
