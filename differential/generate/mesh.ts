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
  return { name: `mesh-${seed}-${index}`, config, behaviour: behaviours(draw), calls: calls(draw, config, callCount) }
}

function behaviours(draw: Draw): Record<string, Behaviour> {
  const workloads = draw.chance(0.4) ? draw.some(['b-v1.default', 'b-v2.default', 'c-v1.default', 'd.other'], 1, 2) : []
  return Object.fromEntries(workloads.map((workload) => [workload, behaviour(draw)]))
}

function behaviour(draw: Draw): Behaviour {
  return draw.one<Behaviour>([
    { status: 503 },
    { status: 409 },
    { status: 418 },
    { status: 503, first: 2 },
    { delay: '300ms' },
    { reset: true },
    { refuse: true },
    { headers: { 'x-served-by': 'me', 'x-env': ['1', '2'] } },
    { headers: { 'access-control-allow-origin': '*', server: 'own' } },
    { status: 302, headers: { location: 'http://b/elsewhere' } },
  ])
}

/** In the form of vectors. */
export function asCase({ name, config, behaviour, calls }: GeneratedMesh): ObservedCase {
  return { name, about: 'generated', world: worldName, config: configText(config), behaviour, calls }
}

export function configText(config: readonly Document[]): string {
  return config.map((document) => stringify(document, { lineWidth: 0 })).join('---\n')
}
