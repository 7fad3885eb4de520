import { duration } from './json.ts'
import { clusterSockets } from './mutual-tls.ts'
import { asTheyAre } from './placed-formats.ts'
import type { Placement } from './placement.ts'

const ads = { ads: {}, initial_fetch_timeout: duration(0), resource_api_version: 'V3' }

/** Secrets come from the agent beside the proxy. Source: Istio `pilot/pkg/security/model/authentication.go` ConstructSdsSecretConfig. */
const istioAgent = {
  own: 'default',
  root: 'ROOTCA',
  configSource: {
    api_config_source: { api_type: 'GRPC', transport_api_version: 'V3', grpc_services: [{ envoy_grpc: { cluster_name: 'sds-grpc' } }] },
    initial_fetch_timeout: duration(0),
    resource_api_version: 'V3',
  },
}

/** The config as istiod would send it: over ADS, nothing added. */
export const asIstiodSends: Placement = {
  cluster: (name) => name,
  routeTable: (name) => name,
  endpoint: ({ address, port }) => ({ address, port }),
  endpointSource: () => ads,
  resolves: true,
  originalDestination: null,
  isDialled: false,
  arrival: () => null,
  formats: asTheyAre,
  configSource: ads,
  accessLog: [],
  connectionLog: [],
  asker: null,
  pod: null,
  takesMutualTls: ({ tlsMode }) => tlsMode === 'istio',
  transportSocket: (cluster) => clusterSockets(cluster, asIstiodSends, []),
  // Unlike other sources it has a time limit: a Secret that does not exist holds up no listener. Source: Istio `pilot/pkg/security/model/authentication.go`.
  secrets: { ads: {}, resource_api_version: 'V3' },
  missingSecrets: { ads: {}, resource_api_version: 'V3' },
  systemAuthorities: istioAgent.configSource,
  own: () => istioAgent,
}
