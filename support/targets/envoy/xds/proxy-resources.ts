import type { ProxyConfig } from '../../../../mesh-core/ir/proxy-config.ts'
import { cluster } from './cluster.ts'
import { clusterLoadAssignment } from './endpoint.ts'
import type { Json } from './json.ts'
import { listener } from './listener.ts'
import { asIstiodSends } from './as-istiod-sends.ts'
import { udpCluster, udpListener } from './udp-listener.ts'
import { routeConfiguration } from './route-table.ts'

/** All that one proxy gets, by the kinds of xDS. */
export interface ProxyResources {
  readonly listeners: readonly Json[]
  readonly routes: readonly Json[]
  readonly clusters: readonly Json[]
  readonly endpoints: readonly Json[]
}

/** What istiod would send to this proxy. */
export function proxyResources(config: ProxyConfig): ProxyResources {
  const clusters = Object.values(config.clusters)
  const datagrams = config.udpListeners ?? []
  return {
    listeners: [
      ...config.listeners.map((one) => listener(one, asIstiodSends)),
      ...datagrams.map((one) => udpListener(one, one.name, one, asIstiodSends)),
    ],
    routes: Object.values(config.routeTables).map((table) => routeConfiguration(table, asIstiodSends)),
    clusters: [...clusters.map((one) => cluster(one, asIstiodSends)), ...datagrams.map((one) => udpCluster(one, config.clusters, asIstiodSends))],
    endpoints: clusters.filter(({ discovery }) => discovery === 'eds').map((one) => clusterLoadAssignment(one, asIstiodSends)),
  }
}
