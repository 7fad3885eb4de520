import type { Inventory } from '../../analyze/inventory.ts'
import { kinds, listOf, specOf, textsOf } from '../../analyze/inventory.ts'
import { asIstiod } from '../../compile/departures.ts'
import { mergeDelegates } from '../../compile/rules/delegates.ts'
import { convertGatewayApi, type GatewayApi } from '../../compile/gateway-api/conversion.ts'
import { convertGrpcRoute, convertHttpRoute } from '../../compile/gateway-api/http-route.ts'
import { byPrecedence } from '../../compile/gateway-api/precedence.ts'
import { ingressVirtualServices } from '../../compile/ingress/ingress.ts'
import { type MeshConfig, meshConfigOf } from '../../compile/mesh/mesh-config.ts'
import { type VirtualService, virtualServiceOf } from '../../compile/rules/virtual-service.ts'
import type { Resource } from '../../config/resource.ts'
import { AddressBook, allocatedAddress, outsideAddress, podAddress, serviceAddress } from '../../registry/addresses.ts'
import { buildRegistry } from '../../registry/build-registry.ts'
import type { Registry } from '../../registry/registry.ts'

/** The rules of a mesh as istiod sees them: those of delegates in their places, those of Ingresses and of the Gateway API as what they are compiled to. */
export interface Rules {
  readonly mesh: MeshConfig
  readonly virtualServices: readonly VirtualService[]
}

const converted = ['gateway.networking.k8s.io/HTTPRoute', 'gateway.networking.k8s.io/GRPCRoute', 'networking.k8s.io/Ingress', 'extensions/Ingress']

/** `group/Kind` of all that rules are written in. */
export const ruleKinds: readonly string[] = [kinds.virtualService, ...converted]

export function rulesOf(inventory: Inventory): Rules {
  const mesh = meshConfigOf(inventory.all(kinds.meshConfig))
  const plain = inventory.all(kinds.virtualService).filter((resource) => !isLinked(resource))
  return { mesh, virtualServices: [...plain.map(virtualServiceOf), ...linkedRules(inventory, mesh)] }
}

/** A delegate, or a VirtualService that has some. Others stand for themselves. */
export function isLinked(resource: Resource): boolean {
  const { hosts, http } = specOf(resource)
  return !Array.isArray(hosts) || hosts.length === 0 || listOf(http).some(({ delegate }) => delegate !== undefined)
}

/** Those with delegates in their places, and what routes and Ingresses are compiled to. */
export function linkedRules(inventory: Inventory, mesh: MeshConfig): readonly VirtualService[] {
  const linked = inventory.all(kinds.virtualService).filter(isLinked)
  return [...mergeDelegates(linked.map(virtualServiceOf), mesh.defaultVirtualServiceExportTo), ...convertedRules(inventory, mesh)]
}

function convertedRules(inventory: Inventory, mesh: MeshConfig): readonly VirtualService[] {
  if (!converted.some((kind) => inventory.all(kind).length > 0)) return []
  const { api, resources, registry } = gatewayApiIn(inventory)
  return [...api.virtualServices, ...unattachedRules(api), ...ingressVirtualServices(resources, mesh, registry, asIstiod)]
}

interface Converted {
  readonly api: GatewayApi
  readonly resources: readonly Resource[]
  readonly registry: Registry
}

const known = new WeakMap<Inventory, Converted>()

/** What the objects of the Gateway API amount to; made once. */
export function gatewayApiIn(inventory: Inventory): Converted {
  const made = known.get(inventory) ?? convert(inventory)
  known.set(inventory, made)
  return made
}

function convert(inventory: Inventory): Converted {
  const resources = inOrderOfAge(inventory.everything)
  const registry = buildRegistry(resources, {
    pods: new AddressBook(podAddress),
    clusterIps: new AddressBook(serviceAddress),
    outside: new AddressBook(outsideAddress),
    allocations: new AddressBook(allocatedAddress),
    injects: () => true,
    inboundSidecar: () => true,
    outsideName: () => true,
  })
  return { api: convertGatewayApi(resources, registry, asIstiod), resources, registry }
}

/** Routes whose parents are not here, in a folder of routes alone: each with its own rules. */
function unattachedRules({ httpRoutes, surroundings }: GatewayApi): VirtualService[] {
  return httpRoutes.flatMap(({ resource, attachments }) => {
    if (attachments.length > 0) return []
    const convert = resource.kind === 'GRPCRoute' ? convertGrpcRoute : convertHttpRoute
    const rules = convert(resource, false, surroundings).flatMap(({ rule }) => rule ?? [])
    const { hostnames, parentRefs } = specOf(resource)
    const [parent] = listOf(parentRefs)
    return {
      ...{ name: resource.name, namespace: resource.namespace, exportTo: undefined, origin: resource.origin },
      hosts: textsOf(hostnames).length > 0 ? textsOf(hostnames) : ['*'],
      gateways: [`${parent?.namespace ?? resource.namespace}/${parent?.name ?? 'gateway'}`],
      ...{ rules: rules.toSorted(byPrecedence), tcp: [], tls: [], semantics: 'gateway-api' as const },
    }
  })
}

/** As a snapshot has it: by age where that is known, then by name. */
function inOrderOfAge(resources: readonly Resource[]): Resource[] {
  const age = (resource: Resource): number => Date.parse(resource.object.metadata?.creationTimestamp ?? '') || Infinity
  const name = (resource: Resource): string => `${resource.name}\0${resource.namespace}`
  return resources.toSorted((a, b) => age(a) - age(b) || (name(a) < name(b) ? -1 : name(a) > name(b) ? 1 : 0))
}
