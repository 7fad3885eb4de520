import { parseDocument } from '../../mesh-core/config/yaml/parse.ts'
import type { Circumstances } from '../../mesh-core/envoy/circumstances.ts'
import { NotUnderstood } from '../../mesh-core/envoy/fields.ts'
import { readRouteConfiguration, type RouteConfiguration } from '../../mesh-core/envoy/route-configuration.ts'
import type { Difference } from '../difference.ts'
import { type Family, isSelected } from '../family.ts'
import { readVectors } from '../read-vectors.ts'
import { differencesOf, judge } from './judge.ts'
import { lookUp } from '../../cli/import/router-check/lookup.ts'
import type { MetadataEntry, RouterCheckInput, RouterCheckTest, RouterCheckVector } from './vector.ts'

/** Envoy's own tests of `router_check_tool`: lookups in route configurations. A vector is one test; its area is the configuration. */
export const routerCheck: Family = {
  folders: ['../shared/upstream/envoy-router-check'],
  engines: ['core'],
  async *run(path, selection) {
    for (const { vectors } of readVectors(path, isVector, 'with name, config and tests'))
      for (const { name: area, config, tests, expectPass = true } of vectors)
        for (const test of tests) {
          if (!isSelected(selection, area, test.test_name)) continue
          const differences = runTest(test, (now) => readRouteConfiguration(parseDocument(config), area, now), expectPass)
          yield { area, name: test.test_name, about: '', skipped: null, differences }
        }
  },
}

function isVector(item: unknown): item is RouterCheckVector {
  const { config, tests } = (item ?? {}) as Partial<RouterCheckVector>
  return typeof config === 'string' && Array.isArray(tests)
}

/** @param read the routes that are in force under the circumstances of the test */
export function runTest(test: RouterCheckTest, read: (now: Circumstances) => RouteConfiguration, expectPass: boolean): Difference[] {
  try {
    return differencesOf(test, judge(test, lookUp(read(circumstancesOf(test.input)), test.input)), expectPass)
  } catch (error) {
    if (!(error instanceof NotUnderstood)) throw error
    return [{ call: test.test_name, field: 'config', wanted: 'understood', seen: error.message }]
  }
}

function circumstancesOf({ runtime, random_value, dynamic_metadata }: RouterCheckInput): Circumstances {
  return { runtimeKey: runtime || null, random: Number(random_value ?? 0), metadata: metadataOf(dynamic_metadata ?? []) }
}

/** A namespace that is there already is merged into only where that is allowed. Source: Envoy `SetMetadataFilter::decodeHeaders`. */
function metadataOf(entries: readonly MetadataEntry[]): Record<string, unknown> {
  const metadata: Record<string, unknown> = {}
  for (const { metadata_namespace: name, allow_overwrite, value } of entries)
    if (!Object.hasOwn(metadata, name)) metadata[name] = value
    else if (allow_overwrite === true) metadata[name] = merged(metadata[name], value)
  return metadata
}

/** Source: Envoy `StructUtil::update`. */
function merged(before: unknown, value: unknown): unknown {
  if (Array.isArray(before) && Array.isArray(value)) return [...before, ...value]
  if (!isObject(before) || !isObject(value)) return value
  const result: Record<string, unknown> = { ...before }
  for (const [key, one] of Object.entries(value)) result[key] = Object.hasOwn(before, key) ? merged(before[key], one) : one
  return result
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
