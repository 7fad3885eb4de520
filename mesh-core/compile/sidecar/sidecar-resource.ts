import type { Resource } from '../../config/resource.ts'
import type { ApplicationSocket } from '../../ir/inbound-port.ts'
import type { Origin } from '../../ir/origin.ts'
import type { Labels } from '../../registry/labels.ts'
import { socketPath } from '../../registry/endpoints.ts'
import { selects } from '../../registry/labels.ts'
import { declaredProtocol } from '../../registry/protocol.ts'
import type { Protocol, WorkloadInstance } from '../../registry/registry.ts'
import type { ConnectionPool } from '../clusters/destination-rule-types.ts'
import type { OutboundMode } from '../mesh/mesh-config.ts'
import type { Destination } from '../rules/virtual-service-types.ts'

/** A name that is imported, and from where: `*` from everywhere. */
export interface ImportedHost {
  readonly namespace: string
  readonly host: string
}

export interface EgressSpec {
  /** `null` takes the ports of the services. */
  readonly port: { readonly number: number; readonly protocol: Protocol } | null
  /** Of `HTTP_PROXY`: takes requests for port 80 of every service, whatever port it has itself. */
  readonly isProxy: boolean
  /** Address that is listened on; `''` for those of the services. */
  readonly bind: string
  /** `captureMode: NONE`: clients dial it by themselves. */
  readonly bindsToPort: boolean
  readonly hosts: readonly ImportedHost[]
  /** `~prod/shop.example.com`: not imported, whatever else is. */
  readonly excluded: readonly ImportedHost[]
}

export interface IngressSpec {
  readonly port: number
  readonly protocol: Protocol
  /** `captureMode: NONE` */
  readonly bindsToPort: boolean
  /** Where the workload itself listens; `null`: where the connection was going. */
  readonly defaultEndpoint: ApplicationSocket | null
  readonly connectionPool: ConnectionPool | undefined
}

/** A Sidecar resource, ready to be asked. */
export interface SidecarResource {
  readonly name: string
  readonly namespace: string
  /** `null` for the one of a whole namespace. */
  readonly selector: Labels | null
  readonly egress: readonly EgressSpec[]
  /** Empty: the services decide. Where there is one, it takes their place. */
  readonly ingress: readonly IngressSpec[]
  /** `null`: as the mesh has it. */
  readonly outboundMode: Exclude<OutboundMode, 'ALLOW_ANY_DYNAMIC_DNS'> | null
  /** Takes unknown traffic where it is not refused; `null`: it goes where it was going. */
  readonly egressProxy: NonNullable<Destination> | null
  readonly inboundConnectionPool: ConnectionPool | undefined
  readonly origin: Origin
}

/** Validated by its schema when it was read. */
type Spec = any

export const everything: EgressSpec = {
  port: null,
  isProxy: false,
  bind: '',
  bindsToPort: false,
  hosts: [{ namespace: '*', host: '*' }],
  excluded: [],
}

/** Without `egress` everything is imported. Source: Istio `pilot/pkg/model/sidecar.go` initSidecarScopeInternalIndexes. */
export function sidecarResourceOf(resource: Resource): SidecarResource {
  const spec: Spec = resource.object['spec'] ?? {}
  const egress: EgressSpec[] = (spec.egress ?? []).map(egressOf)
  const policy = spec.outboundTrafficPolicy
  return {
    name: resource.name,
    namespace: resource.namespace,
    selector: spec.workloadSelector ? (spec.workloadSelector.labels ?? {}) : null,
    egress: egress.length > 0 ? egress : [everything],
    ingress: (spec.ingress ?? []).map(ingressOf),
    outboundMode: policy ? (policy.mode ?? 'REGISTRY_ONLY') : null,
    egressProxy: policy?.egressProxy ?? null,
    inboundConnectionPool: spec.inboundConnectionPool,
    origin: resource.origin,
  }
}

/** What listens on a port of its own and names no address listens on the loopback. Source: `core/listener.go` buildSidecarOutboundListeners. */
function egressOf(egress: Spec): EgressSpec {
  const own = egress.captureMode === 'NONE'
  const hosts: readonly string[] = egress.hosts ?? []
  return {
    port: egress.port ? { number: egress.port.number ?? 0, protocol: declaredProtocol(egress.port.protocol) } : null,
    isProxy: egress.port?.protocol?.toUpperCase() === 'HTTP_PROXY',
    bind: egress.bind ?? (own ? '127.0.0.1' : ''),
    bindsToPort: own,
    hosts: hosts.filter((host) => !host.startsWith('~')).map(importedHost),
    excluded: hosts.filter((host) => host.startsWith('~')).map((host) => importedHost(host.slice(1))),
  }
}

function importedHost(text: string): ImportedHost {
  const slash = text.indexOf('/')
  return { namespace: text.slice(0, slash) || '*', host: text.slice(slash + 1) }
}

/** Source: `core/listener_inbound.go` buildInboundChainConfigs. */
function ingressOf({ port, captureMode, defaultEndpoint, connectionPool }: Spec): IngressSpec {
  const protocol = declaredProtocol(port.protocol)
  return { port: port.number, protocol, bindsToPort: captureMode === 'NONE', defaultEndpoint: endpointOf(defaultEndpoint ?? ''), connectionPool }
}

/** `127.0.0.1:8080`, `0.0.0.0:8080`, `unix:///var/run/app.sock`; one without an address counts for nothing, its port neither. Source: Istio `core/cluster.go` buildInboundClustersFromSidecar. */
function endpointOf(text: string): ApplicationSocket | null {
  const path = socketPath(text)
  if (path !== null) return { at: 'unix', port: 0, path }
  const [, address, port] = /^(.+):(\d+)$/.exec(text) ?? []
  return address === undefined ? null : { at: address === '127.0.0.1' ? 'loopback' : 'pod', port: Number(port) }
}

/** The Sidecars of a mesh, in order of age. */
export class SidecarResources {
  readonly #byNamespace = new Map<string, SidecarResource[]>()
  readonly #root: SidecarResource | null

  constructor(all: readonly SidecarResource[], rootNamespace: string) {
    for (const sidecar of all) this.#byNamespace.set(sidecar.namespace, [...(this.#byNamespace.get(sidecar.namespace) ?? []), sidecar])
    this.#root = this.#byNamespace.get(rootNamespace)?.find((sidecar) => sidecar.selector === null) ?? null
  }

  get empty(): boolean {
    return this.#byNamespace.size === 0
  }

  /**
   * The one that a workload follows: of its namespace the oldest that selects it, else the one for the whole namespace, else that of the root namespace.
   * Source: Istio `pilot/pkg/model/push_context.go` getSidecarScope, initSidecarScopes.
   */
  for({ ref, labels }: Pick<WorkloadInstance, 'ref' | 'labels'>): SidecarResource | null {
    const own = this.#byNamespace.get(ref.namespace) ?? []
    const selecting = own.find((sidecar) => sidecar.selector !== null && selects(sidecar.selector, labels))
    return selecting ?? own.find((sidecar) => sidecar.selector === null) ?? this.#root
  }
}
