import { assemble, uncountedOf } from './build.ts'
import type { ConformanceReport } from './report.ts'

/** Why reports are no parts of one run. */
export class NoParts extends Error {
  override readonly name = 'NoParts'
}

/**
 * Makes one report of those of all shards of a run.
 * @throws NoParts when a shard is missing, is there twice, or is another run's
 */
export function mergeReports(parts: readonly ConformanceReport[]): ConformanceReport {
  const [first] = parts
  if (!first) throw new NoParts('there is nothing to merge')
  assertOneRun(parts)
  assertWhole(parts)
  const { seed, target, version, reproduce } = first.meshspec
  return assemble(
    parts.flatMap(({ tests }) => tests),
    {
      date: parts
        .map(({ date }) => date)
        .sort()
        .at(-1)!,
      implementation: (parts.find(({ implementation }) => implementation.version !== 'unknown') ?? first).implementation,
      meshspec: {
        ...{ version, target },
        seed: parts.find(({ meshspec }) => meshspec.seed !== null)?.meshspec.seed ?? seed,
        reproduce: reproduce.replace(/ --shard[ =]\S+/, ''),
        notes: [...new Set(parts.flatMap(({ meshspec }) => meshspec.notes))],
        durationMs: Math.max(...parts.map(({ meshspec }) => meshspec.durationMs)),
        ...uncountedOf(parts.reduce((sum, { meshspec }) => sum + (meshspec.uncounted ?? 0), 0)),
        shard: null,
      },
    },
  )
}

function assertOneRun(parts: readonly ConformanceReport[]): void {
  const facts: readonly (readonly [string, (report: ConformanceReport) => unknown])[] = [
    ['target', ({ meshspec }) => meshspec.target],
    ['version of meshspec', ({ meshspec }) => meshspec.version],
    ['number of shards', ({ meshspec }) => meshspec.shard?.total ?? 1],
    // A shard without scenarios knows neither.
    ['seed', ({ meshspec, tests }) => (tests.length > 0 ? meshspec.seed : null)],
    [
      'version of the mesh',
      ({ implementation }) => (implementation.version === 'unknown' ? null : `${implementation.project} ${implementation.version}`),
    ],
  ]
  for (const [what, of] of facts) {
    const values = [...new Set(parts.map(of).filter((value) => value !== null))]
    if (values.length > 1) throw new NoParts(`they are of several runs: the ${what} is ${values.join(' and ')}`)
  }
}

function assertWhole(parts: readonly ConformanceReport[]): void {
  const total = parts[0]!.meshspec.shard?.total ?? 1
  const indices = parts.map(({ meshspec }) => meshspec.shard?.index ?? 0)
  const missing = Array.from({ length: total }, (_, index) => index).filter((index) => !indices.includes(index))
  if (missing.length > 0)
    throw new NoParts(`of ${total} shards ${missing.map((index) => `${index}/${total}`).join(', ')} ${missing.length > 1 ? 'are' : 'is'} missing`)
  const twice = indices.find((index, i) => indices.indexOf(index) !== i)
  if (twice !== undefined) throw new NoParts(`shard ${twice}/${total} is there twice`)
}
