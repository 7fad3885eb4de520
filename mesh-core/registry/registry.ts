import type { Endpoint, WorkloadRef } from '../ir/cluster.ts'
import type { Origin } from '../ir/origin.ts'
import type { Mount } from './volumes.ts'

/** `spec.hostname` and `spec.subdomain` of a pod, by which DNS knows it below a service: `db-0.db.shop.svc.cluster.local`. */
export interface PodName {
  /** `''`: none is written. */
  readonly hostname: string
  /** Name of the service; a StatefulSet's pods have its `serviceName`. */
  readonly subdomain: string
}

/** One pod, or what stands for one. */
export interface WorkloadInstance {
  readonly ref: WorkloadRef
  /** Pod IP: 10.244.0.2 and so on in the order of the Deployments and their replicas. */
  readonly address: string
  readonly labels: Readonly<Record<string, string>>
  readonly annotations: Readonly<Record<string, string>>
  readonly serviceAccount: string
  /** `app` label, or the workload's name. */
  readonly app: string
  /** `version` label, or `''`. */
  readonly version: string
  /** Container ports by number, with their names. */
  readonly ports: readonly { readonly number: number; readonly name: string; readonly udp?: true }[]
  readonly ready: boolean
  /** A sidecar was injected. Never so for a gateway. */
  readonly sidecar: boolean
  /** `istio`: clients of the mesh may begin mutual TLS with it. Label `security.istio.io/tlsMode`, which injection adds. */
  readonly tlsMode: Endpoint['tlsMode']
  /** The pod is a proxy of its own that takes what comes from outside, e.g. `istio-ingressgateway`. */
  readonly gateway: boolean
  /** Env of the first container: literal values only. */
  readonly env: Readonly<Record<string, string>>
  readonly image: string
  /** What stands as files in the containers of the application, and in that of the proxy. */
  readonly mounts: readonly Mount[]
  readonly proxyMounts: readonly Mount[]
  /** `region/zone/subzone` or `''`. */
  readonly locality: string
  /** Name of the Kubernetes node that it was put on; `''` when nobody has said so. */
  readonly node: string
  /** Left out where the pod has neither hostname nor subdomain. */
  readonly podName?: PodName
  readonly origin: Origin
}

export type Protocol = 'http' | 'http2' | 'grpc' | 'grpc-web' | 'https' | 'tls' | 'tcp' | 'mongo' | 'mysql' | 'udp' | 'auto'

export interface ServicePort {
  readonly name: string
  readonly number: number
  /** Number or container port name. */
  readonly targetPort: number | string
  /** `targetPort` of a ServiceEntry, where it has one: without resolution it goes before the port that the client dialled. */
  readonly ownTarget?: number
  /** Of a NodePort or LoadBalancer service; `null` when the cluster would choose one. */
  readonly nodePort: number | null
  readonly protocol: Protocol
}

/** Where a service was read from. Source: Istio `pilot/pkg/serviceregistry/provider`. */
export type Provider = 'Kubernetes' | 'External'

/** Whether a service asks for near endpoints. Source: Istio `pilot/pkg/model/service.go` TrafficDistribution. */
export type TrafficDistribution = 'any' | 'same-zone' | 'same-node'

/** A host that the mesh knows. Source: Istio `model.Service`. */
export interface Service {
  /** FQDN: `reviews.default.svc.cluster.local`, or a ServiceEntry's host. */
  readonly host: string
  readonly name: string
  readonly namespace: string
  /** Cluster IP, or the first address of a ServiceEntry; `''` for a headless service and for hosts that only DNS knows. */
  readonly address: string
  /** All of them: addresses and ranges (`192.0.2.0/28`). */
  readonly addresses: readonly string[]
  /** What istiod has given it where it has no address: proxies that answer for DNS know it by these. ServiceEntry `status.addresses`. */
  readonly allocated: readonly string[]
  /** Of several services of one host Kubernetes' own is taken. */
  readonly provider: Provider
  /**
   * `registry`: pods of the cluster. `alias`: an ExternalName, another name of `externalName`. Others are a ServiceEntry's `resolution`: its own endpoints, the
   * name's addresses in DNS (for `dynamic-dns` of the name that is asked for), or the address that the client dialled.
   */
  readonly resolution: 'registry' | 'alias' | 'static' | 'dns' | 'dns-round-robin' | 'dynamic-dns' | 'none'
  /** `''` unless it is an alias. */
  readonly externalName: string
  /** Other names of it: ExternalName services that lead to it. */
  readonly aliases: readonly string[]
  /** ServiceEntry `location: MESH_EXTERNAL`: no mutual TLS of the mesh. */
  readonly external: boolean
  /** ServiceEntry `subjectAltNames`: what certificates of its servers say, unless a rule says otherwise. */
  readonly subjectAltNames: readonly string[]
  readonly headless: boolean
  readonly trafficDistribution: TrafficDistribution
  /** Of its endpoints each client has those on its own node. Kubernetes `internalTrafficPolicy: Local`. */
  readonly nodeLocal: boolean
  readonly ports: readonly ServicePort[]
  readonly selector: Readonly<Record<string, string>> | null
  readonly labels: Readonly<Record<string, string>>
  /** `*`, `.`, `~` or namespaces; empty means the mesh's default. */
  readonly exportTo: readonly string[]
  /** ms since the epoch; 0 when not given. */
  readonly createdMs: number
  readonly origin: Origin
}

/** What the compiler and the data plane may ask of the services that are there. Immutable: a change makes a new one. */
export interface Registry {
  /** That identities of workloads belong to. */
  readonly trustDomain: string
  readonly services: readonly Service[]
  readonly workloads: readonly WorkloadInstance[]
  /** Machines and hosts outside of Kubernetes that ServiceEntries, WorkloadEntries and EndpointSlices name. */
  readonly outsiders: readonly WorkloadInstance[]
  service(host: string): Service | undefined
  /** A pod, or somebody outside. */
  workload(ref: WorkloadRef): WorkloadInstance | undefined
  workloadAt(address: string): WorkloadInstance | undefined
  /** The service whose cluster IP this is. */
  serviceAt(address: string): Service | undefined
  /** Endpoints of a service's port, those that are not ready among them. */
  endpoints(service: Service, port: number): readonly Endpoint[]
  /** Those that the service itself has: kube-proxy knows nothing of what ServiceEntries of its host add. */
  ownEndpoints(service: Service, port: number): readonly Endpoint[]
  /**
   * What DNS answers to a client in `namespace` (search list `<ns>.svc.cluster.local`, `svc.cluster.local`, `cluster.local`):
   * the cluster IP, or for a headless service the address of a pod; for a name of one pod below its service (`db-0.db`) its address; for a name of the outside world an address out there; an IP address is itself.
   * `null`: there is no such name.
   */
  resolve(hostname: string, namespace: string): string | null
}

/**
 * One place that services are read from, with the instances of each. Several may know the same host; what they know of its endpoints adds up.
 * Source: Istio `pilot/pkg/model/service.go` ServiceDiscovery.
 */
export interface ServiceSource {
  readonly provider: Provider
  readonly services: readonly Service[]
  /** Who stands behind them and is no pod. */
  outsiders(): readonly WorkloadInstance[]
  /** Of a service of this source. */
  endpoints(service: Service, port: ServicePort): readonly Endpoint[]
}
