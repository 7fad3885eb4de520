import { addresseeAt } from '../../../mesh-core/dataplane/upstream/original-destination.ts'
import type { Cluster, Endpoint } from '../../../mesh-core/ir/cluster.ts'
import { addressInMesh } from '../../../mesh-core/registry/in-mesh-address.ts'
import { isOutsider } from '../../../mesh-core/registry/outsiders.ts'
import type { Registry, WorkloadInstance } from '../../../mesh-core/registry/registry.ts'
import { identitiesBehind } from '../../../mesh-core/registry/spiffe.ts'
import { restSource } from './envoy-process.ts'
import { missingSecrets, secretsOf } from './mesh-secrets.ts'
import { askerName, podName } from './pod-names.ts'
import { nowhere } from './pod-places.ts'
import type { PodPlaces } from './pod-places.ts'
import { accessLog, connectionLog } from './xds/access-log.ts'
import type { Writer } from './xds/access-log.ts'
import { announced } from './xds/announced.ts'
import { clusterSockets } from './xds/mutual-tls.ts'
import type { PlacedFormats } from './xds/placed-formats.ts'
import { landsByMetadata } from './xds/placed-listeners.ts'
import type { Placement, SocketAddress } from './xds/placement.ts'

/** A proxy of a mesh, and what it is beside. */
export interface PlacedProxy {
  readonly workload: WorkloadInstance
  readonly registry: Registry
  readonly places: PodPlaces
  /** Of all its names. */
  readonly prefix: string
  readonly writer: Writer
  readonly formats: PlacedFormats
  /** PEM. */
  readonly systemAuthorities: string
  /** Gets the names of the secrets that the proxy asks for. */
  readonly secrets: Set<string>
  /** Does whoever is there take mutual TLS that was inferred? */
  readonly endsTls: (endpoint: Endpoint) => boolean
}

/** Where everything is in truth that the proxy's config is about. */
export function placementOf(proxy: PlacedProxy): Placement {
  const { workload, registry, places, prefix, writer, formats, systemAuthorities, secrets, endsTls } = proxy
  const placement: Placement = {
    cluster: (name) => prefix + name,
    routeTable: (name) => prefix + name,
    endpoint: (endpoint) => placeOf(endpoint, registry, places),
    endpointSource: (config) => (remembers(config) ? restSource() : null),
    resolves: false,
    originalDestination: landsByMetadata,
    isDialled: workload.gateway,
    arrival: ({ port }) => (workload.gateway ? { address: workload.address, port } : null),
    formats,
    configSource: restSource(),
    accessLog: accessLog(writer, workload.gateway ? 'gateway' : 'outbound'),
    connectionLog: connectionLog(writer),
    asker: askerName(workload),
    pod: podName(workload),
    takesMutualTls: (endpoint) => endpoint.tlsMode === 'istio' && endsTls(endpoint),
    transportSocket: (config) => {
      // Without anybody who takes it, what istiod writes changes nothing.
      const isMatched = config.tls.mode === 'auto' && config.discovery !== 'original-dst'
      if (isMatched && ![...registry.workloads, ...config.endpoints].some(({ tlsMode }) => tlsMode === 'istio')) return announced({})
      return announced(clusterSockets(withoutMatches(config, endsTls), placement, identitiesBehind(config, registry)))
    },
    secrets: null,
    missingSecrets,
    systemAuthorities,
    own: () => secretsOf(workload, registry, secrets),
  }
  return placement
}

function placeOf(endpoint: Endpoint, registry: Registry, places: PodPlaces): SocketAddress {
  const place = placeInMesh(endpoint, registry, places)
  return place.port === nowhere.port ? places.nobodyAt(endpoint.address, endpoint.port) : place
}

function placeInMesh({ address, port, workload: named }: Endpoint, registry: Registry, places: PodPlaces): SocketAddress {
  const within = addressInMesh(registry, address)
  // Its Envoys dial one of several: nobody forwards from the address of a service here.
  const addressee = within === null ? null : addresseeAt(registry, within, port, () => 0)
  if (within !== null && !addressee) return nowhere
  const found = addressee?.ref ? registry.workload(addressee.ref) : registry.workloadAt(address)
  // Several entries may name one machine.
  const there = found && isOutsider(found) ? (registry.workload(named) ?? found) : found
  return there ? places.atPod(there, addressee?.port ?? port) : places.outside(port)
}

/** The address that a client dialled carries no `tlsMode`: mutual TLS that was inferred is begun, whoever is there. Of machines nobody ends it. Source: Istio `core/cluster_tls.go`. */
function withoutMatches(config: Cluster, endsTls: PlacedProxy['endsTls']): Cluster {
  if (config.tls.mode !== 'auto' || config.discovery !== 'original-dst') return config
  return { ...config, tls: config.endpoints.every(endsTls) ? { mode: 'istio-mutual', sni: null, subjectAltNames: null } : { mode: 'disable' } }
}

/**
 * Is it told by what it has done? A cluster that changes is a new one to Envoy, and starts anew: who was ejected is back, the round begins at its start, and
 * everybody warms up. Endpoints that come by themselves change it as it is. Each such cluster costs a subscription, and most need none.
 */
function remembers({ outlierDetection, slowStart, loadBalancing }: Cluster): boolean {
  return outlierDetection !== null || slowStart !== null || loadBalancing.kind === 'ROUND_ROBIN'
}
