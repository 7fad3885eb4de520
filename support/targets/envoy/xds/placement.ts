import type { Cluster, Endpoint } from '../../../../mesh-core/ir/cluster.ts'
import type { Listener } from '../../../../mesh-core/ir/proxy-config.ts'
import type { ArrivalPlace } from './arrival-place.ts'
import type { Json } from './json.ts'
import type { Formats } from './placed-formats.ts'

export interface SocketAddress {
  readonly address: string
  readonly port: number
}

/** What a cluster without endpoints goes by. */
export interface Landing {
  /** `host`: the name in Host, of which Envoy would ask DNS. */
  readonly by: 'destination' | 'host'
  /** In the place of the client's. */
  readonly portOverride: number | null
  /** That a name in Host without a port stands for. */
  readonly defaultPort: 80 | 443
  /** For hosts of which nothing is known. */
  readonly isUnknown: boolean
}

/** Where a proxy's certificate and the authorities that it trusts come from. Source: Envoy `SdsSecretConfig`. */
export interface SecretSource {
  /** Name of the proxy's own certificate. */
  readonly own: string
  readonly root: string
  readonly configSource: Json
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
  /** How a cluster of kind `original-dst` or `dynamic-dns` learns where the connection is to go; `null`: from the connection itself. */
  readonly originalDestination: ((landing: Landing) => Json) | null
  /** Nothing is redirected to the proxy: there is no destination that a cluster could keep. */
  readonly isDialled: boolean
  /** Where connections to a listener arrive in the mesh; `null`: Envoy sees it itself. */
  arrival(listener: Pick<Listener, 'port'>): ArrivalPlace | null
  readonly formats: Formats
  /** Of route tables. */
  readonly configSource: Json
  readonly accessLog: readonly Json[]
  /** Of what comes to listeners. */
  readonly connectionLog: readonly Json[]
  /** `default/shop-v1-0`, as which it asks authorizers; `null`: nobody watches. */
  readonly asker: string | null
  /** `shop-v1-0.default`, as which it asks for tunnels; `null`: nobody watches. */
  readonly pod: string | null
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

export function socketAddress({ address, port }: SocketAddress): Json {
  return { socket_address: { address, port_value: port } }
}

/** `envoy.lb` metadata by which ring hash and Maglev place an endpoint: its address in the mesh, wherever it listens in truth. */
export function hashKey(endpoint: Endpoint, place: SocketAddress): Json {
  const own = `${endpoint.address}:${endpoint.port}`
  return own === `${place.address}:${place.port}` ? {} : { 'envoy.lb': { hash_key: own } }
}
