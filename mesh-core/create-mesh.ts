import { ApplicationsTls } from './compile/application-tls.ts'
import { Compiler } from './compile/compiler.ts'
import { CompilerMemory } from './compile/compiler-memory.ts'
import type { CompilerOptions } from './compile/compiler.ts'
import { asIstiod, asSpecified } from './compile/departures.ts'
import { unknownKeysIn } from './compile/unknown-keys.ts'
import type { VirtualService } from './compile/virtual-service.ts'
import type { ObjectStatus } from './compile/gateway-api/object-status.ts'
import { grpcAuthorizersIn } from './config/grpc-authorizers.ts'
import { notModelledIn } from './config/modelled.ts'
import type { NotModelled, Resource, ResourceRef } from './config/resource.ts'
import { refOf, resourceKey } from './config/resource.ts'
import { applyTo, emptySnapshot, locateIn, removeFrom, type Snapshot } from './config/snapshot.ts'
import { validateResource } from './config/validate.ts'
import { isWorkload } from './config/workload-kinds.ts'
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
import { AddressBook, allocatedAddress, outsideAddress, podAddress, serviceAddress } from './registry/addresses.ts'
import { discovered, discoveredRegistry, discoveryOf } from './registry/discovery.ts'
import { buildRegistry } from './registry/build-registry.ts'
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
  readonly #addresses = {
    pods: new AddressBook(podAddress),
    clusterIps: new AddressBook(serviceAddress),
    outside: new AddressBook(outsideAddress),
    allocations: new AddressBook(allocatedAddress),
  }
  readonly #order = new AddressBook((index) => index)
  readonly #programs = new Map<string, Program>()
  readonly #memory = new CompilerMemory()
  #snapshot: Snapshot = emptySnapshot
  #now: Version
  /** The version that the data plane runs on. */
  #running: Version | null = null
  #applied: readonly Resource[] = []

  constructor(options: MeshOptions) {
    this.#options = options
    this.#inboundSidecar = options.inboundSidecar ?? (({ sidecar }) => sidecar)
    this.clock = options.clock ?? new VirtualClock()
    this.#dataPlane = new DataPlane({ clock: this.clock, random: new SeededRandom(options.seed ?? 1), epochMs: options.epochMs ?? defaultEpochMs })
    this.#now = this.#versionOf(emptySnapshot, null, true, null)
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
    const resources = [...this.#snapshot.resources.values()]
    return [...resources.flatMap((resource) => notModelledIn(resource)), ...grpcAuthorizersIn(resources), ...unknownKeysIn(resources)]
  }

  get warnings(): readonly string[] {
    return this.#applied.flatMap((resource) => validateResource(resource).warnings.map((warning) => warning.message))
  }

  get statuses(): readonly ObjectStatus[] {
    return this.#now.compiler().statuses
  }

  apply(resources: readonly Resource[]): void {
    const snapshot = applyTo(this.#snapshot, resources)
    for (const resource of resources) this.#order.of(resourceKey(refOf(resource)))
    this.#take(snapshot, resources.some(isRead), this.#replacedRules(resources))
    this.#applied = resources
  }

  remove(refs: readonly ResourceRef[]): void {
    this.#take(removeFrom(this.#snapshot, refs), refs.some(isRead), null)
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
  #take(snapshot: Snapshot, changesRegistry: boolean, rules: ReplacedRules | null): void {
    this.#now = this.#versionOf(snapshot, this.#now, changesRegistry, rules)
    this.#snapshot = snapshot
    if (this.#dataPlane.waiting().length > 0) this.#run()
  }

  /** Of a change that does nothing but put VirtualServices in the place of others. */
  #replacedRules(resources: readonly Resource[]): ReplacedRules | null {
    const rules = new Map<VirtualService, VirtualService>()
    for (const resource of resources) {
      const before = this.#snapshot.resources.get(resourceKey(refOf(resource)))
      if (resource.kind !== 'VirtualService' || !before) return null
      rules.set(this.#memory.rulesOf(before), this.#memory.rulesOf(resource))
    }
    return rules
  }

  /** What of the version before can be kept: `null` when a compiler has to begin anew. */
  #baseOf(former: Version | null, rules: ReplacedRules | null): CompilerOptions['from'] | null {
    const compiler = former?.compiled() ?? null
    if (!compiler || !rules || rules.size === 0 || former!.mayBeRefused()) return null
    return compiler.mayReplace(rules) ? { compiler, rules } : null
  }

  #versionOf(snapshot: Snapshot, former: Version | null, changesRegistry: boolean, rules: ReplacedRules | null): Version {
    const resources = once(() => [...snapshot.resources.values()])
    const from = this.#baseOf(former, rules)
    // Of all versions before only those are kept whose tables a proxy may still be on.
    if (former && !former.mayBeRefused()) former.former = null
    const registry = former && !changesRegistry ? former.registry : once(() => this.#buildRegistry(this.#inOrderOfCreation(snapshot)))
    const departs = this.#options.spec ? asSpecified : asIstiod
    const formerCompiler = (): Compiler | null => version.former?.compiler() ?? null
    const options = { memory: this.#memory, departs, former: formerCompiler }
    // What is taken over is so at once: no version holds on to the one before.
    const made = !from ? null : new Compiler([], registry(), { ...options, from })
    const compiler = peekable(made, () => {
      const discovers = discoveryOf(resources())
      return new Compiler(discovered(resources(), discovers), discoveredRegistry(registry(), discovers), options)
    })
    const version: Version = {
      former,
      sinceMs: this.clock.now(),
      registry,
      applications: once(() => new ApplicationsTls(registry(), compiler.get().catalog.secrets)),
      compiler: compiler.get,
      compiled: compiler.peek,
      mayBeRefused: from ? () => false : once(() => this.#memory.mayBeRefused(resources())),
    }
    return version
  }

  #run(): void {
    if (this.#running === this.#now) return
    this.#running = this.#now
    this.#dataPlane.use(this.#model(this.#now))
  }

  applicationTls(workload: WorkloadInstance | null, port: number): ApplicationTls {
    return this.#options.applicationTls?.(workload, port) ?? this.#now.applications().of(workload, port)
  }

  #model({ compiler, registry, applications, sinceMs }: Version): DataPlaneModel {
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

  /** Pods get their addresses in the order in which they came. */
  #inOrderOfCreation(snapshot: Snapshot): Resource[] {
    return [...snapshot.resources].sort(([a], [b]) => this.#order.of(a) - this.#order.of(b)).map(([, resource]) => resource)
  }

  #buildRegistry(resources: Iterable<Resource>): Registry {
    return buildRegistry(resources, {
      ...this.#addresses,
      injectByDefault: this.#options.injectByDefault ?? (() => true),
      inboundSidecar: (workload) => this.#inboundSidecar(workload, 'own-address'),
      outsideName: this.#options.outsideName ?? isOutsideName,
    })
  }
}

/** What a snapshot amounts to, made when it is first asked for. */
interface Version {
  /** The one before, as long as a proxy may have to go on with its tables. */
  former: Version | null
  /** When it was applied, on the mesh's clock. */
  readonly sinceMs: number
  readonly registry: () => Registry
  readonly applications: () => ApplicationsTls
  readonly compiler: () => Compiler
  /** `null`: nobody has asked for it. */
  readonly compiled: () => Compiler | null
  readonly mayBeRefused: () => boolean
}

type ReplacedRules = ReadonlyMap<VirtualService, VirtualService>

function peekable<T>(made: T | null, make: () => T): { readonly get: () => T; readonly peek: () => T | null } {
  let value = made
  return { get: () => (value ??= make()), peek: () => value }
}

function once<T>(make: () => T): () => T {
  let made: { readonly value: T } | null = null
  return () => (made ??= { value: make() }).value
}

const readByRegistry: ReadonlySet<string> = new Set([
  'MeshConfig',
  'Namespace',
  'Node',
  'Service',
  'ServiceEntry',
  'WorkloadEntry',
  'Endpoints',
  'EndpointSlice',
  'Gateway',
  'GatewayClass',
  'ListenerSet',
])

function isRead({ kind }: { readonly kind: string }): boolean {
  return readByRegistry.has(kind) || isWorkload({ kind })
}

function isOutsideName(hostname: string): boolean {
  return hostname.includes('.') && !hostname.endsWith('.local')
}

function plainAnswer(workload: WorkloadInstance | null): Program {
  const body = workload ? workload.ref.instance : 'outside'
  return () => ({ status: 200, headers: new Headers(['content-type', 'text/plain']), body })
}
