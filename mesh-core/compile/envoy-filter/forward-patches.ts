import { durationMs, message, messages, text, type Message } from '../../envoy/fields.ts'
import { leadingTo, readWeightedClusters } from '../../envoy/route-action.ts'
import type { Origin } from '../../ir/origin.ts'
import type { ForwardAction, MirrorPolicy, Refusal, StreamDuration, WeightedCluster } from '../../ir/route.ts'
import { valueRefusal } from '../rules/format-refusal.ts'
import { mergeHashPolicies } from './hash-patches.ts'
import { mergeHostRewrite } from './host-patches.ts'
import { shareOf } from './rate-limit-patches.ts'
import { mergeRetries } from './retry-patches.ts'
import { mergeRewrite } from './rewrite-patches.ts'

/** A cluster takes the place of however many there were. */
export function mergeForward(
  known: ForwardAction,
  value: Message,
  origin: Origin,
): { readonly action: ForwardAction; readonly refusal: Refusal | null } {
  const { clusterHeader, ...before } = known
  const { rewrite, refusal } = mergeRewrite(known.pathRewrite, value)
  const host = mergeHostRewrite(known.hostRewrite, value)
  const clusters = clustersOf(known, value, origin)
  const told = value['retry_policy']
  const retries = told === undefined ? null : mergeRetries(known.retry, message(told, 'value.route.retry_policy'), origin)
  const hash = mergeHashPolicies(known.hashPolicies, value['hash_policy'])
  const mirrors = messages(value['request_mirror_policies'], 'value.route.request_mirror_policies').map((policy) => mirrorOf(policy, origin))
  const action: ForwardAction = {
    ...before,
    pathRewrite: rewrite,
    hostRewrite: host.rewrite,
    ...clusters.told,
    ...(mirrors.length > 0 && { mirrors: [...known.mirrors, ...mirrors] }),
    ...(value['cluster_not_found_response_code'] !== undefined && {
      clusterNotFoundStatus: notFoundStatus(value['cluster_not_found_response_code']),
    }),
    ...(value['timeout'] !== undefined && { timeoutMs: durationMs(value['timeout']) || null }),
    ...(value['idle_timeout'] !== undefined && { idleMs: durationMs(value['idle_timeout']) ?? 0 }),
    ...(value['max_stream_duration'] !== undefined && {
      duration: mergeDuration(known.duration, message(value['max_stream_duration'], 'value.route')),
    }),
    ...(value['append_x_forwarded_host'] === true && { tellsForwardedHost: true as const }),
    ...(retries && { retry: retries.retry }),
    hashPolicies: hash.policies,
  }
  return { action, refusal: refusal ?? host.refusal ?? clusters.refusal ?? retries?.refusal ?? hash.refusal ?? timeRefusal(value) }
}

/** Source: Envoy `DurationUtil::durationToMilliseconds`. */
function timeRefusal(value: Message): Refusal | null {
  const isNegative = ['timeout', 'idle_timeout'].some((field) => (durationMs(value[field]) ?? 0) < 0)
  return isNegative ? { reason: 'a time is less than 0s', spoils: 'table' } : null
}

/** One, or a header that names one, takes the place of however many there were; of several those that are told of are further ones. */
function clustersOf(
  known: ForwardAction,
  value: Message,
  origin: Origin,
): { readonly told: Partial<ForwardAction>; readonly refusal: Refusal | null } {
  if (value['weighted_clusters'] === undefined) return { told: ofOne(known, value, origin), refusal: null }
  const own = readWeightedClusters(value['weighted_clusters'], 'value.route', origin)
  const clusters = known.clusters.length > 1 ? [...known.clusters, ...own] : own
  return { told: { clusters }, refusal: weightRefusal(clusters) ?? headersRefusal(own) }
}

function ofOne({ clusterHeader }: ForwardAction, value: Message, origin: Origin): Partial<ForwardAction> {
  const header = text(value['cluster_header'])
  if (header !== null) return { clusters: [leadingTo('', origin)], clusterHeader: header.toLowerCase() }
  const one = text(value['cluster'])
  if (one !== null) return { clusters: [leadingTo(one, origin)] }
  return clusterHeader === undefined ? {} : { clusterHeader }
}

/** Source: Envoy `WeightedClusterEntry`. */
function weightRefusal(clusters: readonly WeightedCluster[]): Refusal | null {
  return clusters.some(({ weight }) => weight > 0) ? null : { reason: 'the weights of clusters add up to 0', spoils: 'table' }
}

function headersRefusal(clusters: readonly WeightedCluster[]): Refusal | null {
  const values = clusters.flatMap(({ requestHeaders, responseHeaders }) => [...requestHeaders.set, ...responseHeaders.set])
  const reason = values.reduce<string | null>((found, { value }) => found ?? valueRefusal(value), null)
  return reason === null ? null : { reason, spoils: 'table' }
}

/** Of all requests, unless it says of how many. Source: Envoy `RouteAction.RequestMirrorPolicy`. */
function mirrorOf(policy: Message, origin: Origin): MirrorPolicy {
  return {
    cluster: text(policy['cluster']) ?? '',
    ppm: policy['runtime_fraction'] === undefined ? 1_000_000 : shareOf(policy['runtime_fraction']),
    appendShadowSuffix: policy['disable_shadow_host_suffix_append'] !== true,
    origin,
  }
}

const notFoundStatuses: readonly (readonly [string, number])[] = [
  ['SERVICE_UNAVAILABLE', 503],
  ['NOT_FOUND', 404],
  ['INTERNAL_SERVER_ERROR', 500],
]

/** By name, or by number. Source: Envoy `RouteAction.ClusterNotFoundResponseCode`. */
function notFoundStatus(value: unknown): number {
  return notFoundStatuses.find(([name], i) => value === name || value === i)?.[1] ?? 503
}

function mergeDuration(known: StreamDuration | undefined, value: Message): StreamDuration {
  const told = (field: string, name: keyof StreamDuration): StreamDuration =>
    value[field] === undefined ? {} : { [name]: durationMs(value[field]) ?? 0 }
  return {
    ...known,
    ...told('max_stream_duration', 'maxMs'),
    ...told('grpc_timeout_header_max', 'askedMaxMs'),
    ...told('grpc_timeout_header_offset', 'askedOffsetMs'),
  }
}
