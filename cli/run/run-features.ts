import { type IRunConfiguration, runCucumber } from '@cucumber/cucumber/api'
import { FollowedRun } from '../../reports/followed-run.ts'
import type { RunRecord } from '../../reports/run-record.ts'
import { isOfWriting, notWritten } from '../output/not-written.ts'
import { chosenExamples } from './chosen-examples.ts'
import { onTarget } from './run-configuration.ts'
import { wrongOption } from '../options/wrong-option.ts'
import { reportUnreadFeatures } from './unread-features.ts'
import { workersFor } from './workers.ts'

/** Steps are loaded once: a second import of the same module would define nothing. */
export type Support = Parameters<typeof runCucumber>[0]['support']

interface Ran {
  readonly record: RunRecord
  readonly support: Support
}

/**
 * Runs features on one target, in as many processes as it takes.
 * @param parallel what the command line says of that
 * @throws MeshSpecError REPORT_NOT_WRITTEN; as `workersFor`
 */
export async function runFeaturesOn(target: string, configuration: IRunConfiguration, support: Support, parallel: string | undefined): Promise<Ran> {
  const { count, env, close } = await workersFor(target, configuration, parallel)
  try {
    return await runFeatures(onTarget(configuration, target, count), support, env)
  } finally {
    await close()
  }
}

/**
 * Runs features by cucumber.
 * @param env what the processes that it forks are told besides
 * @returns what they came to, and the steps for another run
 * @throws MeshSpecError REPORT_NOT_WRITTEN, INVALID_SETTING
 */
export async function runFeatures(configuration: IRunConfiguration, support: Support, env: Readonly<Record<string, string>> = {}): Promise<Ran> {
  try {
    const run = new FollowedRun(() => {}, chosenExamples(configuration.sources))
    const { support: loaded } = await runCucumber({ ...configuration, support }, { env: { ...process.env, ...env } }, run.take)
    reportUnreadFeatures(run.record, configuration.formats)
    return { record: run.record, support: loaded }
  } catch (error) {
    throw isOfWriting(error) ? notWritten(Object.keys(configuration.formats.files), error) : (wrongOption(error) ?? error)
  }
}
