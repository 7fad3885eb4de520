import type { Cluster, Endpoint } from '../../../../mesh-core/ir/cluster.ts'
import { duration } from './json.ts'
import type { Json } from './json.ts'
import { clusterSockets } from './mutual-tls.ts'
import type { SecretSource } from './mutual-tls.ts'

export interface SocketAddress {
  readonly address: string
  readonly port: number
}

/**
 * What differs between the config of a proxy as istiod would send it, and as it is run here: beside other proxies in one Envoy, on loopback,
 * and watched.
 */
export interface Placement {
  /** Names are an Envoy's; proxies that share one need names of their own. */
  cluster(name: string): string
  routeTable(name: string): string
  /** Where the endpoint listens in truth. */
  endpoint(endpoint: Endpoint): SocketAddress
  /** Where the endpoints of a cluster come from that istiod would send by EDS; `null`: they stand in the cluster. */
  endpointSource(cluster: Cluster): Json | null
  /** Are names looked up by Envoy? Otherwise their places are told. */
  readonly resolves: boolean
  /** How a cluster of kind `original-dst` learns where the connection is to go; `null`: from the connection itself. */
  readonly originalDestination: Json | null
  /** Of route tables. */
  readonly configSource: Json
  readonly accessLog: readonly Json[]
  /** Does the sidecar of the endpoint's pod take mutual TLS? */
  takesMutualTls(endpoint: Endpoint): boolean
  /** How connections to the cluster are secured: fields of Envoy's `Cluster`. */
  transportSocket(cluster: Cluster): Json
  /** Where the certificates of Secrets come from; `null`: they stand in the config. */
  readonly secrets: Json | null
  /** Where Secrets that do not exist are waited for. */
  readonly missingSecrets: Json
  /** Those that the operating system comes with: PEM, or where the agent's list of them comes from. */
  readonly systemAuthorities: string | Json
  /** The proxy's own certificate, and the authority of the mesh. */
  own(): SecretSource
}

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
  configSource: ads,
  accessLog: [],
  takesMutualTls: ({ tlsMode }) => tlsMode === 'istio',
  transportSocket: (cluster) => clusterSockets(cluster, asIstiodSends, []),
  // Unlike other sources it has a time limit: a Secret that does not exist holds up no listener. Source: Istio `pilot/pkg/security/model/authentication.go`.
  secrets: { ads: {}, resource_api_version: 'V3' },
  missingSecrets: { ads: {}, resource_api_version: 'V3' },
  systemAuthorities: istioAgent.configSource,
  own: () => istioAgent,
}

export function socketAddress({ address, port }: SocketAddress): Json {
  return { socket_address: { address, port_value: port } }
}

/** `envoy.lb` metadata by which ring hash and Maglev place an endpoint: its address in the mesh, wherever it listens in truth. */
export function hashKey(endpoint: Endpoint, place: SocketAddress): Json {
  const own = `${endpoint.address}:${endpoint.port}`
  return own === `${place.address}:${place.port}` ? {} : { 'envoy.lb': { hash_key: own } }
}
