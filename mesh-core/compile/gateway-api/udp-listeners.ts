import type { Cluster } from '../../ir/cluster.ts'
import type { UdpListener } from '../../ir/proxy-config.ts'
import type { Registry, WorkloadInstance } from '../../registry/registry.ts'
import { clientPlace } from '../client-place.ts'
import { udpCluster } from '../clusters/clusters.ts'
import type { ClusterSources } from '../clusters/cluster-sources.ts'
import { podPorts } from '../gateway/gateway-pods.ts'
import { filesOf } from '../gateway/secrets.ts'
import { udpClusterName } from '../names.ts'
import type { AttachedRoute } from './attached-route.ts'
import type { ConnectionRoute } from './connection-route.ts'
import type { GatewayApi } from './conversion.ts'
import { isServedBy, type Pod } from './gateways.ts'
import type { ListenerBinding } from './listener-binding.ts'
import { isServed } from './listener-status.ts'

/**
 * Where a gateway's pod takes datagrams: at the UDP listeners of its Gateways that a UDPRoute is attached to. Of several routes the oldest acts.
 * Source: Gateway API `UDPRoute`; istiod has nothing of it.
 */
export function udpListenersOf({ gateways, connectionRoutes }: GatewayApi, pod: Pod): UdpListener[] {
  const bindings = gateways.filter((gateway) => isServedBy(gateway, pod)).flatMap((gateway) => gateway.bindings)
  return bindings
    .filter(({ protocol, state }) => protocol === 'UDP' && isServed(state))
    .flatMap((binding) => {
      const rule = ruleFor(binding, connectionRoutes)
      return rule ? podPorts(pod, binding.port).map((port) => listenerAt(port, rule)) : []
    })
}

/** @param routes in order of age */
function ruleFor(binding: ListenerBinding, routes: readonly AttachedRoute<ConnectionRoute>[]): ConnectionRoute | undefined {
  const taken = routes.filter(
    ({ resource, attachments }) =>
      resource.kind === 'UDPRoute' && attachments.some((one) => one.kind === 'listener' && one.denied === null && one.binding === binding),
  )
  return taken[0]?.atGateways.rules[0]
}

function listenerAt(port: number, { destinations, origin }: ConnectionRoute): UdpListener {
  const clusters = destinations.map(({ destination: { host = '', port: own }, weight }) => ({
    cluster: udpClusterName(host, own?.number ?? port),
    weight: destinations.length === 1 ? 1 : weight,
  }))
  return { name: `udp_0.0.0.0_${port}`, address: '0.0.0.0', port, clusters, origin }
}

/** Those that the listeners ask for: no other proxy has any. */
export function udpClusters(
  listeners: readonly UdpListener[],
  workload: WorkloadInstance,
  registry: Registry,
  { mesh, secrets, peerAuthentications }: Pick<ClusterSources, 'mesh' | 'secrets' | 'peerAuthentications'>,
): Readonly<Record<string, Cluster>> {
  const asked = new Set(listeners.flatMap(({ clusters }) => clusters.map(({ cluster }) => cluster)))
  const client = clientPlace(workload)
  const sources = { client, registry, mesh, gateway: true, secrets, peerAuthentications, files: filesOf(workload), rule: undefined }
  const clusters = registry.services.flatMap((service) =>
    service.ports.filter((port) => asked.has(udpClusterName(service.host, port.number))).map((port) => udpCluster(service, port, sources)),
  )
  return Object.fromEntries(clusters.map((cluster) => [cluster.name, cluster]))
}
