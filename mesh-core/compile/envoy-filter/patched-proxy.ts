import type { InboundPort } from '../../ir/inbound-port.ts'
import { inboundPassthrough } from '../../ir/inbound-port.ts'
import type { ProxyConfig } from '../../ir/proxy-config.ts'
import type { RouteTable, VirtualHost } from '../../ir/route.ts'
import type { Registry, WorkloadInstance } from '../../registry/registry.ts'
import { isServiceOf } from '../gateway/gateway-pods.ts'
import { servicePortsAt } from '../inbound/inbound-port.ts'
import { patchClusters, patchedTowardsWorkload } from './cluster-patches.ts'
import { areSettingsRefused } from '../mesh/settings-refusal.ts'
import { inboundConnectionManager, patchListeners } from './connection-manager-patches.ts'
import type { EnvoyFilters, EnvoyPatch } from './envoy-filters.ts'
import { nodeCluster } from './health-patches.ts'
import { inboundFilters, inboundHeaders, inboundRequiresTls } from './inbound-route-patches.ts'
import { gatewayTable, patchTable, sidecarTable, type TableName } from './route-patches.ts'

export type Patchable = Pick<ProxyConfig, 'listeners' | 'routeTables' | 'clusters'>

/** What a proxy is told, with the patches of EnvoyFilters that are for it. */
export function patchedProxy<T extends Patchable>(parts: T, workload: WorkloadInstance, filters: EnvoyFilters, registry: Registry): T {
  const patches = filters.patchesFor(workload, workload.gateway ? 'GATEWAY' : 'SIDECAR_OUTBOUND')
  if (patches.length === 0) return parts
  return {
    ...parts,
    listeners: patchListeners(parts.listeners, patches, nodeCluster(workload)),
    routeTables: patchTables(parts.routeTables, patches, workload, registry),
    clusters: patchClusters(parts.clusters, patches),
  }
}

function patchTables(
  tables: ProxyConfig['routeTables'],
  patches: readonly EnvoyPatch[],
  workload: WorkloadInstance,
  registry: Registry,
): ProxyConfig['routeTables'] {
  const nameOf = (name: string): TableName =>
    workload.gateway ? gatewayTable(name, (port) => serverPorts(registry, workload, port)) : sidecarTable(name)
  return Object.fromEntries(
    Object.entries(tables).map(([name, table]) => [name, patchTable(workload.gateway ? withSharedHosts(table) : table, patches, nameOf(name))]),
  )
}

/** Of the gateway's Service. */
function serverPorts(registry: Registry, workload: WorkloadInstance, podPort: number): readonly number[] {
  return registry.services
    .filter((service) => isServiceOf(service.selector, workload) && service.namespace === workload.ref.namespace)
    .flatMap((service) =>
      service.ports.filter((port) =>
        registry.endpoints(service, port.number).some((own) => own.address === workload.address && own.port === podPort),
      ),
    )
    .map(({ number }) => number)
}

/**
 * Hosts of a gateway that have the same routes are one virtual host, by the name of the first of them: a patch finds all or none of them.
 * Source: Istio `core/gateway.go` collapseDuplicateRoutes.
 */
function withSharedHosts(table: RouteTable): RouteTable {
  const shared: VirtualHost[] = []
  for (const host of [...table.virtualHosts].sort((a, b) => (a.name < b.name ? -1 : 1))) {
    const known = shared.findIndex((other) => other.requireTls === host.requireTls && sameRoutes(other.routes, host.routes))
    if (known < 0) shared.push(host)
    else shared[known] = { ...shared[known]!, domains: [...shared[known]!.domains, ...host.domains] }
  }
  return { ...table, virtualHosts: shared }
}

function sameRoutes(a: VirtualHost['routes'], b: VirtualHost['routes']): boolean {
  return a.length === b.length && a.every((route, i) => route === b[i])
}

/** How a sidecar takes connections to its own workload, patched. */
export function patchedInbound(known: InboundPort, port: number, workload: WorkloadInstance, filters: EnvoyFilters, registry: Registry): InboundPort {
  const patches = filters.patchesFor(workload, 'SIDECAR_INBOUND')
  if (patches.length === 0) return known
  const { cluster, virtualHost } = known
  const listened = cluster === inboundPassthrough ? null : port
  const headers = inboundHeaders(patches, { cluster, virtualHost, port: listened ?? 0 })
  const hosts = servicePortsAt(registry, workload, port).map(({ service }) => service.host)
  const requiresTls = inboundRequiresTls(patches, { cluster, virtualHost, port: listened ?? 0 })
  const whole = inboundConnectionManager(known, patches, listened, nodeCluster(workload))
  const { refusal, ...told } = inboundFilters(patches, { cluster, virtualHost, port: listened ?? 0 })
  return {
    ...whole,
    ...headers,
    ...patchedTowardsWorkload(patches, known, listened ?? 0, hosts),
    ...(requiresTls && { requiresTls }),
    ...told,
    ...((areSettingsRefused(whole.settings) || refusal !== null) && { isRefused: true as const }),
  }
}
