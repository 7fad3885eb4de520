import type { Capability } from '../../../target.ts'

/** What a right is for: what scenarios ask of a target, objects of one kind among their config, or something that a run can do without. */
export type Purpose = Capability | 'objects' | 'run' | 'evidence' | 'own-gateway' | 'mesh-config'

/** One rule of RBAC. Source: Kubernetes `rbac.authorization.k8s.io/v1` PolicyRule. */
export interface Right {
  readonly group: string
  /** Plural, perhaps with its part: `pods/exec`. */
  readonly resources: readonly string[]
  readonly verbs: readonly string[]
  /** The right is for the object of this name alone; without it for all. */
  readonly name?: string
  /** Where it has to hold: in the namespaces that stand for those of scenarios, in that of the control plane, in that of the Lease, or in the whole cluster. */
  readonly where: 'scenarios' | 'control-plane' | 'lease' | 'cluster'
  readonly purposes: readonly Purpose[]
}

export interface RightsWanted {
  /** Puts services into the cluster. */
  readonly deploy: boolean
  /** Some were named: what stands in them is replaced, and put back. */
  readonly namesNamespaces: boolean
  /** Brings an ingress gateway of its own, with credentials that scenarios give it. */
  readonly ownGateway: boolean
  /** The Services by which telemetry is asked through the API server, as `services/proxy` names them. */
  readonly telemetry: readonly string[]
  /** The ConfigMap of the mesh config, where the run may change it. */
  readonly meshConfigMap?: string | null
}

/** Kinds that scenarios may apply, by their group. */
export const configKinds: readonly (readonly [string, readonly string[]])[] = [
  [
    'networking.istio.io',
    ['virtualservices', 'destinationrules', 'gateways', 'serviceentries', 'sidecars', 'workloadentries', 'workloadgroups', 'envoyfilters'],
  ],
  ['security.istio.io', ['authorizationpolicies', 'peerauthentications', 'requestauthentications']],
  ['telemetry.istio.io', ['telemetries']],
  ['extensions.istio.io', ['trafficextensions']],
  [
    'gateway.networking.k8s.io',
    ['gateways', 'httproutes', 'grpcroutes', 'tcproutes', 'tlsroutes', 'udproutes', 'referencegrants', 'listenersets', 'backendtlspolicies'],
  ],
  ['networking.k8s.io', ['ingresses']],
  ['', ['services', 'endpoints', 'configmaps']],
]

/** A server-side apply of what is not there yet is a `create` and a `patch`. Source: Kubernetes API concepts, "Server-Side Apply". */
export const ownVerbs = ['get', 'create', 'patch', 'delete']

/** All that a run does to a cluster: what it asks for beforehand, and what the chart in `deploy/` grants. */
export function rightsOf({ deploy, namesNamespaces, ownGateway, telemetry, meshConfigMap = null }: RightsWanted): readonly Right[] {
  // What somebody else has made is replaced and put back by updates.
  const verbs = namesNamespaces ? [...ownVerbs, 'update'] : ownVerbs
  return [
    ...runRights,
    ...(namesNamespaces ? [] : [namespaceRight]),
    ...configKinds.map(([group, resources]): Right => ({ group, resources, verbs, where: 'scenarios', purposes: ['objects'] })),
    ...podRights(deploy),
    ...(deploy ? deployRights : []),
    ...(ownGateway ? gatewayRights : []),
    ...(meshConfigMap === null ? [] : meshConfigRights(meshConfigMap)),
    ...telemetry.map((name): Right => ({
      group: '',
      resources: ['services/proxy'],
      verbs: ['get'],
      name,
      where: 'control-plane',
      purposes: ['evidence'],
    })),
  ]
}

/** Which Istio there is, where its gateways are; and that no other run is at work. */
const runRights: readonly Right[] = [
  { group: '', resources: ['services'], verbs: ['list'], where: 'cluster', purposes: ['gateway-calls', 'evidence'] },
  // Of gateways: their hosts, where a port of the node leads to them, and their access logs.
  { group: '', resources: ['pods'], verbs: ['list'], where: 'cluster', purposes: ['run'] },
  { group: 'apps', resources: ['deployments'], verbs: ['list'], where: 'cluster', purposes: ['run'] },
  { group: 'coordination.k8s.io', resources: ['leases'], verbs: ['create'], where: 'lease', purposes: ['run'] },
  { group: 'coordination.k8s.io', resources: ['leases'], verbs: ['get', 'update', 'delete'], name: 'meshspec', where: 'lease', purposes: ['run'] },
]

const namespaceRight: Right = { group: '', resources: ['namespaces'], verbs: ownVerbs, where: 'cluster', purposes: ['config', 'workloads'] }

function podRights(deploy: boolean): readonly Right[] {
  return [
    { group: '', resources: ['pods'], verbs: ['list'], where: 'scenarios', purposes: ['in-mesh-calls', 'workloads', 'pods'] },
    // The stream of an exec begins as a GET; API servers from 1.35 on ask for `create` all the same.
    { group: '', resources: ['pods/exec'], verbs: ['get', 'create'], where: 'scenarios', purposes: ['in-mesh-calls'] },
    // Pods of the run tell everything themselves.
    ...(deploy ? [] : [{ group: '', resources: ['pods/log'], verbs: ['get'], where: 'scenarios', purposes: ['evidence'] } as const]),
  ]
}

const deployRights: readonly Right[] = [
  { group: 'apps', resources: ['deployments'], verbs: ownVerbs, where: 'scenarios', purposes: ['workloads'] },
  { group: 'apps', resources: ['statefulsets', 'daemonsets', 'replicasets'], verbs: ownVerbs, where: 'scenarios', purposes: ['objects'] },
  { group: '', resources: ['serviceaccounts'], verbs: ownVerbs, where: 'scenarios', purposes: ['workloads'] },
  { group: '', resources: ['services'], verbs: ownVerbs, where: 'scenarios', purposes: ['workloads'] },
  { group: 'discovery.k8s.io', resources: ['endpointslices'], verbs: ['list'], where: 'scenarios', purposes: ['workloads'] },
]

/** It is asked of the control plane's pods whether they have taken it up. */
function meshConfigRights(name: string): readonly Right[] {
  const purposes: readonly Purpose[] = ['mesh-config']
  return [
    { group: '', resources: ['configmaps'], verbs: ['get', 'update'], name, where: 'control-plane', purposes },
    { group: '', resources: ['pods/exec'], verbs: ['get', 'create'], where: 'control-plane', purposes },
  ]
}

/** Who gives a gateway the right to read credentials has to have it. Source: Kubernetes RBAC, "Privilege escalation prevention". */
const gatewayRights: readonly Right[] = [
  { group: '', resources: ['secrets'], verbs: [...ownVerbs, 'list', 'watch'], where: 'scenarios', purposes: ['own-gateway'] },
  { group: 'rbac.authorization.k8s.io', resources: ['roles', 'rolebindings'], verbs: ownVerbs, where: 'scenarios', purposes: ['own-gateway'] },
]
