import type { Registry, Service } from '../../registry/registry.ts'
import type { Destination } from '../rules/virtual-service-types.ts'
import { clusterName } from '../names.ts'

/** What a host is, with those of its ports that count where the question is asked; `undefined` for one that is not known. */
export type ServiceOf = (host: string) => { readonly service: Service; readonly ports: readonly { readonly number: number }[] } | undefined

/** Every port counts, of the services that a proxy knows; another name of one is known all the same. Source: Istio `push_context.go` ServiceForHostname. */
export function anyPortOf(known: readonly Service[], registry: Registry): ServiceOf {
  return (host) => {
    const named = registry.service(host)
    const service = named?.resolution === 'alias' ? named : servicesByHost(known).get(host)
    return service && { service, ports: service.ports }
  }
}

const indexes = new WeakMap<readonly Service[], ReadonlyMap<string, Service>>()

export function servicesByHost(services: readonly Service[]): ReadonlyMap<string, Service> {
  const known = indexes.get(services)
  if (known) return known
  const index = new Map(services.map((service) => [service.host, service]))
  indexes.set(services, index)
  return index
}

/**
 * The cluster that a destination names. It is named unchecked: a host or subset that does not exist is answered when a request comes (NC). Without a
 * port the service's only one counts, else the one that the client addressed. Another name of a service (ExternalName) stands for it, but not for
 * another such name. Source: Istio `core/route/route.go` GetDestinationCluster.
 */
export function destinationCluster({ host = '', port, subset }: NonNullable<Destination>, serviceOf: ServiceOf, listenPort: number): string {
  const known = serviceOf(host)
  const number = port?.number ?? (known?.ports.length === 1 ? known.ports[0]!.number : listenPort)
  return clusterName(known?.service.resolution === 'alias' ? known.service.externalName : host, number, subset ?? '')
}
