import type { Resource } from '../config/resource.ts'
import type { Origin } from '../ir/origin.ts'
import type { Labels } from '../registry/labels.ts'
import { selects } from '../registry/labels.ts'
import type { DestinationRuleSpec, TrafficPolicy } from './destination-rule-types.ts'
import type { MeshConfig } from './mesh-config.ts'
import { isSubsetOf, isWildcard, resolveHost } from './names.ts'
import { originOf } from './origin.ts'
import { isVisible } from './visibility.ts'

export interface Subset {
  readonly name: string
  readonly labels: Labels
  readonly trafficPolicy: TrafficPolicy | undefined
  readonly origin: Origin
}

/** What the DestinationRules of one host in one namespace amount to. */
export interface DestinationRule {
  readonly host: string
  readonly namespace: string
  readonly exportTo: readonly string[] | undefined
  readonly workloadSelector: Labels | null
  readonly trafficPolicy: TrafficPolicy | undefined
  readonly subsets: readonly Subset[]
  readonly origin: Origin
}

/**
 * Those of one host in one namespace (and with the same selector and exportTo) are merged: subsets add up, the first of a name wins, and so does the
 * trafficPolicy of the oldest that has one. Source: Istio `pilot/pkg/model/destination_rule.go` mergeDestinationRule.
 * @param resources in order of age
 */
export function mergeDestinationRules(resources: readonly Resource[]): DestinationRule[] {
  const merged = new Map<string, DestinationRule>()
  for (const resource of resources) {
    const rule = destinationRuleOf(resource)
    const key = JSON.stringify([rule.namespace, rule.host, rule.workloadSelector, rule.exportTo ?? []])
    const older = merged.get(key)
    merged.set(key, older ? combine(older, rule) : rule)
  }
  return [...merged.values()]
}

function destinationRuleOf(resource: Resource): DestinationRule {
  const spec: DestinationRuleSpec = resource.object['spec'] ?? {}
  return {
    host: resolveHost(spec.host ?? '', resource.namespace),
    namespace: resource.namespace,
    exportTo: spec.exportTo,
    workloadSelector: spec.workloadSelector?.matchLabels ?? null,
    trafficPolicy: spec.trafficPolicy,
    subsets: (spec.subsets ?? []).map((subset, i) => ({
      name: subset.name ?? '',
      labels: subset.labels ?? {},
      trafficPolicy: subset.trafficPolicy,
      origin: originOf(resource, 'spec', 'subsets', i),
    })),
    origin: resource.origin,
  }
}

function combine(older: DestinationRule, younger: DestinationRule): DestinationRule {
  const names = new Set(older.subsets.map((subset) => subset.name))
  return {
    ...older,
    trafficPolicy: older.trafficPolicy ?? younger.trafficPolicy,
    subsets: [...older.subsets, ...younger.subsets.filter((subset) => !names.has(subset.name))],
  }
}

/** The DestinationRules of a mesh, ready to be asked. */
export class DestinationRules {
  readonly #byNamespace = new Map<string, NamespaceRules>()
  readonly #mesh: MeshConfig

  constructor(rules: readonly DestinationRule[], mesh: MeshConfig) {
    this.#mesh = mesh
    for (const rule of rules) {
      const own = this.#byNamespace.get(rule.namespace)
      if (own) own.add(rule)
      else this.#byNamespace.set(rule.namespace, new NamespaceRules(rule))
    }
  }

  /** Are there rules that hold for some workloads only? Then clusters differ within a namespace. */
  get selective(): boolean {
    return [...this.#byNamespace.values()].some((rules) => rules.selective)
  }

  /**
   * The rule for a host as one client sees it: of the client's namespace, else of the service's, else of the root namespace; the first namespace that has one
   * ends the search. In it a rule that selects the client goes first, then the most specific host.
   * Source: Istio `pilot/pkg/model/push_context.go` destinationRule.
   */
  find(host: string, client: { readonly namespace: string; readonly labels: Labels }, serviceNamespace: string): DestinationRule | undefined {
    const root = this.#mesh.rootNamespace
    const places = client.namespace === root ? [serviceNamespace, root] : [client.namespace, serviceNamespace, root]
    if (client.namespace === root) {
      const own = this.#byNamespace.get(root)?.find(host, client.labels, (rule) => rule.exportTo?.length === 1 && rule.exportTo[0] === '.')
      if (own) return own
    }
    for (const place of new Set(places)) {
      const found = this.#byNamespace.get(place)?.find(host, client.labels, (rule) => this.#visible(rule, client.namespace))
      if (found) return found
    }
    return undefined
  }

  #visible(rule: DestinationRule, viewer: string): boolean {
    return isVisible(rule.exportTo, this.#mesh.defaultDestinationRuleExportTo, rule.namespace, viewer)
  }
}

class NamespaceRules {
  readonly #exact = new Map<string, DestinationRule[]>()
  /** The longest first. */
  readonly #wildcards: DestinationRule[] = []
  selective = false

  constructor(first: DestinationRule) {
    this.add(first)
  }

  add(rule: DestinationRule): void {
    if (rule.workloadSelector) this.selective = true
    if (isWildcard(rule.host)) {
      this.#wildcards.push(rule)
      this.#wildcards.sort((a, b) => b.host.length - a.host.length)
    } else this.#exact.set(rule.host, [...(this.#exact.get(rule.host) ?? []), rule])
  }

  find(host: string, labels: Labels, visible: (rule: DestinationRule) => boolean): DestinationRule | undefined {
    const exact = (this.#exact.get(host) ?? []).filter(visible)
    const wild = this.#wildcards.filter((rule) => isSubsetOf(host, rule.host) && visible(rule))
    const all = [...exact, ...wild]
    const selecting = all.find((rule) => rule.workloadSelector !== null && selects(rule.workloadSelector, labels))
    return selecting ?? all.find((rule) => rule.workloadSelector === null)
  }
}
