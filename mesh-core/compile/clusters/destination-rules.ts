import type { Resource } from '../../config/resource.ts'
import type { Labels } from '../../registry/labels.ts'
import { selects } from '../../registry/labels.ts'
import type { DestinationRule } from './destination-rule.ts'
import { destinationRuleOf, mergeInto } from './destination-rule.ts'
import type { PortPolicy, TrafficPolicy } from './destination-rule-types.ts'
import type { MeshConfig } from '../mesh/mesh-config.ts'
import { isSubsetOf, isWildcard } from '../names.ts'

/** Whom a rule is looked up for. */
export interface RuleClient {
  readonly namespace: string
  readonly labels: Labels
}

/** The DestinationRules of a mesh, ready to be asked. Source: Istio `pilot/pkg/model/push_context.go` setDestinationRules. */
export class DestinationRules {
  readonly #mesh: MeshConfig
  /** By namespace, for its own clients. */
  readonly #local = new Map<string, RulesByHost>()
  /** By namespace, for clients of others. */
  readonly #exported = new Map<string, RulesByHost>()
  readonly #privateOfRoot = new RulesByHost()
  /** Do clients of one namespace follow different rules, or the same rule differently, by their labels? */
  readonly readsLabels: boolean
  /** All, as they were written, where any says what requests are hashed by: another may go before it. */
  readonly hashing: readonly unknown[]

  /**
   * @param resources in order of age
   * @param made of other resources, without an age: they go before
   */
  constructor(resources: readonly Resource[], mesh: MeshConfig, made: readonly DestinationRule[] = []) {
    this.#mesh = mesh
    const rules = resources.map(destinationRuleOf)
    for (const rule of [...made, ...rules.filter(isSelective), ...rules.filter((one) => !isSelective(one))]) this.#add(rule)
    this.readsLabels = rules.some((rule) => isSelective(rule) || policiesOf(rule).some(failsOverByLabels))
    this.hashing = rules.some((rule) => policiesOf(rule).some(hashes)) ? resources.map(({ object }) => object) : []
  }

  /**
   * The rule for a host as one client sees it: of the client's namespace, else of the service's, else of the root namespace; the first place that has rules
   * for it ends the search. There the most specific host counts alone, and of its rules the one that selects the client.
   * Source: the same file, destinationRule; `pilot/pkg/model/sidecar.go` DestinationRule.
   */
  find(host: string, client: RuleClient, serviceNamespace: string): DestinationRule | undefined {
    const rules = this.#candidates(host, client.namespace, serviceNamespace)
    const selecting = rules.find(
      (rule) => rule.workloadSelector !== null && rule.namespace === client.namespace && selects(rule.workloadSelector, client.labels),
    )
    return selecting ?? rules.findLast((rule) => rule.workloadSelector === null)
  }

  #candidates(host: string, viewer: string, serviceNamespace: string): readonly DestinationRule[] {
    const root = this.#mesh.rootNamespace
    // A proxy of the root namespace is not held to what is meant for the whole mesh, unless it is private to that namespace.
    const own = viewer === root ? this.#privateOfRoot : this.#local.get(viewer)
    return own?.mostSpecific(host) ?? this.#exportedBy(serviceNamespace, host, viewer) ?? this.#exportedBy(root, host, viewer) ?? []
  }

  #exportedBy(owner: string, host: string, viewer: string): readonly DestinationRule[] | undefined {
    const rules = this.#exported.get(owner)?.mostSpecific(host) ?? []
    const visible = rules.filter(({ exportTo }) => exportTo.size === 0 || exportTo.has('*') || exportTo.has(viewer))
    return visible.length > 0 ? visible : undefined
  }

  #add(rule: DestinationRule): void {
    const { exportTo, namespace } = rule
    if (exportTo.size === 0 || ['*', '.', namespace].some((entry) => exportTo.has(entry))) at(this.#local, namespace).add(rule)
    const isPrivate =
      exportTo.size === 0
        ? this.#mesh.defaultDestinationRuleExportTo.includes('.')
        : exportTo.size === 1 && (exportTo.has('.') || exportTo.has(namespace))
    if (!isPrivate) at(this.#exported, namespace).add(rule)
    else if (namespace === this.#mesh.rootNamespace) this.#privateOfRoot.add(rule)
  }
}

function at(index: Map<string, RulesByHost>, namespace: string): RulesByHost {
  const known = index.get(namespace)
  if (known) return known
  const rules = new RulesByHost()
  index.set(namespace, rules)
  return rules
}

class RulesByHost {
  readonly #exact = new Map<string, readonly DestinationRule[]>()
  readonly #wild = new Map<string, readonly DestinationRule[]>()

  add(rule: DestinationRule): void {
    const rules = isWildcard(rule.host) ? this.#wild : this.#exact
    rules.set(rule.host, mergeInto(rules.get(rule.host) ?? [], rule))
  }

  /** Of the host itself, else of the longest wildcard that covers it. */
  mostSpecific(host: string): readonly DestinationRule[] | undefined {
    const exact = this.#exact.get(host) ?? this.#wild.get(host)
    if (exact) return exact
    const wider = [...this.#wild.keys()].filter((pattern) => isSubsetOf(host, pattern)).sort((a, b) => b.length - a.length || (a < b ? -1 : 1))
    return wider[0] === undefined ? undefined : this.#wild.get(wider[0])
  }
}

function isSelective(rule: DestinationRule): boolean {
  return rule.workloadSelector !== null
}

function hashes({ loadBalancer }: PortPolicy): boolean {
  return loadBalancer?.consistentHash !== undefined
}

function failsOverByLabels({ loadBalancer }: PortPolicy): boolean {
  const { localityLbSetting, zoneAwareLbSetting } = loadBalancer ?? {}
  return [localityLbSetting, zoneAwareLbSetting].some((setting) => (setting?.failoverPriority?.length ?? 0) > 0)
}

function policiesOf(rule: DestinationRule): PortPolicy[] {
  const all = [rule.trafficPolicy, ...rule.subsets.map(({ trafficPolicy }) => trafficPolicy)]
  return all.flatMap((policy: TrafficPolicy | undefined) => (policy ? [policy, ...(policy.portLevelSettings ?? [])] : []))
}
