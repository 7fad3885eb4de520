import type { Resource } from '../../mesh-core/config/resource.ts'
import { resolveGateway, resolveHost } from '../../mesh-core/compile/names.ts'

interface Spec {
  readonly gateways?: readonly string[]
  readonly host?: string
  readonly http?: readonly { readonly route?: readonly { readonly destination?: { readonly host?: string; readonly subset?: string } }[] }[]
}

/** An object that the config speaks of and does not hold; without it the mesh would answer 404 or 503. */
export interface MadeUp {
  readonly object: Readonly<Record<string, unknown>>
  /** `DestinationRule details.prod: subset v2 is made of the label version=v2` */
  readonly note: string
}

/** Gateways, and DestinationRules for subsets, that VirtualServices name and nobody defines. */
export function madeUpFor(resources: readonly Resource[]): MadeUp[] {
  return [...gateways(resources), ...destinationRules(resources)]
}

function gateways(resources: readonly Resource[]): MadeUp[] {
  const defined = new Set(resources.filter(({ kind }) => kind === 'Gateway').map(({ namespace, name }) => `${namespace}/${name}`))
  const named = virtualServices(resources).flatMap(({ resource, spec }) =>
    (spec.gateways ?? []).map((one) => resolveGateway(one, resource.namespace)),
  )
  return [...new Set(named)]
    .filter((name) => name !== 'mesh' && !defined.has(name))
    .map((full) => {
      const [namespace, name] = full.split('/')
      const server = { port: { number: 80, name: 'http', protocol: 'HTTP' }, hosts: ['*'] }
      return {
        object: {
          apiVersion: 'networking.istio.io/v1',
          kind: 'Gateway',
          metadata: { name, namespace },
          spec: { selector: { istio: 'ingressgateway' }, servers: [server] },
        },
        note: `Gateway ${full}: port 80, every host`,
      }
    })
}

function destinationRules(resources: readonly Resource[]): MadeUp[] {
  const ruled = new Set(
    resources
      .filter(({ kind }) => kind === 'DestinationRule')
      .map(({ object, namespace }) => resolveHost((object['spec'] as Spec).host ?? '', namespace)),
  )
  const subsets = new Map<string, Set<string>>()
  for (const { resource, spec } of virtualServices(resources))
    for (const { destination } of (spec.http ?? []).flatMap(({ route = [] }) => route)) {
      const host = resolveHost(destination?.host ?? '', resource.namespace)
      if (!destination?.subset || ruled.has(host)) continue
      subsets.set(host, (subsets.get(host) ?? new Set()).add(destination.subset))
    }
  return [...subsets].map(([host, names]) => {
    const [name, namespace = 'default'] = host.split('.')
    return {
      object: {
        apiVersion: 'networking.istio.io/v1',
        kind: 'DestinationRule',
        metadata: { name: `imported-${name}`, namespace },
        spec: { host, subsets: [...names].map((subset) => ({ name: subset, labels: { version: subset } })) },
      },
      note: `DestinationRule for ${host}: ${[...names].map((subset) => `subset ${subset} is version ${subset}`).join(', ')}`,
    }
  })
}

function virtualServices(resources: readonly Resource[]): { resource: Resource; spec: Spec }[] {
  return resources.filter(({ kind }) => kind === 'VirtualService').map((resource) => ({ resource, spec: (resource.object['spec'] ?? {}) as Spec }))
}
