import { type IRunConfiguration, runCucumber } from '@cucumber/cucumber/api'
import { Collector } from '../reports/collector.ts'
import { inOrder } from '../reports/in-order.ts'
import type { RunRecord } from '../reports/run-record.ts'
import { isOfWriting, notWritten } from './not-written.ts'

/** Steps are loaded once: a second import of the same module would define nothing. */
export type Support = Parameters<typeof runCucumber>[0]['support']

/**
 * Runs features by cucumber.
 * @returns what they came to, and the steps for another run
 * @throws MeshSpecError REPORT_NOT_WRITTEN
 */
export async function runFeatures(
  configuration: IRunConfiguration,
  support: Support,
): Promise<{ readonly record: RunRecord; readonly support: Support }> {
  const collector = new Collector()
  const take = inOrder((envelope) => void collector.take(envelope))
  try {
    const { support: loaded } = await runCucumber({ ...configuration, support }, {}, take)
    return { record: collector.record, support: loaded }
  } catch (error) {
    throw isOfWriting(error) ? notWritten(Object.keys(configuration.formats.files), error) : error
  }
}
