import type { Endpoint, LocalityBalancing, LocalityGroup } from '../../ir/cluster.ts'
import type { Labels } from '../../registry/labels.ts'
import type { TrafficDistribution } from '../../registry/registry.ts'
import { localityParts, networkLabel, nodeLabel } from '../../registry/topology.ts'
import type { LoadBalancer, LocalitySetting, ZoneAwareSetting } from './destination-rule-types.ts'
import { groupBy } from '../group-by.ts'
import type { MeshConfig } from '../mesh/mesh-config.ts'

/** Who sends. */
export interface ClientPlace {
  /** Those of its place among them. */
  readonly labels: Labels
  /** `region/zone/subzone` or `''`. */
  readonly locality: string
}

export interface LocalitySources {
  /** Of the DestinationRule. */
  readonly own: Pick<LoadBalancer, 'localityLbSetting' | 'zoneAwareLbSetting'> | undefined
  readonly trafficDistribution: TrafficDistribution
  readonly mesh: Pick<MeshConfig, 'localityLbSetting' | 'zoneAwareLbSetting'>
  /**
   * Outlier detection finds out who is down: without it there is no fail-over. For endpoints the rule's own counts, though the mesh's acts on the cluster.
   */
  readonly detectsOutliers: { readonly rule: boolean; readonly cluster: boolean }
}

/**
 * How the places of endpoints count for one client: weights where the setting distributes, else priorities where it fails over.
 * Source: Istio `core/loadbalancer/loadbalancer.go` GetEffectiveLbSetting, ApplyLocalityLoadBalancer.
 * @param endpoints in the order in which istiod sends them
 */
export function localityBalancing(endpoints: readonly Endpoint[], client: ClientPlace, sources: LocalitySources): LocalityBalancing | null {
  const { setting, forced, zoneAware } = effectiveSetting(sources)
  if (!setting) return null
  if (zoneAware) return { weighted: false, groups: byRegion(byLocality(endpoints), client, setting) }
  if (setting.distribute) return { weighted: true, groups: distributed(byLocality(endpoints), client, setting.distribute) }
  const { rule, cluster } = sources.detectsOutliers
  const weighted = (cluster || forced) && (setting.failover !== undefined || setting.failoverPriority !== undefined)
  if (rule || forced) return { weighted, groups: failingOver(byLocality(endpoints), client, setting) }
  return weighted ? { weighted, groups: byLocality(endpoints) } : null
}

interface Effective {
  /** `null`: places do not count. */
  readonly setting: LocalitySetting | null
  /** It needs no outlier detection. */
  readonly forced: boolean
  readonly zoneAware: boolean
}

/** The rule's own goes before the service's wish, and that before the mesh's; at each level zones go before localities, also when they are off. */
function effectiveSetting({ own, trafficDistribution, mesh }: LocalitySources): Effective {
  const unlessOff = (setting: LocalitySetting, zoneAware: boolean): Effective => ({
    setting: setting.enabled === false ? null : setting,
    forced: zoneAware,
    zoneAware,
  })
  if (own?.zoneAwareLbSetting) return unlessOff(own.zoneAwareLbSetting, true)
  if (own?.localityLbSetting) return unlessOff(own.localityLbSetting, false)
  if (trafficDistribution !== 'any') return { setting: { failoverPriority: nearness[trafficDistribution] }, forced: true, zoneAware: false }
  return mesh.zoneAwareLbSetting ? unlessOff(mesh.zoneAwareLbSetting, true) : unlessOff(mesh.localityLbSetting, false)
}

const zones = [networkLabel, 'topology.kubernetes.io/region', 'topology.kubernetes.io/zone']
const nearness = {
  'same-zone': zones,
  'same-node': [...zones, 'topology.istio.io/subzone', nodeLabel],
} as const satisfies Record<Exclude<TrafficDistribution, 'any'>, readonly string[]>

/** In the order of the localities' names. Source: Istio `xds/endpoints/endpoint_builder.go` generate. */
export function byLocality(endpoints: readonly Endpoint[]): LocalityGroup[] {
  return [...groupBy(endpoints, ({ locality }) => locality)]
    .sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0))
    .map(([locality, own]) => ({ locality, priority: 0, weight: weightOf(own), endpoints: own }))
}

function weightOf(endpoints: readonly Endpoint[]): number {
  return endpoints.reduce((sum, { weight }) => sum + weight, 0)
}

/** The first entry for the client's place decides; localities that it does not name get nothing. Source: the same file, applyLocalityWeights. */
function distributed(
  groups: readonly LocalityGroup[],
  { locality }: ClientPlace,
  distribute: NonNullable<LocalitySetting['distribute']>,
): LocalityGroup[] {
  const entry = distribute.find(({ from }) => isWithin(locality, from ?? ''))
  if (!entry) return [...groups]
  const shares = Object.entries(entry.to ?? {})
  return groups.flatMap((group) => {
    const share = shares.find(([place]) => isWithin(group.locality, place))
    if (!share) return []
    const [place, weight] = share
    const first = (other: LocalityGroup) => shares.find(([name]) => isWithin(other.locality, name))![0] === place
    const total = groups.filter((other) => isWithin(other.locality, place) && first(other)).reduce((sum, other) => sum + other.weight, 0)
    return [{ ...group, weight: Math.ceil((group.weight * weight) / total) }]
  })
}

/** `region1/zone1/*`: a star and what is missing fit everything. Source: Istio `networking/util` LocalityMatch. */
function isWithin(locality: string, place: string): boolean {
  const [region, zone, subzone] = localityParts(place)
  const own = localityParts(locality)
  const fits = (wanted: string, part: string) => wanted === '*' || wanted === part
  return fits(region, own[0]) && (zone === '' || fits(zone, own[1])) && (subzone === '' || fits(subzone, own[2]))
}

function failingOver(groups: readonly LocalityGroup[], client: ClientPlace, { failover, failoverPriority }: LocalitySetting): LocalityGroup[] {
  if (!failoverPriority?.length) return withoutGaps(groups.map((group) => nearer(group, client, failover ?? [])))
  const byLabels = withoutGaps(groups.flatMap((group) => splitByLabels(group, client, failoverPriority)))
  return failover?.length ? withoutGaps(byLabels.map((group) => nearer(group, client, failover))) : byLabels
}

/**
 * First the client's region, then the one that it fails over to, then all others. Which zones of a region get what Envoy decides by how many of its own kind are
 * in each, of which istiod tells it only on request (`ISTIO_META_ENABLE_SELF_DISCOVERY`). Source: the same file, ApplyZoneAwareLoadBalancer.
 */
function byRegion(
  groups: readonly LocalityGroup[],
  client: ClientPlace,
  { failover = [], failoverPriority = [] }: ZoneAwareSetting,
): LocalityGroup[] {
  const [region] = localityParts(client.locality)
  const target = failover.find(({ from }) => (from ?? '') === region)
  const distanceOf = (own: string): number => (own === region ? 0 : target && own === (target.to ?? '') ? 1 : 2)
  const byLabels = failoverPriority.length > 0 ? withoutGaps(groups.flatMap((group) => splitByLabels(group, client, failoverPriority))) : groups
  return withoutGaps(byLabels.map((group) => ({ ...group, priority: 3 * group.priority + distanceOf(localityParts(group.locality)[0]) })))
}

/** 0 in the same subzone, 1 in the same zone, 2 in the same region, 3 elsewhere, 4 where the fail-over does not go to. Source: the same file, applyLocalityFailover. */
function nearer(group: LocalityGroup, client: ClientPlace, failover: NonNullable<LocalitySetting['failover']>): LocalityGroup {
  const [region, zone, subzone] = localityParts(client.locality)
  const own = localityParts(group.locality)
  const target = failover.find(({ from }) => (from ?? '') === region)
  const far = target && own[0] !== (target.to ?? '') ? 4 : 3
  const distance = region !== own[0] ? far : zone !== own[1] ? 2 : subzone !== own[2] ? 1 : 0
  return { ...group, priority: 5 * group.priority + distance }
}

/** The more of the labels, from the first on, client and endpoint share, the better. Source: the same file, applyFailoverPriorityPerLocality. */
function splitByLabels(group: LocalityGroup, client: ClientPlace, priorities: readonly string[]): LocalityGroup[] {
  const wanted = priorities.map((entry) => entry.split('='))
  // The value that is written down for a label counts wherever the label is named.
  const written = new Map(wanted.flatMap(([name, value, ...rest]) => (value !== undefined && rest.length === 0 ? [[name!, value] as const] : [])))
  const own = client.labels
  const priorityOf = ({ labels }: Endpoint): number => {
    const differing = wanted.findIndex(([name]) => (written.get(name!) ?? own[name!] ?? '') !== (labels[name!] ?? ''))
    return differing < 0 ? 0 : priorities.length - differing
  }
  return [...groupBy(group.endpoints, priorityOf)]
    .sort(([a], [b]) => a - b)
    .map(([priority, endpoints]) => ({ locality: group.locality, priority, weight: weightOf(endpoints), endpoints }))
}

/** Envoy wants priorities without gaps. */
function withoutGaps(groups: readonly LocalityGroup[]): LocalityGroup[] {
  const used = [...new Set(groups.map(({ priority }) => priority))].sort((a, b) => a - b)
  return groups.map((group) => ({ ...group, priority: used.indexOf(group.priority) }))
}
