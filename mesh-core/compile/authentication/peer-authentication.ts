import type { Resource } from '../../config/resource.ts'
import { selects } from '../../registry/labels.ts'
import type { Labels } from '../../registry/labels.ts'

/**
 * What a sidecar asks of those who connect: mutual TLS of the mesh; that, or anything else; or it looks for no TLS at all.
 * Source: Istio `model/authentication.go` MutualTLSMode.
 */
export type MutualTlsMode = 'strict' | 'permissive' | 'disable'

/** A pod, or an endpoint that stands for one. */
export interface PolicySubject {
  readonly namespace: string
  readonly labels: Labels
}

interface MutualTls {
  readonly mode?: string
}

/** `null` for UNSET: what is above it holds. */
type OwnMode = MutualTlsMode | null

interface Policy {
  readonly namespace: string
  /** Empty for all workloads of the namespace, or of the mesh. */
  readonly labels: Labels
  readonly mode: OwnMode
  /** By the port of the workload, not of a service. */
  readonly ports: ReadonlyMap<number, OwnMode>
}

/** The PeerAuthentications of a mesh. Source: Istio `model/authentication.go`, `security/authn/policy_applier.go` ComposePeerAuthentication. */
export class PeerAuthentications {
  /** There is none. */
  readonly empty: boolean
  readonly #policies: readonly Policy[]
  readonly #rootNamespace: string
  readonly #known = new Map<string, Policy | null>()

  /** @param resources in order of age: of several in one place the oldest acts alone */
  constructor(resources: readonly Resource[], rootNamespace: string) {
    this.empty = resources.length === 0
    this.#policies = resources.map(policyOf)
    this.#rootNamespace = rootNamespace
  }

  /** What the sidecar of a workload asks of those who connect to a port of it. */
  modeOf({ namespace, labels }: PolicySubject, port: number): MutualTlsMode {
    if (this.empty) return 'permissive'
    const own = this.#policies.find((policy) => policy.namespace === namespace && this.#isOfWorkloads(policy) && selects(policy.labels, labels))
    return own?.ports.get(port) ?? own?.mode ?? this.modeOfNamespace(namespace)
  }

  /**
   * What clients expect of all workloads of a namespace, before they know which they talk to; policies of single workloads do not count.
   * Source: the same file, GetNamespaceMutualTLSMode.
   */
  modeOfNamespace(namespace: string): MutualTlsMode {
    return this.#forAll(namespace)?.mode ?? this.#forAll(this.#rootNamespace)?.mode ?? 'permissive'
  }

  #forAll(namespace: string): Policy | null {
    let known = this.#known.get(namespace)
    if (known === undefined) {
      known = this.#policies.find((policy) => policy.namespace === namespace && isForAll(policy)) ?? null
      this.#known.set(namespace, known)
    }
    return known
  }

  /** In the root namespace a policy that selects workloads acts nowhere. */
  #isOfWorkloads(policy: Policy): boolean {
    return !isForAll(policy) && policy.namespace !== this.#rootNamespace
  }
}

function isForAll({ labels }: Policy): boolean {
  return Object.keys(labels).length === 0
}

function policyOf({ namespace, object }: Resource): Policy {
  const spec = (object['spec'] ?? {}) as {
    readonly selector?: { readonly matchLabels?: Labels }
    readonly mtls?: MutualTls
    readonly portLevelMtls?: Readonly<Record<string, MutualTls>>
  }
  return {
    namespace,
    labels: spec.selector?.matchLabels ?? {},
    mode: modeOf(spec.mtls),
    ports: new Map(Object.entries(spec.portLevelMtls ?? {}).map(([port, mutualTls]) => [Number(port), modeOf(mutualTls)])),
  }
}

const modes: Readonly<Record<string, MutualTlsMode>> = { STRICT: 'strict', PERMISSIVE: 'permissive', DISABLE: 'disable' }

function modeOf(mutualTls: MutualTls | null | undefined): OwnMode {
  return modes[mutualTls?.mode ?? ''] ?? null
}
