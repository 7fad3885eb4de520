import type { Behaviour, ObservedCall } from '../../vectors/mesh-observed/case.ts'
import type { Draw } from '../draw.ts'
import { type Document, document } from './document.ts'
import { deployment, service } from './manifests.ts'
import type { Json } from './matches.ts'
import type { Subject } from './scenery.ts'

const places = ['region1.zone1.sub1', 'region1.zone1.sub2', 'region1.zone2.sub1', 'region2.zone3.sub1', 'region3.zone4.sub1', null] as const

/** Where calls go that have near and far endpoints to go to. */
export const localities: Subject = (draw, count) => {
  const clients = ['near', 'far', 'nowhere'].map((name, i) =>
    deployment(name, 'default', { labels: { app: name, version: 'v1', ...locality([places[0], places[4], null][i]!) } }),
  )
  const endpoints = draw.many(1, 6, (i) => {
    const place = draw.one(places)
    const labels = { app: 'l', version: draw.one(['v1', 'v2']), tier: draw.one(['gold', 'tin']), ...locality(place) }
    return deployment(`l-${i}`, 'default', { labels, replicas: draw.one([0, 1, 1, 1, 2]) })
  })
  const mesh = draw.maybe(0.3, () => ({
    meshConfig: { localityLbSetting: setting(draw), ...draw.maybe(0.25, () => ({ zoneAwareLbSetting: zoneAware(draw) })) },
  }))
  const spread = draw.maybe(0.25, () => ({ trafficDistribution: draw.one(['PreferClose', 'PreferSameZone', 'PreferSameNode']) }))
  const fails = draw.chance(0.3)
  const rule = fails || draw.chance(0.85) ? [destinationRule(draw, fails)] : []
  return {
    config: [...clients, service('l', 'default', 0, spread), ...endpoints, ...rule, ...(fails ? [retries(draw)] : [])],
    calls: callsOf(draw, count),
    ...(fails && { behaviour: failures(draw, endpoints) }),
    ...mesh,
  }
}

function locality(place: string | null): Record<string, string> {
  return place === null ? {} : { 'istio-locality': place }
}

/** Tried again elsewhere, in the order of priorities. */
function retries(draw: Draw): Document {
  const retry = { attempts: draw.between(1, 5), retryOn: '5xx', ...draw.maybe(0.8, () => ({ retryRemoteLocalities: draw.chance(0.8) })) }
  return document('VirtualService', 'l', 'default', { hosts: ['l'], http: [{ retries: retry, route: [{ destination: { host: 'l' } }] }] })
}

/** All of a place fail alike, so that chance does not decide how often a request is tried. */
function failures(draw: Draw, endpoints: readonly Document[]): Record<string, Behaviour> {
  const ill = draw.some(places, 1, 3)
  const placeOf = ({ spec }: Document): string | null =>
    (spec as { template: { metadata: { labels: Record<string, string> } } }).template.metadata.labels['istio-locality'] ?? null
  return Object.fromEntries(
    endpoints.flatMap((one) =>
      (ill as readonly (string | null)[]).includes(placeOf(one)) ? [[`${one.metadata.name}.${one.metadata.namespace}`, { status: 503 }]] : [],
    ),
  )
}

/** Locality acts where ill endpoints are told; nobody is ejected, so that no call decides about another. */
function destinationRule(draw: Draw, fails: boolean): Document {
  const policy = {
    loadBalancer: { simple: draw.one(['ROUND_ROBIN', 'RANDOM', 'LEAST_REQUEST']), ...placesCount(draw) },
    ...draw.maybe(fails ? 1 : 0.75, () => ({
      outlierDetection: {
        ...(fails ? { consecutive5xxErrors: 0, consecutiveGatewayErrors: 0 } : draw.maybe(0.5, () => ({ consecutive5xxErrors: 5 }))),
        ...draw.maybe(0.4, () => ({ minHealthPercent: draw.one([0, 50]) })),
      },
    })),
  }
  return document('DestinationRule', 'l', 'default', { host: 'l', trafficPolicy: policy })
}

function placesCount(draw: Draw): Json {
  if (draw.chance(0.3)) return {}
  return draw.chance(0.3) ? { zoneAwareLbSetting: zoneAware(draw) } : { localityLbSetting: setting(draw) }
}

/** Of labels that say where an endpoint is it takes none. */
function zoneAware(draw: Draw): Json {
  return {
    ...draw.maybe(0.4, () => ({ enabled: draw.chance(0.7) })),
    ...draw.maybe(0.3, () => ({ minClusterSize: draw.one([1, 2, 6]) })),
    ...draw.maybe(0.5, () => ({ failover: [{ from: 'region1', to: draw.one(['region2', 'region3']) }] })),
    ...draw.maybe(0.3, () => ({ failoverPriority: draw.some(['version', 'tier=gold', 'app=l'], 1, 2) })),
  }
}

/** Of a DestinationRule, or of the mesh. */
function setting(draw: Draw): Json {
  const kind = draw.one(['distribute', 'distribute', 'failover', 'priority', 'priority', 'off', 'on'])
  const failover = [
    { from: 'region1', to: draw.one(['region2', 'region3']) },
    ...draw.many(0, 1, () => ({ from: 'region3', to: draw.one(['region1', 'region2']) })),
  ]
  const priority = draw.some(
    ['topology.kubernetes.io/region', 'topology.kubernetes.io/zone', 'topology.istio.io/subzone', 'version', 'tier=gold', 'app=l'],
    1,
    4,
  )
  if (kind === 'off') return { enabled: false }
  if (kind === 'on') return { enabled: true }
  if (kind === 'distribute') return { distribute: draw.many(1, 2, (i) => distribution(draw, ['region1/*', 'region3/zone4/sub1'][i]!)) }
  if (kind === 'failover') return { failover }
  return { failoverPriority: priority }
}

function distribution(draw: Draw, from: string): Json {
  const to = draw.one<Record<string, number>>([
    { 'region1/*': 80, 'region2/*': 20 },
    { 'region1/zone1/*': 50, 'region1/zone2/*': 50 },
    { 'region1/zone1/sub1': 30, 'region2/zone3/sub1': 30, 'region3/*': 40 },
    { 'region3/*': 100 },
    { '*': 100 },
  ])
  return { from, to }
}

function callsOf(draw: Draw, count: number): ObservedCall[] {
  const times = draw.between(0, count - 1)
  return Array.from({ length: Math.min(count, 12) }, (_, i) => ({
    from: draw.one(['near.default', 'near.default', 'far.default', 'nowhere.default']),
    request: `GET http://l${draw.one(['', ':9090'])}/`,
    // Nobody gets ill, so that no call waits for that.
    pause: 0,
    ...(i === times && { times: 200 }),
  }))
}
