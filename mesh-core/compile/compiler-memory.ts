import type { Resource } from '../config/resource.ts'
import type { Route } from '../ir/route.ts'
import type { Registry } from '../registry/registry.ts'
import type { Catalog } from './catalog.ts'
import { mayHashBeRefused } from './clusters/hash-refusal.ts'
import { virtualServiceOf, type VirtualService } from './rules/virtual-service.ts'

/**
 * What outlives a version of the config: rules by the resource that they were read from, and the routes made of them as long as services and mesh config stay
 * the same. So a change compiles what it touches.
 */
export class CompilerMemory {
  readonly #parsed = new WeakMap<Resource, VirtualService>()
  #routes = new WeakMap<VirtualService, Map<string, readonly Route[]>>()
  #surroundings = ''

  /** Routes made in other surroundings are forgotten. */
  enter(surroundings: string): void {
    if (surroundings !== this.#surroundings) this.#routes = new WeakMap()
    this.#surroundings = surroundings
  }

  /** Is there a rule among the resources that Envoy refuses? */
  mayBeRefused(resources: readonly Resource[]): boolean {
    return resources.some((resource) => {
      if (resource.kind === 'VirtualService') return this.rulesOf(resource).rules.some((rule) => rule.refusal !== null)
      if (resource.kind === 'DestinationRule') return mayHashBeRefused(resource.object['spec'] ?? {})
      return resource.kind === 'EnvoyFilter' || (isRequestRoute(resource) && namesCommands(resource))
    })
  }

  rulesOf(resource: Resource): VirtualService {
    const known = this.#parsed.get(resource)
    if (known) return known
    const vs = virtualServiceOf(resource)
    this.#parsed.set(resource, vs)
    return vs
  }

  routes(vs: VirtualService, key: string, make: () => readonly Route[]): readonly Route[] {
    const own = this.#routes.get(vs) ?? new Map<string, readonly Route[]>()
    this.#routes.set(vs, own)
    const known = own.get(key)
    if (known) return known
    const routes = make()
    own.set(key, routes)
    return routes
  }
}

/** What routes of a rule depend on besides the rule. */
export function allButRules(resources: readonly Resource[], { mesh, destinationRules }: Catalog, { services }: Registry): string {
  return JSON.stringify([
    mesh,
    destinationRules.hashing,
    resources.filter(({ kind }) => kind === 'Sidecar').map(({ namespace, name, object }) => [namespace, name, object['spec']]),
    services.map(({ host, namespace, provider, externalName, exportTo, ports }) => [host, namespace, provider, externalName, exportTo, ports]),
  ])
}

function isRequestRoute({ kind, apiVersion }: Resource): boolean {
  return (kind === 'HTTPRoute' || kind === 'GRPCRoute') && apiVersion.startsWith('gateway.networking.k8s.io/')
}

/** What is refused of routes is in the values of headers, and these need a percent sign for it. */
function namesCommands({ object }: Resource): boolean {
  return JSON.stringify(object['spec'] ?? null).includes('%')
}
