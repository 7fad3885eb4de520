import type { KubeObject, Resource } from '../../../../../mesh-core/config/resource.ts'
import { isForIngress } from '../gateways/ingress-selectors.ts'
import { systemNamespace } from './namespace-map.ts'

/**
 * Kinds that mean in `istio-system` what they mean elsewhere; others act on the whole mesh there, as of its root namespace, which a stand-in for it does not.
 * Source: Istio `MeshConfig.rootNamespace`.
 */
const local: ReadonlySet<string> = new Set([
  'Secret',
  'ConfigMap',
  'Service',
  'ServiceAccount',
  'Role',
  'RoleBinding',
  'Deployment',
  'Endpoints',
  'EndpointSlice',
  'Gateway',
  'VirtualService',
  'ServiceEntry',
  'WorkloadEntry',
  'HTTPRoute',
  'GRPCRoute',
  'TCPRoute',
  'TLSRoute',
  'ListenerSet',
  'ReferenceGrant',
])

export function actsOnWholeMesh({ kind, namespace, object }: Pick<Resource, 'kind' | 'namespace' | 'object'>): boolean {
  return namespace === systemNamespace && !local.has(kind) && !isForIngress(object) && !isForItself(object)
}

/** Rules that clients of their own namespace alone have are for the gateways there. Source: Istio `DestinationRule.exportTo`. */
function isForItself({ kind, spec }: KubeObject): boolean {
  return kind === 'DestinationRule' && JSON.stringify(spec?.exportTo) === '["."]'
}
