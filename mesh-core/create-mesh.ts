import { Compiler, CompilerMemory } from './compile/compiler.ts'
import { asIstiod, asSpecified } from './compile/departures.ts'
import { notModelledIn } from './config/modelled.ts'
import type { NotModelled, Resource, ResourceRef } from './config/resource.ts'
import { refOf, resourceKey } from './config/resource.ts'
import { applyTo, emptySnapshot, locateIn, removeFrom, type Snapshot } from './config/snapshot.ts'
import { validateResource } from './config/validate.ts'
import { DataPlane } from './dataplane/data-plane.ts'
import type { DataPlaneModel } from './dataplane/model.ts'
import { Headers } from './ir/message.ts'
import type { WorkloadRef } from './ir/cluster.ts'
import type { Exchange } from './ir/exchange.ts'
import type { Origin, Position } from './ir/origin.ts'
import type { Program } from './ir/program.ts'
import type { ProxyConfig } from './ir/proxy-config.ts'
import type { Mesh, MeshCall, MeshOptions } from './mesh.ts'
import { AddressBook, outsideAddress, podAddress, serviceAddress } from './registry/addresses.ts'
import { buildRegistry } from './registry/build-registry.ts'
import type { Registry, WorkloadInstance } from './registry/registry.ts'
import type { Clock } from './time/clock.ts'
import { SeededRandom } from './time/seeded-random.ts'
import { VirtualClock } from './time/virtual-clock.ts'

export function createMesh(options: MeshOptions = {}): Mesh {
  return new CoreMesh(options)
}

/** Ties the layers together: config → registry → compile → dataplane, anew for each version of the config. */
class CoreMesh implements Mesh {
  readonly clock: Clock
  registry: Registry
  readonly #options: MeshOptions
  readonly #dataPlane: DataPlane
  readonly #addresses = { pods: new AddressBook(podAddress), clusterIps: new AddressBook(serviceAddress), outside: new AddressBook(outsideAddress) }
  readonly #order = new AddressBook((index) => index)
  readonly #programs = new Map<string, Program>()
  readonly #memory = new CompilerMemory()
  #snapshot: Snapshot = emptySnapshot
  #compiler: Compiler
  #applied: readonly Resource[] = []

  constructor(options: MeshOptions) {
    this.#options = options
    this.clock = options.clock ?? new VirtualClock()
    this.#dataPlane = new DataPlane({ clock: this.clock, random: new SeededRandom(options.seed ?? 1) })
    this.registry = this.#buildRegistry([])
    this.#compiler = new Compiler([], this.registry)
    this.#take(emptySnapshot)
  }

  get version(): number {
    return this.#snapshot.version
  }

  get notModelled(): readonly NotModelled[] {
    return [...this.#snapshot.resources.values()].flatMap((resource) => notModelledIn(resource))
  }

  get warnings(): readonly string[] {
    return this.#applied.flatMap((resource) => validateResource(resource).warnings.map((warning) => warning.message))
  }

  apply(resources: readonly Resource[]): void {
    const snapshot = applyTo(this.#snapshot, resources)
    for (const resource of resources) this.#order.of(resourceKey(refOf(resource)))
    this.#take(snapshot)
    this.#applied = resources
  }

  remove(refs: readonly ResourceRef[]): void {
    this.#take(removeFrom(this.#snapshot, refs))
  }

  proxyConfig(workload: WorkloadRef): ProxyConfig | null {
    return this.#compiler.proxyConfig(workload)
  }

  send(call: MeshCall): Promise<Exchange> {
    return this.settle(this.start(call))
  }

  start(call: MeshCall): Promise<Exchange> {
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

  /** Everything that is made of a snapshot is made before anything of the last one is let go. */
  #take(snapshot: Snapshot): void {
    const resources = [...snapshot.resources.values()]
    const registry = this.#buildRegistry(this.#inOrderOfCreation(snapshot))
    const departs = this.#options.spec ? asSpecified : asIstiod
    const compiler = new Compiler(resources, registry, { memory: this.#memory, departs, former: this.#compiler })
    this.#snapshot = snapshot
    this.registry = registry
    this.#compiler = compiler
    this.#dataPlane.use(this.#model())
  }

  #model(): DataPlaneModel {
    const compiler = this.#compiler
    return {
      version: this.#snapshot.version,
      registry: this.registry,
      proxyConfig: (workload) => compiler.proxyConfig(workload),
      inboundSidecar: this.#options.inboundSidecar ?? ((workload) => workload.sidecar),
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
      outsideName: this.#options.outsideName ?? isOutsideName,
    })
  }
}

function isOutsideName(hostname: string): boolean {
  return hostname.includes('.') && !hostname.endsWith('.local')
}

function plainAnswer(workload: WorkloadInstance | null): Program {
  const body = workload ? workload.ref.instance : 'outside'
  return () => ({ status: 200, headers: new Headers(['content-type', 'text/plain']), body })
}
