import { servicesByHost, type ServiceOf } from '../clusters/destination-cluster.ts'
import type { Registry, Service, WorkloadInstance } from '../../registry/registry.ts'
import type { Catalog } from '../catalog.ts'
import type { Departs } from '../departures.ts'
import type { DestinationRule } from '../clusters/destination-rule.ts'
import { hashOfDestination } from './hash-policy.ts'
import { noPort, type RouteContext } from './http-routes.ts'
import { proxyDefaultsOf, tellsForwardedHost } from '../mesh/proxy-settings.ts'
import { serviceIndex } from '../sidecar/service-index.ts'
import { isVisible } from '../sidecar/visibility.ts'

interface ListenerPlace {
  readonly workload: WorkloadInstance
  readonly gateways: readonly string[]
  readonly listenPort: number
  readonly tls: boolean
  /** Services of the sidecar's listener; those of a gateway count less than that of the rule's namespace. */
  readonly known: readonly Service[] | { readonly ruleNamespace: string }
}

interface Sources {
  readonly catalog: Catalog
  readonly registry: Registry
  readonly departs: Departs
  readonly ruleFor: (service: Service, workload: WorkloadInstance) => DestinationRule | undefined
  /** That the workload's proxy knows. */
  readonly services: readonly Service[]
}

/** What routes to one listener of a workload are made in. */
export function routeContext({ workload, gateways, listenPort, tls, known }: ListenerPlace, sources: Sources): RouteContext {
  const { catalog, registry, departs, ruleFor, services } = sources
  const byHost = servicesByHost(services)
  const serviceOf = 'ruleNamespace' in known ? atGateway(known.ruleNamespace, workload, sources) : atListener(known, listenPort)
  return {
    labels: workload.labels,
    namespace: workload.ref.namespace,
    gateways,
    listenPort,
    tls,
    hashOf: (destination) => {
      const service = byHost.get(destination.host ?? '')
      return service && hashOfDestination(ruleFor(service, workload), destination)
    },
    mesh: catalog.mesh,
    tellsForwardedHost: tellsForwardedHost(proxyDefaultsOf(workload, catalog.mesh)),
    departs,
    // No proxy lists another name of a service, which stands for it all the same, whether or not it has ports of its own.
    service: (host) => {
      const named = registry.service(host)
      return named?.resolution === 'alias' ? { service: named, ports: named.ports } : serviceOf(host)
    },
  }
}

/** What a listener knows is listed in lower case, and looked up as it is written. */
function atListener(known: readonly Service[], listenPort: number): ServiceOf {
  const byHost = servicesByHost(known)
  return (host) => {
    const service = host === host.toLowerCase() ? byHost.get(host) : undefined
    const ports = (service?.ports ?? []).filter((port) => listenPort === noPort || port.number === listenPort)
    return service && ports.length > 0 ? { service, ports } : undefined
  }
}

/** Source: Istio `core/gateway.go` buildNameToServiceMapForHttpRoutes. */
function atGateway(ruleNamespace: string, { ref }: WorkloadInstance, { registry, catalog, services }: Sources): ServiceOf {
  const byHost = servicesByHost(services)
  const index = serviceIndex(registry.services)
  const isSeen = ({ exportTo, namespace }: Service): boolean => isVisible(exportTo, catalog.mesh.defaultServiceExportTo, namespace, ref.namespace)
  return (host) => {
    const own = index.get(host)?.get(ruleNamespace)
    const service = own && isSeen(own) ? own : byHost.get(host)
    return service && service.ports.length > 0 ? { service, ports: service.ports } : undefined
  }
}
