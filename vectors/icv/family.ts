import { existsSync, readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { readIcvSuite } from '../../cli/import/icv/read-suite.ts'
import { readRouterCheckTests } from '../../cli/import/router-check/read-tests.ts'
import { ConfigRejected, MeshSpecError } from '../../mesh-core/config/errors.ts'
import type { Difference } from '../difference.ts'
import { type Family, isSelected, NoVectors } from '../family.ts'
import { besideVectors, readJson } from '../read-vectors.ts'
import { readVirtualServices } from '../../cli/import/icv/written.ts'
import { runCases } from './run-cases.ts'
import { runRouterCheck } from './run-router-check.ts'

interface Suite {
  readonly suite: string
  readonly format: 'icv' | 'router_check'
  readonly tests: readonly string[]
  readonly configs: readonly string[]
  /** Absent: the files are only read. */
  readonly expect?: 'pass' | 'error'
  readonly note?: string
}

/** Suites of istio-config-validator and istio-router-check; `index.json` says which files belong together. */
export const icv: Family = {
  folders: ['../shared/upstream/icv-vectors'],
  engines: ['core'],
  async *run(path, selection) {
    const { folder, suites } = readIndex(path)
    for (const suite of suites) {
      if (!isSelected(selection, suite.format, suite.suite)) continue
      yield { area: suite.format, name: suite.suite, about: suite.note ?? '', skipped: null, differences: runSuite(suite, folder) }
    }
  },
}

/** @throws NoVectors */
function readIndex(path: string): { folder: string; suites: readonly Suite[] } {
  const index = path.endsWith('.json') ? path : besideVectors(path, 'index.json')
  const suites = index === null ? undefined : (readJson(index) as { suites?: Suite[] }).suites
  if (index === null || !Array.isArray(suites))
    throw new NoVectors(`${path} holds no suites: an index.json with a list \`suites\` says which files belong together`)
  return { folder: dirname(index), suites }
}

function runSuite({ format, tests, configs, expect = 'pass' }: Suite, folder: string): Difference[] {
  const files = (names: readonly string[]): string[] => names.map((name) => join(folder, name))
  // A suite that is to be refused is not refused because it is not there.
  const missing = files([...configs, ...tests]).filter((file) => !existsSync(file))
  if (missing.length > 0) return [{ call: null, field: 'files', wanted: 'there', seen: `not there: ${missing.join(', ')}` }]
  try {
    const all = readVirtualServices(files(configs))
    const differences = files(tests).flatMap((file) => {
      const text = readFileSync(file, 'utf8')
      return format === 'icv' ? runCases(readIcvSuite(text, file), all) : runRouterCheck(readRouterCheckTests(text, file), all)
    })
    return expect === 'pass' ? differences : [{ call: null, field: 'suite', wanted: 'an error', seen: 'it was read' }]
  } catch (error) {
    if (!(error instanceof MeshSpecError || error instanceof ConfigRejected)) throw error
    return expect === 'error' ? [] : [{ call: null, field: 'suite', wanted: 'read', seen: error.message }]
  }
}
