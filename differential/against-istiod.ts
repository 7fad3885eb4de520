import { readFileSync } from 'node:fs'
import type { Difference } from '../vectors/difference.ts'
import type { ObservedCase } from '../vectors/mesh-observed/case.ts'
import { meshCore } from '../vectors/mesh-observed/engine.ts'
import type { Engine } from '../vectors/mesh-observed/play.ts'
import { runCase } from '../vectors/mesh-observed/run-case.ts'
import { asCase, type GeneratedMesh } from './generate/mesh.ts'
import { KnownOf } from './known.ts'
import { ask, worldFile } from './oracle.ts'
import type { Judgement, Referee } from './referee.ts'

/** Draws of chance that a single call is compared with. */
const seeds = 100

/** istiod's code and real Envoy, by the oracle. */
export async function againstIstiod(): Promise<Referee> {
  const engine = await meshCore()
  const world = readFileSync(worldFile, 'utf8')
  return {
    name: 'istiod',
    async judge(meshes) {
      const asked = meshes.filter((mesh) => beyond(mesh) === null)
      const answers = new Map((await ask(asked.map(asCase))).map((answer, i) => [asked[i]!, answer]))
      return Promise.all(meshes.map((mesh) => judgeOne(mesh, answers.get(mesh) ?? { ...asCase(mesh), skipped: beyond(mesh)! }, world, engine)))
    },
    close: () => Promise.resolve(),
  }
}

/** What the oracle's stand-in for Kubernetes cannot show, and why. */
const limits: readonly { readonly reason: string; concerns(mesh: GeneratedMesh): boolean }[] = [
  {
    reason: 'nobody there makes EndpointSlices of Endpoints, as a cluster does',
    concerns: ({ config }) => config.some(({ kind }) => kind === 'Endpoints'),
  },
  {
    reason: 'extensions/v1beta1 is served there no more',
    concerns: ({ config }) => config.some(({ apiVersion }) => apiVersion === 'extensions/v1beta1'),
  },
]

function beyond(mesh: GeneratedMesh): string | null {
  return limits.find(({ concerns }) => concerns(mesh))?.reason ?? null
}

/** What is the oracle's own in an answer: its pods have no sidecars unless a policy asks for them. A mesh has them, and so has mesh-core. */
const answersOfItsOwn: readonly {
  readonly reason: string
  covers(answer: Answer, difference: Difference, config: GeneratedMesh['config']): boolean
}[] = [
  {
    reason: 'no sidecar stands before a pod that is reached past the rules of the mesh',
    covers: ({ passthrough }, { field }) => passthrough === true && field === 'inbound.length',
  },
  {
    reason: 'mutual TLS to the address of a service, kept by PASSTHROUGH, is answered by a pod with a certificate for the name that was asked for',
    covers: ({ details = '' }) => details.includes('SAN_matcher,_certificate_SANs_are_[outbound_'),
  },
  {
    reason: 'of a pod that happened to call itself the log of its inbound listener is told',
    covers: ({ cluster = '' }) => cluster.startsWith('inbound|'),
  },
  {
    reason: 'nobody forwards from the address of a service to endpoints of an EndpointSlice that are no pods',
    covers: ({ passthrough, details = '' }, _, config) =>
      passthrough === true && details.includes('Connection_refused') && config.some(({ kind }) => kind === 'EndpointSlice'),
  },
]

type Answer = { readonly passthrough?: boolean; readonly cluster?: string; readonly details?: string }

function isItsOwn({ config }: GeneratedMesh, answers: readonly Answer[], difference: Difference): boolean {
  const answer = answers[Number(/^#(\d+) /.exec(difference.call ?? '')?.[1])]
  return answer !== undefined && answersOfItsOwn.some(({ covers }) => covers(answer, difference, config))
}

/** A listener whose Secret is missing is left out there; in a cluster it is there, and closes connections. */
function skippedBecause({ skipped, dropped = [] }: ObservedCase): string | null {
  return skipped ?? dropped.find((note) => note.includes('missing secret')) ?? null
}

async function judgeOne(mesh: GeneratedMesh, answer: ObservedCase, world: string, engine: Engine): Promise<Judgement> {
  const skipped = skippedBecause(answer)
  const known = new KnownOf('istiod')
  const ignores = (difference: Difference): boolean =>
    isItsOwn(mesh, (answer.observed ?? []) as readonly Answer[], difference) || known.covers(difference)
  const differences = skipped === null ? await runCase(answer, world, engine, { seeds, ignores }) : []
  const refused = answer.rejected !== undefined && differences.length === 0
  const observed = answer.rejected === undefined ? (answer.observed ?? []) : [{ rejected: answer.rejected }]
  return { mesh, differences, unsteady: [], explained: known.counts, skipped, refused, observed }
}
