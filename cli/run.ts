import { type IRunConfiguration, loadConfiguration, runCucumber } from '@cucumber/cucumber/api'
import { readSettings } from '../support/settings.ts'
import { Collector } from '../reports/collector.ts'
import { countVerdicts, type RunRecord } from '../reports/run-record.ts'
import { exitCodes } from './exit-codes.ts'
import { checkFeatures } from './feature-paths.ts'
import { formatsOf } from './formats.ts'
import { withOurSteps, withTypescript } from './glue.ts'
import { settingError } from './setting-error.ts'
import { checkTarget } from './target-name.ts'

/** As commander reads them; numbers are still text. */
export interface RunOptions {
  readonly target?: string
  readonly tags?: string
  readonly name?: readonly string[]
  readonly seed?: string
  readonly config?: string
  readonly format?: readonly string[]
  readonly gateway?: string
  readonly assumeConfig?: boolean
  readonly applyCommand?: string
  readonly deleteCommand?: string
  readonly settle?: string
  readonly spec?: boolean
  readonly failFast?: boolean
  readonly parallel?: string
  readonly profile?: readonly string[]
  readonly cucumberConfig?: string
  readonly dryRun?: boolean
}

/**
 * Runs features by cucumber, in this process, with the project's own cucumber config where it has one.
 * @returns the exit code
 * @throws MeshSpecError for settings that are wrong
 */
export async function run(features: readonly string[], options: RunOptions): Promise<number> {
  checkFeatures(features)
  const configuration = await configurationOf(features, options)
  const { target } = readSettings(configuration.runtime.worldParameters, process.env)
  await checkTarget(target)
  const collector = new Collector()
  await runCucumber({ ...configuration, support: withTypescript(configuration.support, target) }, {}, (envelope) => void collector.take(envelope))
  return exitCodeOf(collector.record, options)
}

async function configurationOf(features: readonly string[], options: RunOptions): Promise<IRunConfiguration> {
  const { runConfiguration, useConfiguration } = await loadConfiguration({
    ...(options.cucumberConfig === undefined ? {} : { file: options.cucumberConfig }),
    ...(options.profile === undefined ? {} : { profiles: [...options.profile] }),
    provided: providedBy(options),
  })
  return {
    ...runConfiguration,
    // What the command line names replaces what the project's config names; cucumber would run both.
    sources: features.length > 0 ? { ...runConfiguration.sources, paths: [...features] } : runConfiguration.sources,
    support: withOurSteps(runConfiguration.support),
    formats: { ...runConfiguration.formats, ...formatsOf(options.format ?? [], useConfiguration.format) },
  }
}

/** What the command line says, in cucumber's words. */
function providedBy(options: RunOptions): Exclude<NonNullable<Parameters<typeof loadConfiguration>[0]>['provided'], undefined | string | string[]> {
  const { tags, name, failFast, dryRun, parallel } = options
  return {
    ...(tags === undefined ? {} : { tags }),
    ...(name === undefined ? {} : { name: [...name] }),
    ...(failFast ? { failFast } : {}),
    ...(dryRun ? { dryRun } : {}),
    ...(parallel === undefined ? {} : { parallel: wholeNumber('--parallel', parallel) }),
    worldParameters: { meshspec: ourParameters(options) },
  }
}

function ourParameters({
  target,
  seed,
  config,
  gateway,
  assumeConfig,
  applyCommand,
  deleteCommand,
  settle,
  spec,
}: RunOptions): Record<string, string | number | boolean> {
  const given = {
    target,
    seed: seed === undefined ? undefined : wholeNumber('--seed', seed),
    config,
    gateway,
    assumeConfig,
    applyCommand,
    deleteCommand,
    settle,
    spec,
  }
  return Object.fromEntries(Object.entries(given).filter((entry): entry is [string, string | number | boolean] => entry[1] !== undefined))
}

function wholeNumber(option: string, text: string): number {
  if (/^\d{1,15}$/.test(text)) return Number(text)
  throw settingError(`${option} is "${text}"`, 'write a whole number from 0')
}

/** A run that shows nothing is no success: with a typo in --tags, a CI job would stay green for ever. */
function exitCodeOf(record: RunRecord, { dryRun, tags, name }: RunOptions): number {
  if (record.parseErrors.length > 0) return exitCodes.wrongInput
  const counts = countVerdicts(record.scenarios)
  if (record.scenarios.length === 0) {
    const filter = [tags && `--tags "${tags}"`, ...(name ?? []).map((one) => `--name "${one}"`)].filter(Boolean).join(' ')
    throw settingError('no scenario was run', filter ? `no scenario fits ${filter}` : 'name a feature file or a folder that holds some')
  }
  if (counts.invalid > 0) return exitCodes.wrongInput
  if (dryRun) return exitCodes.held
  return counts.failed + counts.undecided + counts['not-programmed'] + record.hookErrors.length > 0 ? exitCodes.failed : exitCodes.held
}
