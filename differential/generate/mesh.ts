import { stringify } from 'yaml'
import type { Behaviour, ObservedCall, ObservedCase } from '../../vectors/mesh-observed/case.ts'
import { Draw } from '../draw.ts'
import type { Document } from './document.ts'
import type { Json } from './matches.ts'
import { withQuietFields } from './quiet-fields.ts'
import { type OnWorld, ownWorld } from '../worlds.ts'
import { subjects } from './subjects.ts'

/** A mesh upon a world, and calls into it. Plain data, so that it can be shrunk. */
export interface GeneratedMesh extends OnWorld {
  readonly name: string
  readonly config: readonly Document[]
  readonly behaviour: Readonly<Record<string, Behaviour>>
  readonly calls: readonly ObservedCall[]
  readonly meshConfig?: Json
  /** Called workloads whose own sidecar runs too. */
  readonly inbound?: readonly string[]
}

/** The same seed and index give the same mesh. @param about what all meshes are to be about */
export function generateMesh(seed: string, index: number, callCount: number, about?: string): GeneratedMesh {
  const draw = new Draw(`${seed}/${index}`)
  const { name, make } = draw.one(about === undefined ? weighted : subjects.filter(({ name }) => name === about))
  // By draws of its own, so that a mesh is the same with and without it.
  const scenery = withQuietFields(new Draw(`${seed}/${index}/quiet`), make(draw, callCount))
  const { config, calls, behaviour = {}, meshConfig, inbound } = scenery
  return { name: `${name}-${seed}-${index}`, config, behaviour, calls, ...(meshConfig && { meshConfig }), ...(inbound && { inbound }) }
}

const weighted = subjects.flatMap((subject) => Array.from({ length: subject.weight }, () => subject))

const cases = new WeakMap<GeneratedMesh, ObservedCase>()

/** In the form of vectors. */
export function asCase(mesh: GeneratedMesh): ObservedCase {
  const made = cases.get(mesh) ?? caseOf(mesh)
  cases.set(mesh, made)
  return made
}

function caseOf({ name, config, behaviour, calls, meshConfig, inbound, world = ownWorld }: GeneratedMesh): ObservedCase {
  return {
    name,
    about: 'generated',
    world,
    config: configText(config),
    behaviour,
    calls,
    ...(meshConfig && { meshConfig }),
    ...(inbound && { inbound }),
  }
}

export function configText(config: readonly Document[]): string {
  return config.map((document) => stringify(document, { lineWidth: 0 })).join('---\n')
}
