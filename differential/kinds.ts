import { type CountedObservation, isCounted, type Observation, type ObservedCall, type SingleObservation } from '../vectors/mesh-observed/case.ts'
import type { GeneratedMesh } from './generate/mesh.ts'

/** Ways in which calls end, or meet something on their way. A call may be of several kinds. */
const kinds: Readonly<Record<string, (seen: SingleObservation, call: ObservedCall) => boolean>> = {
  'reached a workload': ({ reached }) => reached.length > 0,
  'redirected by a rule': ({ reached, headers, details }) => reached.length === 0 && details === 'direct_response' && 'location' in headers,
  'answered by a rule': ({ headers, details }) => details === 'direct_response' && !('location' in headers),
  'aborted by a fault': ({ details }) => details === 'fault_filter_abort',
  'delayed by a fault': ({ flags }) => flags.split(',').includes('DI'),
  'preflight answered': ({ reached, status, headers }) => reached.length === 0 && status === 200 && 'access-control-allow-origin' in headers,
  'no route': ({ flags }) => flags.includes('NR'),
  'no cluster': ({ flags }) => flags.includes('NC'),
  'no endpoint': ({ flags }) => flags.includes('UH'),
  'timed out': ({ flags }) => flags.includes('UT'),
  'failed upstream': ({ flags }) => /UF|UC|UR|UPE/.test(flags),
  'refused as HTTP': ({ flags }) => flags.includes('DPE'),
  'tried again': ({ reached }) => reached.length > 1,
  mirrored: ({ mirrored }) => mirrored.length > 0,
  'path rewritten': ({ reached }, call) => reached.some(({ path }) => path !== pathOf(call)),
  'host rewritten': ({ reached }) => reached.some(({ headers }) => headers['x-envoy-original-host'] !== undefined),
  'request headers changed': ({ reached }) => reached.some(({ headers }) => Object.keys(headers).some((name) => !isOfEnvoy(name))),
  'one of several clusters or endpoints': ({ candidates }) => candidates !== undefined,
  'passed to where it was dialled': ({ cluster }) => cluster === 'PassthroughCluster' || cluster === 'BlackHoleCluster',
}

const counted = 'many at once, by their shares'

/** How many of the calls were of each kind. */
export class KindCounts {
  readonly #counts = new Map<string, number>()
  #calls = 0

  add({ calls }: GeneratedMesh, observed: readonly Observation[]): void {
    for (const [index, seen] of observed.entries()) {
      this.#calls++
      for (const kind of kindsOf(seen, calls[index]!)) this.#counts.set(kind, (this.#counts.get(kind) ?? 0) + 1)
    }
  }

  /** Kinds that no call was of. */
  get missing(): readonly string[] {
    return [...Object.keys(kinds), counted].filter((kind) => !this.#counts.has(kind))
  }

  toString(): string {
    const sorted = [...this.#counts].sort(([, a], [, b]) => b - a)
    const parts = sorted.map(([kind, count]) => `${kind} ${count} (${((100 * count) / this.#calls).toFixed(1)}%)`)
    return [...parts, ...this.missing.map((kind) => `${kind} 0`)].join(', ')
  }
}

function kindsOf(seen: SingleObservation | CountedObservation, call: ObservedCall): readonly string[] {
  if (isCounted(seen)) return [counted]
  return Object.entries(kinds).flatMap(([kind, isOne]) => (isOne(seen, call) ? [kind] : []))
}

function pathOf({ request }: ObservedCall): string {
  return /^\S+ \w+:\/\/[^/?#]*(.*)$/.exec(request)?.[1] || '/'
}

function isOfEnvoy(name: string): boolean {
  return /^x-(envoy|forwarded)-/.test(name)
}
