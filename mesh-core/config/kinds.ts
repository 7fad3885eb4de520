import { groupOf } from './resource.ts'

/** What mesh-core knows of a kind. */
export interface KindInfo {
  readonly group: string
  readonly kind: string
  /** Versions of the group that are read. */
  readonly versions: readonly string[]
  readonly namespaced: boolean
  /** Its objects act on the simulated mesh. */
  readonly modelled: boolean
}

const istio = ['v1alpha3', 'v1beta1', 'v1']
/** As the CRDs of bundle v1.6.0 serve them. */
const gatewayApi: Readonly<Record<string, readonly string[]>> = {
  Gateway: ['v1beta1', 'v1'],
  HTTPRoute: ['v1beta1', 'v1'],
  GRPCRoute: ['v1'],
  TCPRoute: ['v1alpha2', 'v1'],
  TLSRoute: ['v1alpha2', 'v1alpha3', 'v1'],
  UDPRoute: ['v1alpha2', 'v1'],
  ListenerSet: ['v1'],
  ReferenceGrant: ['v1beta1', 'v1'],
  BackendTLSPolicy: ['v1alpha3', 'v1'],
}

/** A closed list; everything else is kept and reported as not modelled. */
export const kinds: readonly KindInfo[] = [
  ...['VirtualService', 'DestinationRule', 'Gateway', 'ServiceEntry', 'Sidecar', 'WorkloadEntry', 'WorkloadGroup'].map((kind) =>
    known('networking.istio.io', kind, istio),
  ),
  known('networking.istio.io', 'EnvoyFilter', ['v1alpha3']),
  known('networking.istio.io', 'ProxyConfig', ['v1beta1']),
  known('security.istio.io', 'AuthorizationPolicy', ['v1beta1', 'v1']),
  ...['PeerAuthentication', 'RequestAuthentication'].map((kind) => known('security.istio.io', kind, ['v1beta1', 'v1'])),
  known('telemetry.istio.io', 'Telemetry', ['v1alpha1', 'v1']),
  known('extensions.istio.io', 'WasmPlugin', ['v1alpha1'], { modelled: false }),
  known('extensions.istio.io', 'TrafficExtension', ['v1alpha1']),
  ...['Service', 'Pod', 'ServiceAccount', 'Endpoints'].map((kind) => known('', kind, ['v1'])),
  ...['ConfigMap', 'Secret'].map((kind) => known('', kind, ['v1'])),
  known('discovery.k8s.io', 'EndpointSlice', ['v1']),
  ...['Namespace', 'Node'].map((kind) => known('', kind, ['v1'], { namespaced: false })),
  ...['Deployment', 'StatefulSet', 'DaemonSet', 'ReplicaSet'].map((kind) => known('apps', kind, ['v1'])),
  known('extensions', 'Deployment', ['v1beta1']),
  known('networking.k8s.io', 'Ingress', ['v1', 'v1beta1']),
  known('extensions', 'Ingress', ['v1beta1']),
  ...Object.entries(gatewayApi).map(([kind, versions]) => known('gateway.networking.k8s.io', kind, versions)),
  known('networking.k8s.io', 'IngressClass', ['v1', 'v1beta1'], { namespaced: false }),
  known('gateway.networking.k8s.io', 'GatewayClass', ['v1beta1', 'v1'], { namespaced: false }),
  // Ours: the object's own fields are those of Istio's MeshConfig.
  known('mesh.istio.io', 'MeshConfig', ['v1alpha1'], { namespaced: false }),
  known('mesh.istio.io', 'MeshNetworks', ['v1alpha1'], { modelled: false }),
  // Ours: what an address of `jwksUri` answers with.
  known('meshspec.dev', 'JsonWebKeySet', ['v1'], { namespaced: false }),
]

function known(group: string, kind: string, versions: readonly string[], { namespaced = true, modelled = true } = {}): KindInfo {
  return { group, kind, versions, namespaced, modelled }
}

const byName = new Map(kinds.map((info) => [`${info.group}/${info.kind}`, info]))

export function kindInfo(apiVersion: string, kind: string): KindInfo | undefined {
  const info = byName.get(`${groupOf(apiVersion)}/${kind}`)
  return info?.versions.includes(apiVersion.slice(apiVersion.indexOf('/') + 1)) ? info : undefined
}

/** By group: kinds that neither carry traffic nor say where it goes, whatever they say. */
const withoutTraffic: Readonly<Record<string, readonly string[]>> = {
  '': ['PersistentVolume', 'PersistentVolumeClaim', 'LimitRange', 'ResourceQuota', 'Event'],
  'admissionregistration.k8s.io': ['ValidatingWebhookConfiguration', 'ValidatingAdmissionPolicy', 'ValidatingAdmissionPolicyBinding'],
  'apiextensions.k8s.io': ['CustomResourceDefinition'],
  autoscaling: ['HorizontalPodAutoscaler'],
  'autoscaling.k8s.io': ['VerticalPodAutoscaler'],
  batch: ['Job', 'CronJob'],
  'coordination.k8s.io': ['Lease'],
  'monitoring.coreos.com': ['ServiceMonitor', 'PodMonitor', 'PrometheusRule', 'Probe'],
  policy: ['PodDisruptionBudget'],
  'rbac.authorization.k8s.io': ['Role', 'RoleBinding', 'ClusterRole', 'ClusterRoleBinding'],
  'scheduling.k8s.io': ['PriorityClass'],
  'storage.k8s.io': ['StorageClass'],
}

/** Nothing is missed where such a kind is passed over. */
export function isWithoutTraffic(apiVersion: string, kind: string): boolean {
  return withoutTraffic[groupOf(apiVersion)]?.includes(kind) === true
}

/** Kinds that mesh-core does not know and that have no namespace, as far as meshes carry them. */
const clusterScoped = new Set([
  'GatewayClass',
  'ClusterRole',
  'ClusterRoleBinding',
  'CustomResourceDefinition',
  'PersistentVolume',
  'StorageClass',
  'PriorityClass',
  'APIService',
  'ValidatingWebhookConfiguration',
  'MutatingWebhookConfiguration',
])

export function isNamespaced(apiVersion: string, kind: string): boolean {
  return kindInfo(apiVersion, kind)?.namespaced ?? !clusterScoped.has(kind)
}
