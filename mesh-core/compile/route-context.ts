import { servicesByHost } from './destination-cluster.ts'
import type { Registry, Service, WorkloadInstance } from '../registry/registry.ts'
import type { Catalog } from './catalog.ts'
import type { Departs } from './departures.ts'
import type { DestinationRule } from './destination-rule.ts'
import { hashOfDestination } from './hash-policy.ts'
import { noPort, type RouteContext } from './http-routes.ts'
import { proxyDefaultsOf, tellsForwardedHost } from './proxy-settings.ts'

interface ListenerPlace {
  readonly workload: WorkloadInstance
  readonly gateways: readonly string[]
  readonly listenPort: number
  readonly tls: boolean
  /** Services of the sidecar's listener; `null` at a gateway. */
  readonly known: readonly Service[] | null
}

interface Sources {
  readonly catalog: Catalog
  readonly registry: Registry
  readonly departs: Departs
  readonly ruleFor: (service: Service, workload: WorkloadInstance) => DestinationRule | undefined
}

/** What routes to one listener of a workload are made in. */
export function routeContext({ workload, gateways, listenPort, tls, known }: ListenerPlace, sources: Sources): RouteContext {
  const { catalog, registry, departs, ruleFor } = sources
  const byHost = known && servicesByHost(known)
  // What a listener knows is listed in lower case, and looked up as it is written.
  const listed = (host: string): Service | undefined => (host === host.toLowerCase() ? byHost?.get(host) : undefined)
  return {
    labels: workload.labels,
    namespace: workload.ref.namespace,
    gateways,
    listenPort,
    tls,
    hashOf: (destination) => {
      const service = byHost ? byHost.get(destination.host ?? '') : registry.service(destination.host ?? '')
      return service && hashOfDestination(ruleFor(service, workload), destination)
    },
    mesh: catalog.mesh,
    tellsForwardedHost: tellsForwardedHost(proxyDefaultsOf(workload, catalog.mesh)),
    departs,
    service: (host) => {
      const named = registry.service(host)
      // A listener has no services that are other names of its own.
      const service = byHost && named?.resolution !== 'alias' ? listed(host) : named
      if (!service) return undefined
      // Another name stands for its service whether or not it lists ports of its own.
      if (service.resolution === 'alias') return { service, ports: service.ports }
      const ports = byHost && listenPort !== noPort ? service.ports.filter((port) => port.number === listenPort) : service.ports
      return ports.length > 0 ? { service, ports } : undefined
    },
  }
}
