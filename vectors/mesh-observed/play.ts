import { ConfigRejected, MeshSpecError } from '../../mesh-core/config/errors.ts'
import type { Resource } from '../../mesh-core/config/resource.ts'
import type { Exchange, Program } from '../../mesh-core/ir/index.ts'
import type { MeshCall, MeshOptions } from '../../mesh-core/mesh.ts'
import { durationMs, type Observation, type ObservedCall, type ObservedCase } from './case.ts'
import { countedObservation, type Scene, singleObservation } from './observe.ts'
import { withCertificates, withFiles } from './certificates.ts'
import { meshCallOf } from './mesh-call.ts'
import type { CaseOptions, Engine, PlayedMesh } from './played-mesh.ts'
import { withPlacesOfReplaced } from './replaced.ts'
import { workloadProgram } from './workload.ts'
import { type Outsider, outside, outsiders, sidecarsOf } from './world.ts'

export type Outcome =
  | RejectedCase
  | {
      readonly kind: 'observed'
      readonly observed: readonly Observation[]
      readonly warnings: readonly string[]
      readonly notModelled: readonly string[]
    }

/** Envoy tells its workers of changes in health within a second, so the recorder waited so long between the calls of a case that ejects. */
const settleOfHealthMs = 1300
/** How long the recorder went on listening for mirrored requests. */
const settleOfMirrorsMs = 250
const settleMs = 10

/** A case's mesh, ready for its calls. */
export interface OpenedCase {
  readonly kind: 'opened'
  readonly scene: Scene
  readonly warnings: readonly string[]
  readonly notModelled: readonly string[]
  readonly close: () => Promise<void>
}

export interface RejectedCase {
  readonly kind: 'rejected'
  readonly errors: readonly MeshSpecError[]
}

/** A mesh with the world and the config of a case. */
export async function openCase(vector: ObservedCase, world: string, engine: Engine, seed: number): Promise<OpenedCase | RejectedCase> {
  let mesh: PlayedMesh | null = null
  const close = async (): Promise<void> => mesh?.close?.()
  try {
    const trusted = (await engine.authority?.()) ?? ''
    const config = await withCertificates(engine.read(own(vector.config ?? ''), `${vector.name}.yaml`), trusted)
    const described = await withCertificates(engine.read(own(world), `worlds/${vector.world ?? 'none'}.yaml`), trusted)
    const before = withPlacesOfReplaced(await withFiles(described, config, trusted), config)
    const inbound = sidecarsOf(vector, config, before)
    const known = outsiders(config)
    mesh = await engine.open({
      seed,
      program: programs(vector, known),
      // The recorder ran a sidecar beside every workload, whatever it asked for.
      injects: ({ name, namespace }) => name !== plain.name || namespace !== plain.namespace,
      // The recorder's servers were bound to the addresses of the pods.
      applicationAddress: () => 'pod',
      // Whoever began TLS with them got it, with a certificate for the name that was asked for, within TLS as well.
      applicationTls: () => ({ accepts: 'either', takesTlsWithin: true, certificate: 'any', clientAuthorities: null }),
      // The recorder's name server knew an address for every name, as if each stood for somebody outside.
      outsideName: (name) => !name.endsWith('.invalid'),
      sends: senders(vector),
      // What it translated from the address of a service went to the application at once: the kernel translates a connection once.
      inboundSidecar: ({ ref }, way) => way === 'own-address' && inbound.has(`${ref.name}.${ref.namespace}`),
    })
    // As one change: what was recorded is a proxy that has seen nothing before.
    await mesh.apply([...before, ...engine.meshConfig(vector.meshConfig ?? {}), ...config, ...plainClient(vector, engine)])
    const notModelled = mesh.notModelled.map(({ resource, message }) => `${resource}: ${message}`)
    return { kind: 'opened', scene: { mesh, outsiders: known, inbound }, warnings: mesh.warnings, notModelled, close }
  } catch (error) {
    await close()
    if (error instanceof ConfigRejected) return { kind: 'rejected', errors: error.errors }
    if (error instanceof MeshSpecError) return { kind: 'rejected', errors: [error] }
    throw error
  }
}

/** Sends the calls of a case, and writes down what came back. */
export type Observer = (vector: ObservedCase, scene: Scene) => Promise<readonly Observation[]>

/** Plays a case on a mesh of its own. */
export async function play(vector: ObservedCase, world: string, engine: Engine, seed: number, observe: Observer = inTurn): Promise<Outcome> {
  const opened = await openCase(vector, world, engine, seed)
  if (opened.kind === 'rejected') return opened
  const { scene, warnings, notModelled, close } = opened
  try {
    return { kind: 'observed', observed: await observe(vector, scene), warnings, notModelled }
  } finally {
    await close()
  }
}

const plain = { name: 'plain', namespace: 'default' }

/** `plain` is a pod of nobody's, without a sidecar, at an address of another network than those of the others. */
function plainClient({ calls = [] }: ObservedCase, engine: Engine): readonly Resource[] {
  if (!calls.some(({ from }) => from === 'plain')) return []
  const status = { podIP: '10.250.0.9' }
  const pod = { apiVersion: 'v1', kind: 'Pod', metadata: plain, spec: { containers: [{ name: 'app', image: 'client' }] }, status }
  return engine.read(JSON.stringify(pod), 'plain.json')
}

/** The calling workloads, and gateways, which sidecars may lead to. */
function senders({ calls = [] }: ObservedCase): CaseOptions['sends'] {
  const names = new Set(calls.map(({ from }) => (from.includes('.') ? from : `${from}.default`)))
  return ({ ref, gateway }) => gateway || names.has(`${ref.name}.${ref.namespace}`)
}

/** The recorder's word for a pod that is not ready is not ours. */
function own(text: string): string {
  return text.replaceAll('oracle/ready', 'meshspec.dev/ready')
}

/** One program for each workload, made at its first call: it counts. */
function programs(vector: ObservedCase, known: ReadonlyMap<string, Outsider>): NonNullable<MeshOptions['program']> {
  const made = new Map<string, Program>()
  const behaviour = vector.behaviour ?? {}
  const programOf = ({ workload, namespace }: Outsider): Program => {
    const key = `${workload}.${namespace}`
    const program = made.get(key) ?? workloadProgram(workload, namespace, behaviour[key] ?? behaviour[workload] ?? {})
    made.set(key, program)
    return program
  }
  const elsewhere: Program = (request, context) => programOf(known.get(request.authority.replace(/:\d+$/, '')) ?? outside)(request, context)
  return (workload) => (workload ? programOf({ workload: workload.ref.name, namespace: workload.ref.namespace }) : elsewhere)
}

/** As the recorder did: each call when all is over that the one before has caused. */
export async function inTurn(vector: ObservedCase, scene: Scene): Promise<Observation[]> {
  const observations: Observation[] = []
  for (const index of (vector.calls ?? []).keys()) observations.push(await observeCall(vector, index, scene))
  return observations
}

/** ms that pass before one of the calls: as it says itself, or until all know whom the one before has put out. */
export function pauseBefore({ config = '', calls = [] }: ObservedCase, index: number): number {
  const { pause } = calls[index]!
  if (pause !== undefined) return durationMs(pause)
  return index > 0 && config.includes('outlierDetection') ? settleOfHealthMs : 0
}

/** Sends one of the calls, and waits until all is over that it has caused. */
export async function observeCall(vector: ObservedCase, index: number, scene: Scene): Promise<Observation> {
  const mirrors = vector.config?.toLowerCase().includes('mirror') ?? false
  const call = vector.calls![index]!
  const pauseMs = pauseBefore(vector, index)
  if (pauseMs > 0) await scene.mesh.elapse(pauseMs)
  const meshCall = meshCallOf(call, scene.mesh)
  const exchanges = await sendAll(call, meshCall, scene)
  await scene.mesh.elapse(mirrors ? settleOfMirrorsMs : settleMs)
  return observation(exchanges, call, meshCall, scene)
}

/** In the recorded form. */
export function observation(exchanges: readonly Exchange[], call: ObservedCall, sent: MeshCall, scene: Scene): Observation {
  return (call.times ?? 1) > 1 ? countedObservation(exchanges, call, scene) : singleObservation(exchanges[0]!, call, sent, scene)
}

/** Of many, each goes by the same connection unless the call says otherwise. */
export function onConnection({ times = 1, newConnections = false }: ObservedCall, call: MeshCall): MeshCall {
  return newConnections || times === 1 ? call : { ...call, connection: {} }
}

async function sendAll(observed: ObservedCall, call: MeshCall, { mesh }: Scene): Promise<Exchange[]> {
  const { times = 1, parallel = 1 } = observed
  const once = onConnection(observed, call)
  if (mesh.sendMany && times > 1) return mesh.sendMany(once, { times, concurrency: parallel })
  const exchanges: Exchange[] = []
  if (parallel === 1) {
    for (let i = 0; i < times; i++) exchanges.push(await mesh.send(once))
    return exchanges
  }
  let left = times
  const connection = async (): Promise<void> => {
    const same = onConnection(observed, call)
    while (left-- > 0) exchanges.push(await mesh.start(same))
  }
  await mesh.settle(Promise.all(Array.from({ length: parallel }, connection)))
  return exchanges
}
