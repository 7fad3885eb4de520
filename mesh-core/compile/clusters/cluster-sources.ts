import type { Registry, ServicePort } from '../../registry/registry.ts'
import type { PeerAuthentications } from '../authentication/peer-authentication.ts'
import type { Files, Secrets } from '../gateway/secrets.ts'
import type { MeshConfig } from '../mesh/mesh-config.ts'
import type { DestinationRule, Subset } from './destination-rule.ts'
import type { PortPolicy } from './destination-rule-types.ts'
import type { ClientPlace } from './locality.ts'

/** What a cluster is made of, beside its service. */
export interface ClusterSources {
  /** The DestinationRule that the client follows. */
  readonly rule: DestinationRule | undefined
  readonly client: ClientPlace
  readonly registry: Registry
  readonly mesh: MeshConfig
  /** The client is a gateway: nobody has dialled an address there that could be kept, so a headless service is balanced. */
  readonly gateway: boolean
  readonly secrets: Secrets
  readonly peerAuthentications: PeerAuthentications
  /** In the proxy's container. */
  readonly files: Files
}

/** Of the rule alone, and with what the mesh adds. */
export interface Policies {
  readonly own: PortPolicy
  readonly effective: PortPolicy
  /** Those of the host as a whole do: PASSTHROUGH is that of its subsets, too, whatever they say. Source: Istio `core/cluster_builder.go` buildSubsetCluster. */
  readonly keepsDestination: boolean
}

/** What a cluster is for. */
export interface PortOrSubset {
  readonly port: ServicePort
  readonly policies: Policies
  /** `null`: of the service as a whole. */
  readonly subset: Subset | null
}
