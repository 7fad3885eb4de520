import type { IRunConfiguration } from '@cucumber/cucumber/api'
import { formatterUrl } from '../reports/formats.ts'
import { makePaint } from '../reports/paint.ts'
import type { RunRecord } from '../reports/run-record.ts'
import { summaryText } from '../reports/terminal-text.ts'
import { checkConfigFolder } from '../support/config/config-lookup.ts'
import { readSettings } from '../support/settings.ts'
import { compareTargets } from './compare.ts'
import { checkFeatures } from './run/feature-paths.ts'
import { withTypescript } from './run/glue.ts'
import { configurationOf, onTarget, type RunOptions, timeLimitOf } from './run/run-configuration.ts'
import { runFeatures, runFeaturesOn } from './run/run-features.ts'
import { exitCodeOf, heedingSignals } from './run/signals.ts'
import { checkTarget, targetsIn } from './options/target-name.ts'
import { codeOfRun } from './run/verdict-codes.ts'

/**
 * Runs features by cucumber, in this process, on one target or on each of several.
 * @returns the exit code
 * @throws MeshSpecError for settings that are wrong
 */
export async function run(features: readonly string[], options: RunOptions): Promise<number> {
  checkFeatures(features)
  const configuration = await configurationOf(features, options)
  const settings = readSettings(configuration.runtime.worldParameters, process.env)
  checkConfigFolder(settings.config, process.cwd())
  const targets = targetsIn(settings.target)
  for (const target of targets) await checkTarget(target)
  const { result, endedBy } = await heedingSignals(timeLimitOf(options.timeLimit), () =>
    targets.length === 1 || options.dryRun ? runOn(targets[0]!, features, configuration, options) : compareTargets(targets, configuration, options),
  )
  // What was broken off may still wait for its time.
  if (endedBy !== null) process.exit(endedBy === 'time' ? result() : exitCodeOf(endedBy))
  return result()
}

/** @returns what the exit code is, for a run that was not interrupted */
async function runOn(target: string, features: readonly string[], configuration: IRunConfiguration, options: RunOptions): Promise<() => number> {
  if (options.dryRun && target === 'cluster') return planOn(configuration, options)
  const shown = options.dryRun && options.format === undefined ? silently(configuration) : configuration
  const { record } = await runFeaturesOn(target, shown, withTypescript(configuration.support, [target]), options.parallel)
  if (shown !== configuration) tellMatches(record)
  return () => codeOfRun(record, { ...options, features })
}

/** Where nothing is run there is nothing to report, and reports of an earlier run stay as they are. */
function silently(configuration: IRunConfiguration): IRunConfiguration {
  return { ...configuration, formats: { ...configuration.formats, stdout: formatterUrl('silent'), files: {} } }
}

/** Sentences that nothing reads, or that all are read. */
function tellMatches(record: RunRecord): void {
  const invalid = record.scenarios.filter(({ verdict }) => verdict === 'invalid')
  const count = `${record.scenarios.length} scenario${record.scenarios.length === 1 ? '' : 's'}`
  const isRead = invalid.length === 0 && record.parseErrors.length === 0
  const text = isRead
    ? `${count}: each sentence is one of the vocabulary, or of your own. Nothing was run (--dry-run).`
    : summaryText({ ...record, scenarios: invalid }, makePaint(process.stdout.isTTY === true, process.env))
  if (record.scenarios.length > 0 || !isRead) process.stdout.write(`${text}\n`)
}

/** Runs the scenarios against nobody: what would be applied and sent goes to standard output, what is wrong with them to standard error. */
async function planOn(configuration: IRunConfiguration, options: RunOptions): Promise<() => number> {
  const { runtime, formats } = onTarget(configuration, 'cluster', 0)
  const { meshspec } = runtime.worldParameters as { readonly meshspec: object }
  const worldParameters = { ...runtime.worldParameters, meshspec: { ...meshspec, dryRun: true } }
  const planned = { ...silently({ ...configuration, formats }), runtime: { ...runtime, dryRun: false, worldParameters } }
  const { record } = await runFeatures(planned, withTypescript(configuration.support, ['cluster']))
  const wrong = record.scenarios.filter(({ verdict, reasons }) => verdict !== 'not-supported' || !reasons[0]?.startsWith('dry run'))
  const told = { ...record, scenarios: wrong }
  if (wrong.length > 0 || record.parseErrors.length > 0)
    process.stderr.write(`${summaryText(told, makePaint(process.stderr.isTTY === true, process.env))}\n`)
  return () => codeOfRun(record, { ...options, dryRun: wrong.every(({ verdict }) => verdict === 'not-supported') })
}
