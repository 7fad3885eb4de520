import { resolve } from 'node:path'
import type { Comparison } from '../../reports/comparison.ts'
import { countAgreements } from '../../reports/comparison.ts'
import { countVerdicts, type RunRecord } from '../../reports/run-record.ts'
import { exitCodes } from '../output/exit-codes.ts'
import type { RunOptions } from './run-configuration.ts'
import { linesOf } from './feature-paths.ts'
import { settingError } from '../options/setting-error.ts'

type Filter = Pick<RunOptions, 'dryRun' | 'tags' | 'name' | 'shard'> & { readonly features?: readonly string[] }

/** @throws MeshSpecError INVALID_SETTING for a run that shows nothing */
export function codeOfRun(record: RunRecord, filter: Filter): number {
  if (record.parseErrors.length > 0) return exitCodes.wrongInput
  assertSome(record, filter)
  const { passed, invalid, 'not-supported': notSupported } = countVerdicts(record.scenarios)
  if (invalid > 0) return exitCodes.wrongInput
  if (filter.dryRun) return exitCodes.held
  return passed + notSupported === record.scenarios.length && record.hookErrors.length === 0 ? exitCodes.held : exitCodes.failed
}

/** Held: no target says anything else than that it holds, or that it cannot show it. @throws MeshSpecError INVALID_SETTING */
export function codeOfComparison(comparison: Comparison, filter: Filter): number {
  const codes = comparison.runs.map(({ run }) => codeOfRun(run, filter))
  if (codes.includes(exitCodes.wrongInput)) return exitCodes.wrongInput
  const { differs, drawn, fails, open } = countAgreements(comparison.scenarios)
  return differs + drawn + fails + open > 0 || codes.includes(exitCodes.failed) ? exitCodes.failed : exitCodes.held
}

/**
 * A run that shows nothing is no success: with a typo in --tags, a CI job would stay green for ever. A shard may be empty; `report merge` sees that not all are.
 */
function assertSome({ scenarios }: RunRecord, { tags, name, shard, features = [] }: Filter): void {
  if (shard !== undefined) return
  const lines = features.filter((feature) => /:\d+$/.test(feature))
  if (scenarios.length > 0) return tags || name?.length ? undefined : assertEach(scenarios, lines)
  const filter = [tags && `--tags "${tags}"`, ...(name ?? []).map((one) => `--name "${one}"`)].filter(Boolean).join(' ')
  const where =
    lines.length > 0
      ? `no scenario begins at ${lines.join(', ')}`
      : `name a feature file or a folder that holds some${features.length === 0 ? ', or let npx meshspec init write a first one' : ''}`
  throw settingError('no scenario was run', filter ? `no scenario fits ${filter}` : where)
}

/** A line of a feature at which nothing begins is passed over where others run. @param paths `a.feature:7:12` */
function assertEach(scenarios: RunRecord['scenarios'], paths: readonly string[]): void {
  const seen = new Set(
    scenarios.flatMap(({ uri, line, outlineLine }) => [line, ...(outlineLine === null ? [] : [outlineLine])].map((one) => `${resolve(uri)}:${one}`)),
  )
  const places = paths.flatMap(linesOf).map(({ file, line }) => `${file}:${line}`)
  const unseen = places.filter((place) => !seen.has(resolve(place)))
  if (unseen.length > 0) throw settingError(`nothing of ${unseen.join(', ')} was run`, 'no scenario begins there')
}
