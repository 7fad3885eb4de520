import type { ObservedCall, ObservedCase } from '../vectors/mesh-observed/case.ts'
import { meshCore } from '../vectors/mesh-observed/engine.ts'
import type { Engine } from '../vectors/mesh-observed/played-mesh.ts'
import { runCase } from '../vectors/mesh-observed/run-case.ts'
import type { Document } from './generate/document.ts'
import { asCase, configText, type GeneratedMesh } from './generate/mesh.ts'
import { KnownOf } from './known.ts'
import { withMirroredEndpoints } from './mirrored-endpoints.ts'
import { ask } from './oracle.ts'
import { type Judgement, type Referee, seedOf } from './referee.ts'
import { worldOf } from './worlds.ts'

/** Draws of chance that a single call is compared with: of a thousand meshes some have an answer that comes once in a thousand draws. */
const seeds = 5000

/** istiod's code and real Envoy, by the oracle. */
export async function againstIstiod(): Promise<Referee> {
  const engine = await meshCore()
  return {
    name: 'istiod',
    async judge(meshes) {
      const asked = meshes.filter((mesh) => beyond(mesh) === null)
      const answers = new Map((await ask(asked.map(asAsked))).map((answer, i) => [asked[i]!, { ...answer, config: asCase(asked[i]!).config! }]))
      return Promise.all(meshes.map((mesh) => judgeOne(mesh, answers.get(mesh) ?? { ...asCase(mesh), skipped: beyond(mesh)! }, engine)))
    },
    close: () => Promise.resolve(),
  }
}

/** What the oracle's stand-in for Kubernetes cannot show, and why. */
const limits: readonly { readonly reason: string; concerns(mesh: GeneratedMesh): boolean }[] = [
  {
    reason: 'extensions/v1beta1 is served there no more',
    concerns: ({ config }) => config.some(({ apiVersion }) => apiVersion === 'extensions/v1beta1'),
  },
  {
    reason: 'Ingresses of a class are read there though ingressControllerMode is OFF, with which istiod starts no controller',
    concerns: ({ config, meshConfig = {} }) => meshConfig['ingressControllerMode'] === 'OFF' && config.some(({ kind }) => kind === 'Ingress'),
  },
  {
    reason: 'config is read there in every namespace, also in those that discoverySelectors leave out',
    concerns: ({ config, meshConfig = {} }) => meshConfig['discoverySelectors'] !== undefined && config.some(isOfIstioElsewhere),
  },
]

/** In another namespace than that of most callers, which vectors have selected. */
function isOfIstioElsewhere({ apiVersion, metadata }: Document): boolean {
  return apiVersion.includes('.istio.io/') && (metadata.namespace ?? 'default') !== 'default'
}

/** Config as a cluster's controllers have completed it, since the oracle has none. */
function asAsked(mesh: GeneratedMesh): ObservedCase {
  const { config, calls } = mesh
  const asked = { ...asCase(mesh), calls: calls.map(impatient) }
  return config.some(({ kind }) => kind === 'Endpoints') ? { ...asked, config: configText(withMirroredEndpoints(config)) } : asked
}

/** A WebSocket whose upgrade is lost on the way is never answered, and the oracle's client waits for a minute. */
function impatient(call: ObservedCall): ObservedCall {
  return call.headers?.['upgrade'] === undefined || call.timeout !== undefined ? call : { ...call, timeout: '5s' }
}

function beyond(mesh: GeneratedMesh): string | null {
  return limits.find(({ concerns }) => concerns(mesh))?.reason ?? null
}

/** A listener whose Secret is missing, or holds no certificate, is left out there; in a cluster it is there, and closes connections. */
function skippedBecause({ skipped, dropped = [], envoyRejected = {} }: ObservedCase): string | null {
  const refused = Object.values(envoyRejected).flat()
  return skipped ?? dropped.find((note) => note.includes('missing secret')) ?? refused.find((note) => / from <inline>/.test(note)) ?? null
}

function refusesRoutes({ envoyRejected = {} }: ObservedCase): boolean {
  return Object.values(envoyRejected).some((notes) => notes.some((note) => note.startsWith('RDS: ')))
}

async function judgeOne(mesh: GeneratedMesh, answer: ObservedCase, engine: Engine): Promise<Judgement> {
  const skipped = skippedBecause(answer)
  const known = new KnownOf('istiod', mesh, answer.observed ?? [], refusesRoutes(answer))
  const differences = skipped === null ? await runCase(answer, worldOf(mesh), engine, { seeds, seed: seedOf(mesh), ignores: known.covers }) : []
  const refused = answer.rejected !== undefined && differences.length === 0
  const observed = answer.rejected === undefined ? (answer.observed ?? []) : [{ rejected: answer.rejected }]
  return { mesh, differences, unsteady: [], explained: known.counts, skipped, refused, observed }
}
