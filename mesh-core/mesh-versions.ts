import { ApplicationsTls } from './compile/clusters/application-tls.ts'
import { Compiler } from './compile/compiler.ts'
import { CompilerMemory } from './compile/compiler-memory.ts'
import type { CompilerOptions } from './compile/compiler.ts'
import { asIstiod, asSpecified } from './compile/departures.ts'
import type { VirtualService } from './compile/rules/virtual-service.ts'
import type { Resource, ResourceRef } from './config/resource.ts'
import { keyOf } from './config/resource.ts'
import { emptySnapshot, type Snapshot } from './config/snapshot.ts'
import { isWorkload } from './config/workload-kinds.ts'
import type { MeshOptions } from './mesh.ts'
import { AddressBook, allocatedAddress, outsideAddress, podAddress, serviceAddress } from './registry/addresses.ts'
import { discovered, discoveredRegistry, discoveryOf } from './registry/discovery.ts'
import { buildRegistry } from './registry/build-registry.ts'
import { isInjected } from './registry/injection.ts'
import type { Registry } from './registry/registry.ts'
import type { Clock } from './time/clock.ts'

/** What a snapshot amounts to, made when it is first asked for. */
export interface MeshVersion {
  /** The one before, as long as a proxy may have to go on with its tables. */
  former: MeshVersion | null
  /** When it was applied, on the mesh's clock. */
  readonly sinceMs: number
  readonly registry: () => Registry
  readonly applications: () => ApplicationsTls
  readonly compiler: () => Compiler
  /** `null`: nobody has asked for it. */
  readonly compiled: () => Compiler | null
  readonly mayBeRefused: () => boolean
}

/** What was applied, and what there is without and with it. */
interface Applied {
  readonly resources: readonly Resource[]
  readonly before: Snapshot
  readonly after: Snapshot
}

type ReplacedRules = ReadonlyMap<VirtualService, VirtualService>

/** Makes each version of a mesh from the one before: what a change leaves as it was is kept. */
export class MeshVersions {
  readonly #options: MeshOptions
  readonly #clock: Clock
  readonly #addresses = {
    pods: new AddressBook(podAddress),
    clusterIps: new AddressBook(serviceAddress),
    outside: new AddressBook(outsideAddress),
    allocations: new AddressBook(allocatedAddress),
  }
  readonly #order = new AddressBook((index) => index)
  readonly #memory = new CompilerMemory()

  constructor(options: MeshOptions, clock: Clock) {
    this.#options = options
    this.#clock = clock
  }

  /** Without any config. */
  first(): MeshVersion {
    return this.#make(emptySnapshot, null, true, null)
  }

  applied(former: MeshVersion, { resources, before, after }: Applied): MeshVersion {
    for (const resource of resources) this.#order.of(keyOf(resource))
    return this.#make(after, former, resources.some(isRead), this.#replacedRules(resources, before))
  }

  removed(former: MeshVersion, refs: readonly ResourceRef[], after: Snapshot): MeshVersion {
    return this.#make(after, former, refs.some(isRead), null)
  }

  /** Of a change that does nothing but put VirtualServices in the place of others. */
  #replacedRules(resources: readonly Resource[], { resources: known }: Snapshot): ReplacedRules | null {
    const rules = new Map<VirtualService, VirtualService>()
    for (const resource of resources) {
      const before = known.get(keyOf(resource))
      if (resource.kind !== 'VirtualService' || !before) return null
      rules.set(this.#memory.rulesOf(before), this.#memory.rulesOf(resource))
    }
    return rules
  }

  /** What of the version before can be kept: `null` when a compiler has to begin anew. */
  #baseOf(former: MeshVersion | null, rules: ReplacedRules | null): CompilerOptions['from'] | null {
    const compiler = former?.compiled() ?? null
    if (!compiler || !rules || rules.size === 0 || former!.mayBeRefused()) return null
    return compiler.mayReplace(rules) ? { compiler, rules } : null
  }

  #make(snapshot: Snapshot, former: MeshVersion | null, changesRegistry: boolean, rules: ReplacedRules | null): MeshVersion {
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
    const version: MeshVersion = {
      former,
      sinceMs: this.#clock.now(),
      registry,
      applications: once(() => new ApplicationsTls(registry(), compiler.get().catalog.secrets)),
      compiler: compiler.get,
      compiled: compiler.peek,
      mayBeRefused: from ? () => false : once(() => this.#memory.mayBeRefused(resources())),
    }
    return version
  }

  /** Pods get their addresses in the order in which they came. */
  #inOrderOfCreation(snapshot: Snapshot): Resource[] {
    return [...snapshot.resources].sort(([a], [b]) => this.#order.of(a) - this.#order.of(b)).map(([, resource]) => resource)
  }

  #buildRegistry(resources: Iterable<Resource>): Registry {
    const { injects = isInjected, inboundSidecar, outsideName = isOutsideName } = this.#options
    return buildRegistry(resources, {
      ...this.#addresses,
      injects,
      inboundSidecar: (workload) => inboundSidecar?.(workload, 'own-address') ?? workload.sidecar,
      outsideName,
    })
  }
}

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

/** No resolver knows names of `invalid`. Source: RFC 6761, section 6.4. */
function isOutsideName(hostname: string): boolean {
  return hostname.includes('.') && !hostname.endsWith('.local') && !hostname.endsWith('.invalid')
}
