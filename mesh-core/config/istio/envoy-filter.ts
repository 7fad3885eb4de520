import type { FieldPath } from '../finding.ts'
import type { Fields, Judge } from './judge.ts'
import { each } from './judge.ts'
import { regexProblem } from './matching.ts'
import type { ProtoReport } from '../proto/proto-json.ts'
import { envoyJson, reportTo } from './mesh-settings.ts'
import { checkWorkloadSelector } from './selector.ts'

const connectionManager = 'envoy.filters.network.http_connection_manager'

/** Filters that once had shorter names (`envoy.tcp_proxy`), by what the new ones begin with. Source: Istio `pkg/config/xds` */
const renamed: Readonly<Record<string, string>> = {
  listener: 'http_inspector original_dst original_src proxy_protocol tls_inspector',
  network: 'client_ssl_auth echo http_connection_manager mongo_proxy ratelimit redis_proxy tcp_proxy thrift_proxy',
  http: `buffer cors csrf ext_authz fault grpc_http1_bridge grpc_json_transcoder grpc_web gzip health_check ip_tagging lua router squash`,
}

const newNames = new Map<string, string>([
  ['envoy.http_dynamo_filter', 'envoy.filters.http.dynamo'],
  ['envoy.rate_limit', 'envoy.filters.http.ratelimit'],
  ...Object.entries(renamed).flatMap(([kind, names]) =>
    names.split(' ').map((name): [string, string] => [`envoy.${kind === 'listener' ? 'listener.' : ''}${name}`, `envoy.filters.${kind}.${name}`]),
  ),
])

export function checkEnvoyFilter(spec: Fields, judge: Judge): void {
  judge.warn(
    'INVALID_VALUE',
    ['spec'],
    'EnvoyFilter exposes internal implementation details that may change at any time. Prefer other APIs if possible, and exercise extreme caution, especially around upgrades.',
  )
  checkPatches(spec, judge)
}

/** Source: the CEL rules of the CRD, and Istio `pkg/config/validation/envoyfilter` validateEnvoyFilter. */
export function checkPatches(spec: Fields, judge: Judge): void {
  checkTargets(spec, judge)
  checkWorkloadSelector(spec.workloadSelector, 'Envoy filter', judge)
  for (const [patch, path] of each(spec.configPatches, ['spec', 'configPatches'])) checkPatch(patch, path, judge)
}

/** CEL rules of the CRD. */
function checkTargets({ workloadSelector, targetRefs }: Fields, judge: Judge): void {
  if (workloadSelector !== undefined && targetRefs !== undefined)
    judge.error('CONFLICTING_FIELDS', ['spec', 'targetRefs'], 'only one of targetRefs or workloadSelector can be set', 'keep one of them')
  for (const [target, path] of each(targetRefs as Fields[] | undefined, ['spec', 'targetRefs']))
    if (target.namespace) judge.error('INVALID_VALUE', [...path, 'namespace'], 'cross namespace referencing is not currently supported')
}

function checkPatch({ applyTo = 'INVALID', match, patch }: Fields, path: FieldPath, judge: Judge): void {
  const operation: string = patch?.operation ?? 'INVALID'
  if (match) checkWaypoint(match as Fields, [...path, 'match'], judge)
  // Of a patch for waypoints istiod looks at nothing else.
  if (match?.waypoint) return
  if (applyTo === 'INVALID') return judge.error('SCHEMA_REQUIRED', [...path, 'applyTo'], 'Envoy filter: missing applyTo')
  if (!patch) return judge.error('SCHEMA_REQUIRED', [...path, 'patch'], 'Envoy filter: missing patch')
  if (operation === 'INVALID') return judge.error('SCHEMA_REQUIRED', [...path, 'patch', 'operation'], 'Envoy filter: missing patch operation')
  if (operation !== 'REMOVE' && patch.value === undefined)
    return judge.error('SCHEMA_REQUIRED', [...path, 'patch', 'value'], 'Envoy filter: missing patch value for non-remove operation')
  const version: string = match?.proxy?.proxyVersion ?? ''
  const problem = version === '' ? null : regexProblem(version)
  if (problem !== null)
    return judge.error('INVALID_REGEX', [...path, 'match', 'proxy', 'proxyVersion'], `Envoy filter: invalid regex for proxy version, [${problem}]`)
  if (match && !checkMatch(applyTo as string, match as Fields, [...path, 'match'], judge)) return
  checkValue(applyTo as string, patch.value, [...path, 'patch', 'value'], judge)
}

/** What of Envoy's configuration is patched. Source: Istio `pkg/config/xds` BuildXDSObjectFromStruct */
export const patchedMessages: Readonly<Record<string, string>> = {
  CLUSTER: 'envoy.config.cluster.v3.Cluster',
  LISTENER: 'envoy.config.listener.v3.Listener',
  ROUTE_CONFIGURATION: 'envoy.config.route.v3.RouteConfiguration',
  FILTER_CHAIN: 'envoy.config.listener.v3.FilterChain',
  HTTP_FILTER: 'envoy.extensions.filters.network.http_connection_manager.v3.HttpFilter',
  NETWORK_FILTER: 'envoy.config.listener.v3.Filter',
  LISTENER_FILTER: 'envoy.config.listener.v3.ListenerFilter',
  VIRTUAL_HOST: 'envoy.config.route.v3.VirtualHost',
  HTTP_ROUTE: 'envoy.config.route.v3.Route',
  EXTENSION_CONFIG: 'envoy.config.core.v3.TypedExtensionConfig',
  BOOTSTRAP: 'envoy.config.bootstrap.v3.Bootstrap',
}

function checkValue(applyTo: string, value: unknown, path: FieldPath, judge: Judge): void {
  const message = patchedMessages[applyTo]
  if (message === undefined || value === undefined) return
  const before = judge.errors.length + judge.warnings.length
  envoyJson().check(message, value, path, { ...reportTo(judge, ''), ...warnOfFirst(judge) })
  // After a field that is not known, too, istiod looks no further.
  const untyped = judge.errors.length + judge.warnings.length > before ? [] : envoyJson().untyped(message, value)
  if (untyped.length > 0)
    judge.warn(
      'INVALID_VALUE',
      path,
      `using deprecated types by name without typed_config; ${untyped.join(', ')}`,
      'write typed_config with its @type',
    )
}

/** istiod reads a patch strictly to warn of fields that Envoy has not, and gives up at the first. Source: Istio `pkg/config/validation/envoyfilter` validateEnvoyFilter. */
function warnOfFirst(judge: Judge): Pick<ProtoReport, 'unknown'> {
  let isFirst = true
  return {
    unknown: (path, said, hint) => {
      if (isFirst) judge.warn('UNKNOWN_FIELD', path, `Envoy filter: ${said}`, hint)
      isFirst = false
    },
  }
}

/** The part of Envoy's config that each is found in; of a waypoint all are. */
const classes: Readonly<Record<string, string>> = {
  LISTENER: 'listener',
  FILTER_CHAIN: 'listener',
  NETWORK_FILTER: 'listener',
  HTTP_FILTER: 'listener',
  ROUTE_CONFIGURATION: 'routeConfiguration',
  VIRTUAL_HOST: 'routeConfiguration',
  HTTP_ROUTE: 'routeConfiguration',
  CLUSTER: 'cluster',
}

const words: Readonly<Record<string, string>> = {
  listener: 'applyTo for listener class objects cannot have non listener match',
  routeConfiguration: 'applyTo for http route class objects cannot have non route configuration match',
  cluster: 'applyTo for cluster class objects cannot have non cluster match',
}

/** @returns false where istiod looks no further */
function checkMatch(applyTo: string, match: Fields, path: FieldPath, judge: Judge): boolean {
  const wanted = classes[applyTo]
  if (!wanted) return true
  const other = ['listener', 'routeConfiguration', 'cluster'].find((type) => match[type] !== undefined && type !== wanted)
  if (other !== undefined) {
    judge.error('CONFLICTING_FIELDS', [...path, other], `Envoy filter: ${words[wanted]}`)
    return wanted !== 'listener'
  }
  const filter = match.listener?.filterChain?.filter as Fields | undefined
  const before = judge.errors.length
  if (filter) checkFilter(applyTo, filter, [...path, 'listener', 'filterChain', 'filter'], judge)
  return judge.errors.length === before
}

/** CEL rules of the CRD. */
function checkWaypoint(match: Fields, path: FieldPath, judge: Judge): void {
  if ((match.context === 'WAYPOINT') !== (match.waypoint !== undefined))
    judge.error('CONFLICTING_FIELDS', path, 'only support waypointMatch when context is WAYPOINT')
  const port = match.waypoint?.portNumber as number | undefined
  if (port !== undefined && (port < 1 || port > 65535))
    judge.error('INVALID_PORT', [...path, 'waypoint', 'portNumber'], 'port must be between 1-65535')
}

function checkFilter(applyTo: string, { name = '', subFilter }: Fields, path: FieldPath, judge: Judge): void {
  if (applyTo === 'LISTENER' || applyTo === 'FILTER_CHAIN')
    judge.warn('CONFLICTING_FIELDS', path, `filter match has no effect when used with ${applyTo}`)
  if (name === '') return judge.error('SCHEMA_REQUIRED', [...path, 'name'], 'Envoy filter: filter match has no name to match on')
  if (subFilter) {
    const at = [...path, 'subFilter']
    if (applyTo !== 'HTTP_FILTER')
      return judge.error('CONFLICTING_FIELDS', at, 'Envoy filter: subfilter match can be used with applyTo HTTP_FILTER only')
    if (name !== connectionManager && name !== 'envoy.http_connection_manager')
      return judge.error('CONFLICTING_FIELDS', at, `Envoy filter: subfilter match requires filter match with ${connectionManager}`)
    if (!subFilter.name) return judge.error('SCHEMA_REQUIRED', [...at, 'name'], 'Envoy filter: subfilter match has no name to match on')
  }
  for (const used of [name, subFilter?.name ?? ''] as string[])
    if (newNames.has(used)) judge.warn('INVALID_VALUE', path, `using deprecated filter name "${used}"; use "${newNames.get(used) ?? ''}" instead`)
}
