import { stringify } from 'yaml'
import type { Behaviour, ObservedCall, ObservedCase } from '../../vectors/mesh-observed/case.ts'
import { Draw } from '../draw.ts'
import { calls } from './calls.ts'
import { type Document, resources } from './resources.ts'

/** A mesh upon the world `shop`, and calls into it. Plain data, so that it can be shrunk. */
export interface GeneratedMesh {
  readonly name: string
  readonly config: readonly Document[]
  readonly behaviour: Readonly<Record<string, Behaviour>>
  readonly calls: readonly ObservedCall[]
}

export const worldName = 'shop'

/** The same seed and index give the same mesh. */
export function generateMesh(seed: string, index: number, callCount: number): GeneratedMesh {
  const draw = new Draw(`${seed}/${index}`)
  const config = resources(draw)
  return { name: `mesh-${seed}-${index}`, config, behaviour: behaviours(draw, config), calls: calls(draw, config, callCount) }
}

const workloads: readonly (readonly string[])[] = [
  ['b-v1.default', 'b-v2.default'],
  ['c-v1.default', 'c-v2.default', 'c-v3.default'],
  ['b-v1.default'],
  ['b-v2.default'],
  ['c-v1.default'],
  ['d.other'],
]

/** All workloads of a service mostly behave alike: which of them is reached is chance. Where a timeout could strike, some are slow. */
function behaviours(draw: Draw, config: readonly Document[]): Record<string, Behaviour> {
  if (/imeout":"150ms"/.test(JSON.stringify(config)) && draw.chance(0.5))
    return Object.fromEntries([...workloads[0]!, ...workloads[1]!].map((workload) => [workload, { delay: '300ms' }]))
  if (!draw.chance(0.6)) return {}
  return Object.assign(
    {},
    ...draw.many(1, 2, () => {
      const same = behaviour(draw)
      return Object.fromEntries(draw.one(workloads).map((workload) => [workload, same]))
    }),
  ) as Record<string, Behaviour>
}

function behaviour(draw: Draw): Behaviour {
  return draw.one<Behaviour>([
    ...[503, 503, 500, 502, 504, 409, 418, 404, 429].map((status) => ({ status })),
    { status: 503, first: 2 },
    { status: 500, first: 1 },
    { delay: '300ms' },
    { reset: true },
    { refuse: true },
    { body: 'said by the workload' },
    { headers: { 'x-served-by': 'me', 'x-env': ['1', '2'] } },
    { headers: { 'access-control-allow-origin': '*', server: 'own' } },
    { headers: { 'set-cookie': ['a=1', 'b=2'], 'x-envoy-overloaded': 'true' } },
    { status: 302, headers: { location: 'http://b/elsewhere' } },
    { status: 204 },
  ])
}

/** In the form of vectors. */
export function asCase({ name, config, behaviour, calls }: GeneratedMesh): ObservedCase {
  return { name, about: 'generated', world: worldName, config: configText(config), behaviour, calls }
}

export function configText(config: readonly Document[]): string {
  return config.map((document) => stringify(document, { lineWidth: 0 })).join('---\n')
}
