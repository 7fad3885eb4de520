import type { Resource } from '../config/resource.ts'
import { groupOf } from '../config/resource.ts'

/** `group/Kind`, without a version. */
export const kinds = {
  virtualService: 'networking.istio.io/VirtualService',
  destinationRule: 'networking.istio.io/DestinationRule',
  gateway: 'networking.istio.io/Gateway',
  serviceEntry: 'networking.istio.io/ServiceEntry',
  sidecar: 'networking.istio.io/Sidecar',
  proxyConfig: 'networking.istio.io/ProxyConfig',
  envoyFilter: 'networking.istio.io/EnvoyFilter',
  authorizationPolicy: 'security.istio.io/AuthorizationPolicy',
  requestAuthentication: 'security.istio.io/RequestAuthentication',
  telemetry: 'telemetry.istio.io/Telemetry',
  wasmPlugin: 'extensions.istio.io/WasmPlugin',
  trafficExtension: 'extensions.istio.io/TrafficExtension',
  meshConfig: 'mesh.istio.io/MeshConfig',
  meshNetworks: 'mesh.istio.io/MeshNetworks',
  kubernetesGateway: 'gateway.networking.k8s.io/Gateway',
  service: '/Service',
  pod: '/Pod',
  namespace: '/Namespace',
  node: '/Node',
  secret: '/Secret',
  configMap: '/ConfigMap',
  deployment: 'apps/Deployment',
  mutatingWebhook: 'admissionregistration.k8s.io/MutatingWebhookConfiguration',
  validatingWebhook: 'admissionregistration.k8s.io/ValidatingWebhookConfiguration',
  crd: 'apiextensions.k8s.io/CustomResourceDefinition',
} as const

/** Namespaces of Kubernetes itself: neither they nor what they hold is looked at. Source: Istio `pkg/kube/inject` IgnoredNamespaces. */
const systemNamespaces: ReadonlySet<string> = new Set(['kube-system', 'kube-public', 'kube-node-lease', 'local-path-storage'])

export interface InventoryOptions {
  /** Time of the analysis, in ms since the epoch: certificates are valid at some times and not at others. */
  readonly nowMs: number
  /**
   * The resources are all that the mesh has (default). Otherwise what does not appear is taken to live elsewhere, where nothing of its kind is
   * there in its namespace: so a folder of rules can be looked at without the services.
   */
  readonly whole?: boolean
  /** The resources are what somebody applies: pods are those that Deployments and their like make. Default: pods are Pods alone, as in a dump of a cluster. */
  readonly manifests?: boolean
  /** What other clusters of the mesh have: of that the control plane discovers services, pods and their surroundings, and reads no config. */
  readonly elsewhere?: readonly Resource[]
}

/** The resources that an analysis looks at, by kind, in the order in which they were given. */
export class Inventory {
  readonly nowMs: number
  readonly #byKind = new Map<string, Resource[]>()
  readonly #byName = new Map<string, Resource>()
  readonly #elsewhere = new Map<string, Resource[]>()
  readonly #whole: boolean
  readonly #byNamespace = new Map<string, Resource[]>()
  readonly #elsewhereByNamespace = new Map<string, Resource[]>()
  readonly #pods: readonly Resource[]

  constructor(resources: readonly Resource[], { nowMs, whole = true, manifests = false, elsewhere = [] }: InventoryOptions) {
    this.nowMs = nowMs
    this.#whole = whole
    for (const resource of resources) if (!isOfSystem(resource)) this.#add(resource)
    for (const resource of elsewhere) if (isDiscovered(resource) && !isOfSystem(resource)) this.#addElsewhere(resource)
    const made = manifests ? workloadKinds.flatMap((kind) => this.everywhere(kind)).map(podOf) : []
    for (const pod of made) addTo(this.#byNamespace, `${kinds.pod}/${pod.namespace}`, pod)
    this.#pods = [...this.everywhere(kinds.pod), ...made]
  }

  /** Of all kinds. */
  get everything(): readonly Resource[] {
    return [...this.#byKind.values()].flat()
  }

  all(kind: string): readonly Resource[] {
    return this.#byKind.get(kind) ?? []
  }

  /** Those of other clusters, too, after the own ones. */
  everywhere(kind: string): readonly Resource[] {
    const others = this.#elsewhere.get(kind)
    return others ? [...this.all(kind), ...others] : this.all(kind)
  }

  /** What selectors can select, in any cluster: Pods, and with `manifests` one for each template. */
  get pods(): readonly Resource[] {
    return this.#pods
  }

  /** Resources of a kind in one namespace; a service selects pods of its own only. */
  allIn(kind: string, namespace: string): readonly Resource[] {
    return this.#byNamespace.get(`${kind}/${namespace}`) ?? []
  }

  /** Those of other clusters, too: namespaces of one name are one in a mesh. */
  everywhereIn(kind: string, namespace: string): readonly Resource[] {
    return [...this.allIn(kind, namespace), ...(this.#elsewhereByNamespace.get(`${kind}/${namespace}`) ?? [])]
  }

  /** The own one, or that of another cluster. */
  find(kind: string, namespace: string, name: string): Resource | undefined {
    return this.#byName.get(`${kind}/${namespace}/${name}`)
  }

  /** May something of the kind be missed in the namespace? Not where nothing of it is known and the mesh is not whole. */
  knows(kind: string, namespace?: string): boolean {
    if (this.#whole) return true
    if (namespace === undefined) return kind === kinds.pod ? this.pods.length > 0 : this.everywhere(kind).length > 0
    return this.#byNamespace.has(`${kind}/${namespace}`) || this.#elsewhereByNamespace.has(`${kind}/${namespace}`)
  }

  get isWhole(): boolean {
    return this.#whole
  }

  #add(resource: Resource): void {
    const kind = kindOf(resource)
    addTo(this.#byKind, kind, resource)
    addTo(this.#byNamespace, `${kind}/${resource.namespace}`, resource)
    this.#byName.set(nameKey(kind, resource), resource)
  }

  #addElsewhere(resource: Resource): void {
    const kind = kindOf(resource)
    addTo(this.#elsewhere, kind, resource)
    addTo(this.#elsewhereByNamespace, `${kind}/${resource.namespace}`, resource)
    if (!this.#byName.has(nameKey(kind, resource))) this.#byName.set(nameKey(kind, resource), resource)
  }
}

function nameKey(kind: string, { namespace, name }: Resource): string {
  return `${kind}/${namespace}/${name}`
}

function addTo(map: Map<string, Resource[]>, key: string, resource: Resource): void {
  const known = map.get(key)
  if (known) known.push(resource)
  else map.set(key, [resource])
}

/** Of remote clusters no config is read. Source: Istio `kuberesource` DefaultRemoteClusterExcludedSchemas. */
function isDiscovered(resource: Resource): boolean {
  return discovered.has(kindOf(resource))
}

export const scalerKind = 'autoscaling/HorizontalPodAutoscaler'
const workloadKinds = ['apps/Deployment', 'apps/StatefulSet', 'apps/DaemonSet', 'apps/ReplicaSet']

const discovered: ReadonlySet<string> = new Set([kinds.service, kinds.pod, kinds.namespace, kinds.node, ...workloadKinds, scalerKind])

/** The pod that a workload's template makes. */
function podOf(workload: Resource): Resource {
  const { metadata, spec } = (workload.object.spec?.template ?? {}) as Fields
  return {
    ...workload,
    kind: 'Pod',
    apiVersion: 'v1',
    object: { apiVersion: 'v1', kind: 'Pod', metadata: { ...metadata, name: workload.name }, spec },
  }
}

export function kindOf({ apiVersion, kind }: Resource): string {
  return `${groupOf(apiVersion)}/${kind}`
}

function isSystemNamespace(namespace: string): boolean {
  return systemNamespaces.has(namespace)
}

function isOfSystem({ kind, name, namespace }: Resource): boolean {
  return isSystemNamespace(namespace) || (kind === 'Namespace' && isSystemNamespace(name))
}

/** `namespace/name`, or the name alone. */
export function fullName({ namespace, name }: { readonly namespace: string; readonly name: string }): string {
  return namespace === '' ? name : `${namespace}/${name}`
}

/** An empty object for a resource without a spec. */
export function specOf(resource: Resource): Fields {
  return (resource.object.spec ?? {}) as Fields
}

export function labelsOf({ object }: Resource): Readonly<Record<string, string>> {
  return object.metadata?.labels ?? {}
}

export function annotationsOf({ object }: Resource): Readonly<Record<string, string>> {
  return object.metadata?.annotations ?? {}
}

/** A list, which a document that nobody has validated may hold something else for. */
export function listOf(value: unknown): readonly Fields[] {
  return Array.isArray(value) ? (value as readonly Fields[]).filter((entry) => typeof entry === 'object' && entry !== null) : []
}

/** Texts of a list. */
export function textsOf(value: unknown): readonly string[] {
  return Array.isArray(value) ? value.filter((entry) => typeof entry === 'string') : []
}

/** An object of any shape: schemas are checked elsewhere, and an analyzer says nothing of what it does not understand. */
export type Fields = Readonly<Record<string, any>>
