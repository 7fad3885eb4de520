import type { IRunConfiguration } from '@cucumber/cucumber/api'
import { isAbsolute, join, relative, resolve } from 'node:path'
import type { TargetRun } from '../reports/comparison.ts'
import { buildReport } from '../reports/conformance/build.ts'
import type { ConformanceReport } from '../reports/conformance/report.ts'
import { profiles } from '../reports/conformance/tags.ts'
import { makePaint } from '../reports/paint.ts'
import { summaryText } from '../reports/terminal-text.ts'
import { checkConfigFolder } from '../support/config/config-lookup.ts'
import { readSettings } from '../support/settings.ts'
import { runOnEach } from './compare.ts'
import { writeConformance } from './conformance/conformance-files.ts'
import { reproduceText } from './conformance/conformance-reproduce.ts'
import { exitCodes } from './output/exit-codes.ts'
import { checkFeatures } from './run/feature-paths.ts'
import { vocabularyAlone, withTypescript } from './run/glue.ts'
import { packageRoot } from '../support/package.ts'
import { printProblem } from './output/problem.ts'
import { publishReport, serviceAccountFolder } from './conformance/publish-report.ts'
import { assertPushable, pushMetrics, type PushOptions } from './conformance/push-metrics.ts'
import { configurationOf, type RunOptions, shardOf, timeLimitOf } from './run/run-configuration.ts'
import { runFeaturesOn } from './run/run-features.ts'
import { settingError } from './options/setting-error.ts'
import { exitCodeOf, heedingSignals } from './run/signals.ts'
import { checkTarget, targetsIn } from './options/target-name.ts'
import { codeOfRun } from './run/verdict-codes.ts'

export interface ConformanceOptions extends Omit<RunOptions, 'profile' | 'dryRun' | 'failFast'>, PushOptions {
  /** Names of profiles; default: all. */
  readonly profile?: readonly string[]
  readonly out: string
  /** Name of a ConfigMap. */
  readonly publish?: string
}

/**
 * Runs the conformance suite, or features of one's own, and writes what they say of the mesh by profile and feature.
 * @returns the exit code: 0 when nothing failed and everything that the target can show was decided
 * @throws MeshSpecError for settings that are wrong
 */
export async function conformance(given: readonly string[], options: ConformanceOptions): Promise<number> {
  const isOurSuite = given.length === 0
  const features = isOurSuite ? [join(packageRoot, 'features')] : given
  checkFeatures(features)
  assertPushable(options)
  const tags = tagsOf(options, isOurSuite)
  const { profile, out, ...runOptions } = options
  // Our suite is the same everywhere: no steps, hooks or settings of the project's cucumber config take part.
  const own = isOurSuite && options.cucumberConfig === undefined ? { cucumberConfig: false as const } : {}
  const asConfigured = await configurationOf(features, { ...runOptions, ...own, ...(tags !== undefined && { tags }) })
  const configuration = quiet('cucumberConfig' in own ? { ...asConfigured, support: vocabularyAlone } : asConfigured, options)
  const settings = readSettings(configuration.runtime.worldParameters, process.env)
  checkConfigFolder(settings.config, process.cwd())
  const targets = targetsIn(settings.target)
  for (const target of targets) await checkTarget(target)
  const { result: runs, endedBy } = await heedingSignals(timeLimitOf(options.timeLimit), () => runsOn(targets, configuration, options))
  const facts = {
    date: new Date(),
    reproduce: reproduceText(process.argv.slice(2), process.env),
    shard: shardOf(options.shard),
    profiles: profile ?? null,
    fileName: inPackage,
  }
  const reports = runs.map(({ target, run }) => buildReport(run, { ...facts, target }))
  if (endedBy === null) assertSome(reports, runs, options)
  writeConformance(reports, out)
  if (endedBy !== null && endedBy !== 'time') process.exit(exitCodeOf(endedBy))
  const code = Math.max(exitCodes.held, ...runs.map(({ run }) => codeOfRun(run, { shard: options.shard ?? '' })))
  const whole = await told(reports, options, code)
  // What was broken off may still wait for its time.
  if (endedBy !== null) process.exit(whole)
  return whole
}

/** Where the mesh failed, that is what the exit code says, whether or not somebody could be told. */
async function told(reports: readonly ConformanceReport[], options: ConformanceOptions, code: number): Promise<number> {
  const { publish } = options
  const inCluster = { folder: serviceAccountFolder, env: process.env }
  const tell = [
    ...(publish === undefined ? [] : reports.map((report) => () => publishReport(report, publish, inCluster))),
    () => pushMetrics(reports, options),
  ]
  let worst = code
  for (const one of tell)
    await one().catch((error: unknown) => {
      const wrong = printProblem(error)
      if (worst === exitCodes.held) worst = wrong
    })
  return worst
}

/** What fits no profile is not run: nobody would read what it came to. */
function tagsOf({ profile, tags }: ConformanceOptions, isOurSuite: boolean): string | undefined {
  const wanted = profile ?? (isOurSuite ? Object.keys(profiles) : [])
  if (wanted.length === 0) return tags
  const either = wanted.map((name) => `@profile:${name}`).join(' or ')
  return tags === undefined ? either : `(${tags}) and (${either})`
}

/** Only the reports that were asked for: those of `run` would say the same in other words. */
function quiet(configuration: IRunConfiguration, { format }: ConformanceOptions): IRunConfiguration {
  const isAsked = (format ?? []).some((one) => /:./.test(one))
  return { ...configuration, formats: { ...configuration.formats, files: isAsked ? configuration.formats.files : {} } }
}

async function runsOn(targets: readonly string[], configuration: IRunConfiguration, options: ConformanceOptions): Promise<readonly TargetRun[]> {
  if (targets.length > 1) {
    const runs = await runOnEach(targets, configuration, options)
    const paint = makePaint(process.stdout.isTTY === true, process.env)
    for (const { target, run } of runs) process.stdout.write(`\n${paint('bold', target)}\n\n${summaryText(run, paint)}\n`)
    return runs
  }
  const target = targets[0]!
  const { record } = await runFeaturesOn(target, configuration, withTypescript(configuration.support, [target]), options.parallel)
  return [{ target, run: record }]
}

/** A shard may be empty. */
function assertSome(reports: readonly ConformanceReport[], runs: readonly TargetRun[], { shard, profile }: ConformanceOptions): void {
  if (shard !== undefined || reports.some(({ tests }) => tests.length > 0)) return
  const isOfProfile = (tag: string): boolean => (profile ? profile.some((name) => tag === `@profile:${name}`) : tag.startsWith('@profile:'))
  if (runs.some(({ run }) => run.scenarios.some(({ tags }) => tags.some(isOfProfile))))
    throw settingError(
      'no scenario says for which feature it counts, so there is nothing to report',
      'tag each, or its feature: @istio:TASK or @gateway-api:TEST',
    )
  const known = Object.keys(profiles).join(', ')
  const why = profile ? `no scenario has the tag ${profile.map((name) => `@profile:${name}`).join(' or ')}` : 'no scenario has a tag @profile:NAME'
  throw settingError(`${why}, so there is nothing to report`, `the profiles of the suite are ${known}`)
}

/** Files of the suite are called the same wherever meshspec is installed. */
function inPackage(uri: string): string {
  const path = relative(packageRoot, resolve(uri))
  return path.startsWith('..') || isAbsolute(path) ? uri : path
}
