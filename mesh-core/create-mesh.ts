import { kubeProxyWishesIn } from './compile/kube-proxy-wishes.ts'
import { networksApartIn } from './compile/clusters/networks-apart.ts'
import { unknownKeysIn } from './compile/authentication/unknown-keys.ts'
import type { ObjectStatus } from './compile/gateway-api/object-status.ts'
import { hostsInLowerCase } from './config/hosts-in-lower-case.ts'
import { notModelledIn } from './config/modelled.ts'
import type { NotModelled, Resource, ResourceRef } from './config/resource.ts'
import { applyTo, emptySnapshot, locateIn, removeFrom, type Snapshot } from './config/snapshot.ts'
import { validateResource } from './config/validate.ts'
import { DataPlane } from './dataplane/data-plane.ts'
import type { DataPlaneModel } from './dataplane/model.ts'
import { Headers } from './ir/message.ts'
import type { WorkloadRef } from './ir/cluster.ts'
import type { Exchange } from './ir/exchange.ts'
import type { ApplicationAddress, InboundPort } from './ir/inbound-port.ts'
import type { Origin, Position } from './ir/origin.ts'
import type { Program } from './ir/program.ts'
import type { ProxyConfig } from './ir/proxy-config.ts'
import type { ApplicationTls } from './ir/tls.ts'
import type { Mesh, MeshCall, MeshOptions } from './mesh.ts'
import { isWorkload } from './config/workload-kinds.ts'
import { MeshVersions, type MeshVersion } from './mesh-versions.ts'
import type { Registry, WorkloadInstance } from './registry/registry.ts'
import { lookUp } from './registry/resolver.ts'
import type { Clock } from './time/clock.ts'
import { SeededRandom } from './time/seeded-random.ts'
import { VirtualClock } from './time/virtual-clock.ts'

/** 2025-01-01T00:00:00Z */
const defaultEpochMs = 1_735_689_600_000

export function createMesh(options: MeshOptions = {}): Mesh {
  return new CoreMesh(options)
}

/** Ties the layers together: config → registry → compile → dataplane, anew for each version of the config. */
class CoreMesh implements Mesh {
  readonly clock: Clock
  readonly #options: MeshOptions
  readonly #inboundSidecar: NonNullable<MeshOptions['inboundSidecar']>
  readonly #dataPlane: DataPlane
  readonly #programs = new Map<string, Program>()
  readonly #versions: MeshVersions
  #snapshot: Snapshot = emptySnapshot
  #now: MeshVersion
  /** The version that the data plane runs on. */
  #running: MeshVersion | null = null
  #applied: readonly Resource[] = []

  constructor(options: MeshOptions) {
    this.#options = options
    this.#inboundSidecar = options.inboundSidecar ?? (({ sidecar }) => sidecar)
    this.clock = options.clock ?? new VirtualClock()
    this.#dataPlane = new DataPlane({ clock: this.clock, random: new SeededRandom(options.seed ?? 1), epochMs: options.epochMs ?? defaultEpochMs })
    this.#versions = new MeshVersions(options, this.clock)
    this.#now = this.#versions.first()
  }

  get registry(): Registry {
    return this.#now.registry()
  }

  get telemetryOf(): Mesh['telemetryOf'] {
    const { telemetries } = this.#now.compiler().catalog
    return (workload) => telemetries.for(workload)
  }

  get version(): number {
    return this.#snapshot.version
  }

  get resources(): readonly Resource[] {
    return [...this.#snapshot.resources.values()]
  }

  get notModelled(): readonly NotModelled[] {
    const { resources } = this
    return [
      ...resources.flatMap((resource) => notModelledIn(resource)),
      ...unknownKeysIn(resources),
      ...kubeProxyWishesIn(resources, this.registry),
      ...networksApartIn(resources),
    ]
  }

  get isDoubtful(): boolean {
    return this.resources.some(mayLeaveDoubt)
  }

  get warnings(): readonly string[] {
    return this.#applied.flatMap((resource) => validateResource(resource).warnings.map((warning) => warning.message))
  }

  get statuses(): readonly ObjectStatus[] {
    return this.#now.compiler().statuses
  }

  apply(written: readonly Resource[]): void {
    const resources = this.#options.spec ? written.map(hostsInLowerCase) : written
    const snapshot = applyTo(this.#snapshot, resources)
    this.#take(snapshot, this.#versions.applied(this.#now, { resources, before: this.#snapshot, after: snapshot }))
    this.#applied = resources
  }

  remove(refs: readonly ResourceRef[]): void {
    const snapshot = removeFrom(this.#snapshot, refs)
    this.#take(snapshot, this.#versions.removed(this.#now, refs, snapshot))
  }

  applicationAddress(workload: WorkloadInstance, port: number): ApplicationAddress {
    return this.#options.applicationAddress?.(workload, port) ?? 'any'
  }

  listedPorts(workload: WorkloadInstance): readonly number[] {
    return this.#now.compiler().listedPorts(workload)
  }

  inboundPort(workload: WorkloadInstance, port: number): InboundPort {
    return this.#now.compiler().inboundPort(workload, port)
  }

  proxyConfig(workload: WorkloadRef): ProxyConfig | null {
    return this.#now.compiler().proxyConfig(workload)
  }

  lookUp(hostname: string, from: WorkloadRef, server?: string): readonly string[] | null {
    if (server?.startsWith('127.')) return null
    return lookUp(this.registry, this.proxyConfig(from)?.dns ?? null, hostname, from.namespace)
  }

  send(call: MeshCall): Promise<Exchange> {
    return this.settle(this.start(call))
  }

  start(call: MeshCall): Promise<Exchange> {
    this.#run()
    return this.#dataPlane.send(call)
  }

  settle<T>(work: Promise<T>): Promise<T> {
    return this.clock instanceof VirtualClock ? this.clock.run(work, () => this.#dataPlane.waiting()) : work
  }

  elapse(ms: number): Promise<void> {
    return this.clock instanceof VirtualClock ? this.clock.elapse(ms) : this.clock.sleep(ms, 'elapse')
  }

  locate(origin: Origin): { file: string; position: Position | null } {
    return locateIn(this.#snapshot, origin)
  }

  /** What is under way goes on with the new version from now on; without anything under way nothing is built before somebody asks. */
  #take(snapshot: Snapshot, version: MeshVersion): void {
    this.#now = version
    this.#snapshot = snapshot
    if (this.#dataPlane.waiting().length > 0) this.#run()
  }

  #run(): void {
    if (this.#running === this.#now) return
    this.#running = this.#now
    this.#dataPlane.use(this.#model(this.#now))
  }

  applicationTls(workload: WorkloadInstance | null, port: number): ApplicationTls {
    return this.#options.applicationTls?.(workload, port) ?? this.#now.applications().of(workload, port)
  }

  #model({ compiler, registry, applications, sinceMs }: MeshVersion): DataPlaneModel {
    return {
      version: this.#snapshot.version,
      sinceMs,
      registry: registry(),
      proxyConfig: (workload) => compiler().proxyConfig(workload),
      inboundSidecar: this.#inboundSidecar,
      applicationTls: (workload, port) => this.#options.applicationTls?.(workload, port) ?? applications().of(workload, port),
      applicationAddress: (workload, port) => this.applicationAddress(workload, port),
      inboundPort: (workload, port) => compiler().inboundPort(workload, port),
      program: (workload) => this.#programOf(workload),
      locate: (origin) => this.locate(origin),
    }
  }

  #programOf(workload: WorkloadInstance | null): Program {
    const key = workload ? `${workload.ref.namespace}/${workload.ref.instance}` : ''
    const known = this.#programs.get(key)
    if (known) return known
    const program = (this.#options.program ?? plainAnswer)(workload)
    this.#programs.set(key, program)
    return program
  }
}

function plainAnswer(workload: WorkloadInstance | null): Program {
  const body = workload ? workload.ref.instance : 'outside'
  return () => ({ status: 200, headers: new Headers(['content-type', 'text/plain']), body })
}

/** Of headers, and of what becomes of some. */
const writers: ReadonlySet<string> = new Set(['VirtualService', 'HTTPRoute', 'GRPCRoute', 'RequestAuthentication', 'EnvoyFilter'])

/** See `dataplane/doubtful.ts`. */
function mayLeaveDoubt({ kind, object }: Resource): boolean {
  if (kind === 'AuthorizationPolicy') return object['spec']?.action === 'CUSTOM'
  if (writers.has(kind)) return /content-length|transfer-encoding|REJECT_REQUEST|accept_?http_?10/i.test(JSON.stringify(object['spec']))
  if (kind === 'DestinationRule') return JSON.stringify(object['spec']).includes('"proxyProtocol"')
  return (
    (kind === 'MeshConfig' || isWorkload({ kind })) && /proxyHttpPort|proxy_http_port|HTTP_PROXY_PORT|ISTIO_META_HTTP10/.test(JSON.stringify(object))
  )
}
