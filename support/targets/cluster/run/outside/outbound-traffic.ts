import type { KubeObject, Resource, ResourceRef } from '../../../../../mesh-core/config/resource.ts'
import { NotSupported } from '../../../target.ts'
import { isPushed } from '../access/mesh-config-map.ts'
import { canonical, refOfObject } from '../restore/restore.ts'

interface SidecarSpec {
  readonly workloadSelector?: unknown
  readonly outboundTrafficPolicy?: object
}

const name = 'meshspec-outbound-traffic'
const described: ReadonlySet<string> = new Set(['apiVersion', 'kind', 'metadata', 'outboundTrafficPolicy', 'outbound_traffic_policy'])
/** That a Sidecar has, too. Source: Istio `sidecar.proto` OutboundTrafficPolicy.Mode. */
const modes: readonly unknown[] = ['REGISTRY_ONLY', 'ALLOW_ANY']

interface Policy {
  readonly mode: string
}

/**
 * What sidecars let out by default. The mesh config says it for the whole mesh, which a run is not to change; a Sidecar says the same for its namespace, and leaves
 * everything else as it is. Sources: MeshConfig `outboundTrafficPolicy`; Sidecar `outboundTrafficPolicy`; Istio `sidecar.go` (convertToSidecarScope).
 */
export class OutboundTraffic {
  readonly #isNamed: (namespace: string) => boolean
  #policy: Policy | null = null

  /** @param isNamed is the namespace of the cluster the user's, where a Sidecar for all of it would act on others? */
  constructor(isNamed: (namespace: string) => boolean) {
    this.#isNamed = isNamed
  }

  /** @throws NotSupported where the mesh config says what no Sidecar can */
  take({ object }: Resource): void {
    const others = Object.keys(object).filter((field) => !described.has(field))
    if (others.length > 0) throw ofWholeMesh(others.join(', '))
    const { mode, ...rest } = (object['outboundTrafficPolicy'] ?? object['outbound_traffic_policy'] ?? {}) as { readonly mode?: string }
    if (Object.keys(rest).length > 0) throw ofWholeMesh(`outboundTrafficPolicy.${Object.keys(rest)[0]}`)
    if (mode === undefined) return
    if (!modes.includes(mode)) throw ofWholeMesh(`outboundTrafficPolicy.mode ${mode}`)
    this.#policy = { mode }
  }

  /** A Sidecar of the scenario's, which takes from the mesh config what it does not say itself. */
  inheriting(sidecar: KubeObject): KubeObject {
    const spec = sidecar['spec'] as SidecarSpec | undefined
    if (this.#policy === null || spec?.outboundTrafficPolicy) return sidecar
    return { ...sidecar, spec: { ...spec, outboundTrafficPolicy: this.#policy } }
  }

  /**
   * For the pods of namespaces of which the scenario says nothing more. Of two Sidecars that are for a whole namespace only the older one counts.
   * @param namespaces of the cluster
   * @param applied objects of the scenario that are there, in the cluster's words
   * @param coming further ones that are about to be
   * @throws NotSupported for a namespace that the user has named
   */
  changes(namespaces: Iterable<string>, applied: readonly KubeObject[], coming: readonly KubeObject[]): Changes {
    const policy = this.#policy
    if (policy === null) return { apply: [], remove: [] }
    const said = new Set([...applied, ...coming].filter(isOfNamespace).map(({ metadata }) => metadata.namespace))
    const wanted = [...namespaces].filter((namespace) => !said.has(namespace)).map((namespace) => sidecarOf(namespace, policy))
    if (wanted.some(({ metadata }) => this.#isNamed(metadata.namespace ?? ''))) throw ofWholeMesh('outboundTrafficPolicy')
    const own = applied.filter(isOwn)
    return {
      apply: wanted.filter((one) => !own.some((other) => isSameRule(one, other))),
      remove: own.filter(({ metadata }) => said.has(metadata.namespace)).map(refOfObject),
    }
  }
}

function ofWholeMesh(what: string): NotSupported {
  const hint = what.split(', ').every(isPushed) ? '; --mesh-config lets it' : ''
  return new NotSupported('config', `the mesh config is of the whole mesh, which the run is not to change: ${what}${hint}`)
}

export interface Changes {
  readonly apply: readonly KubeObject[]
  readonly remove: readonly ResourceRef[]
}

function isOwn({ kind, metadata }: KubeObject): boolean {
  return kind === 'Sidecar' && metadata.name === name
}

function isOfNamespace(object: KubeObject): boolean {
  return object.kind === 'Sidecar' && !isOwn(object) && (object['spec'] as SidecarSpec | undefined)?.workloadSelector === undefined
}

function isSameRule(wanted: KubeObject, seen: KubeObject): boolean {
  return wanted.metadata.namespace === seen.metadata.namespace && canonical(policyOf(wanted)) === canonical(policyOf(seen))
}

function policyOf({ spec }: KubeObject): object | undefined {
  return (spec as SidecarSpec).outboundTrafficPolicy
}

function sidecarOf(namespace: string, outboundTrafficPolicy: Policy): KubeObject {
  const egress = [{ hosts: ['*/*'] }]
  return { apiVersion: 'networking.istio.io/v1', kind: 'Sidecar', metadata: { name, namespace }, spec: { egress, outboundTrafficPolicy } }
}
