import type { Resource } from '../../config/resource.ts'
import type { Origin } from '../../ir/origin.ts'
import type { Labels } from '../../registry/labels.ts'
import { originOf } from '../origin.ts'
import type { DestinationRuleSpec, TrafficPolicy } from './destination-rule-types.ts'
import { resolveHost } from '../names.ts'

export interface Subset {
  readonly name: string
  readonly labels: Labels
  readonly trafficPolicy: TrafficPolicy | undefined
  readonly origin: Origin
}

/** One DestinationRule, or what several of one host amount to. */
export interface DestinationRule {
  /** FQDN. */
  readonly host: string
  readonly namespace: string
  /** Empty for the mesh's default. A rule for some workloads alone never leaves its namespace. */
  readonly exportTo: ReadonlySet<string>
  readonly workloadSelector: Labels | null
  readonly trafficPolicy: TrafficPolicy | undefined
  readonly subsets: readonly Subset[]
  /** Made of a policy of the Gateway API: it fills what rules that are written leave open. */
  readonly isOfPolicy?: true
  readonly origin: Origin
}

export function destinationRuleOf(resource: Resource): DestinationRule {
  const spec: DestinationRuleSpec = resource.object['spec'] ?? {}
  const workloadSelector = spec.workloadSelector ? (spec.workloadSelector.matchLabels ?? {}) : null
  return {
    host: resolveHost(spec.host ?? '', resource.namespace),
    namespace: resource.namespace,
    exportTo: new Set(workloadSelector ? ['.'] : spec.exportTo),
    workloadSelector,
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

/**
 * Adds a rule to those of its host: subsets add up, the first of a name wins, and so does the first trafficPolicy. A rule that is seen more widely than one
 * before it is merged into that one and stands for itself, too; one that selects other workloads, or is seen otherwise, just stands for itself.
 * Source: Istio `pilot/pkg/model/destination_rule.go` mergeDestinationRule.
 */
export function mergeInto(rules: readonly DestinationRule[], rule: DestinationRule): DestinationRule[] {
  let apart = true
  const merged = rules.map((older) => {
    const same = isSameSet(rule.exportTo, older.exportTo)
    if (!same && !(older.exportTo.size > 0 && isSuperset(rule.exportTo, older.exportTo))) {
      apart = true
      return older
    }
    apart = !same
    if (older.workloadSelector && rule.workloadSelector && !isSameSelector(older.workloadSelector, rule.workloadSelector)) {
      apart = true
      return older
    }
    if ((older.workloadSelector === null) === (rule.workloadSelector === null)) apart = false
    return combine(older, rule)
  })
  return apart ? [...merged, rule] : merged
}

function combine(older: DestinationRule, younger: DestinationRule): DestinationRule {
  const names = new Set(older.subsets.map((subset) => subset.name))
  return {
    ...older,
    trafficPolicy: combinedPolicy(older, younger),
    subsets: [...older.subsets, ...younger.subsets.filter((subset) => !names.has(subset.name))],
  }
}

function combinedPolicy(older: DestinationRule, younger: DestinationRule): TrafficPolicy | undefined {
  if (older.isOfPolicy === younger.isOfPolicy) return older.trafficPolicy ?? younger.trafficPolicy
  return older.isOfPolicy ? filledWith(younger.trafficPolicy, older.trafficPolicy) : filledWith(older.trafficPolicy, younger.trafficPolicy)
}

/** What a rule says, field by field, also of each port, and for the rest what a policy says. Source: the same file, mergeBackendPolicyTrafficPolicy. */
function filledWith(written: TrafficPolicy | undefined, made: TrafficPolicy | undefined): TrafficPolicy | undefined {
  if (!written || !made) return written ?? made
  const { portLevelSettings: others = [] } = made
  const { portLevelSettings: own = [] } = written
  const ofPort = (settings: typeof own, number: number | undefined) => settings.find(({ port }) => port?.number === number)
  const portLevelSettings = [
    ...own.map((settings) => ({ ...ofPort(others, settings.port?.number), ...settings })),
    ...others.filter(({ port }) => !ofPort(own, port?.number)),
  ]
  return { ...made, ...written, ...(portLevelSettings.length > 0 && { portLevelSettings }) }
}

function isSameSet(a: ReadonlySet<string>, b: ReadonlySet<string>): boolean {
  return a.size === b.size && isSuperset(a, b)
}

function isSuperset(a: ReadonlySet<string>, b: ReadonlySet<string>): boolean {
  return [...b].every((entry) => a.has(entry))
}

function isSameSelector(a: Labels, b: Labels): boolean {
  const names = Object.keys(a)
  return names.length === Object.keys(b).length && names.every((name) => a[name] === b[name])
}
