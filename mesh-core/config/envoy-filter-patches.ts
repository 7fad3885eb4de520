import { looksForEarlierName } from './envoy-filter-earlier-names.ts'
import { faultName, faultType, insertable } from './envoy-filter-http-filters.ts'
import { knownToEnvoy } from './envoy-filter-unknown-fields.ts'
import { connectionManagerName, tablesOf, tcpProxy, tcpProxyName } from './envoy-filter-values.ts'
import { jsonFormatProblems } from './local-reply-values.ts'
import { bothSpellings, collect, fields, type FieldPath, type Modelled } from './modelled-table.ts'
import type { Resource } from './resource.ts'

/** One of an EnvoyFilter's `configPatches`. Names inside of `value` are Envoy's, in either spelling. */
export interface ConfigPatch {
  readonly applyTo: string
  readonly match?: PatchMatch
  readonly patch: { readonly operation: string; readonly value?: Readonly<Record<string, unknown>> }
}

export interface PatchMatch {
  readonly context?: string
  readonly proxy?: { readonly proxyVersion?: string }
  readonly listener?: {
    readonly name?: string
    readonly portNumber?: number
    readonly filterChain?: { readonly filter?: { readonly name?: string; readonly subFilter?: { readonly name?: string } } }
  }
  readonly routeConfiguration?: {
    readonly name?: string
    readonly portNumber?: number
    readonly portName?: string
    readonly gateway?: string
    readonly vhost?: { readonly name?: string; readonly domainName?: string; readonly route?: { readonly name?: string; readonly action?: string } }
  }
  readonly cluster?: { readonly name?: string; readonly service?: string; readonly subset?: string; readonly portNumber?: number }
}

/** What a filter is told; with the place where it stands. */
export function typedConfigOf(value: Mapping): TypedConfig {
  const name = value['typedConfig'] === undefined ? 'typed_config' : 'typedConfig'
  const { at, ...config } = unwrapped((value[name] ?? {}) as Mapping)
  return { ...config, at: [name, ...at] }
}

interface TypedConfig {
  readonly type: string
  readonly config: Mapping
  readonly at: FieldPath
}

/** It may be wrapped in a TypedStruct. */
export function unwrapped(any: Mapping): TypedConfig {
  const type = String(any['@type'] ?? '')
  if (!/\.TypedStruct$/.test(type)) return { type, config: any, at: [] }
  return { type: String(any['type_url'] ?? any['typeUrl'] ?? ''), config: (any['value'] ?? {}) as Mapping, at: ['value'] }
}

type Mapping = Readonly<Record<string, unknown>>

const routerName = 'envoy.filters.http.router'

const ofFilter: Modelled = bothSpellings({ name: 'acts', typedConfig: 'acts', disabled: 'acts', isOptional: 'quiet' })
const ofMerged: Modelled = bothSpellings({ name: 'acts', typedConfig: 'acts' })

/** Of filters of HTTP some kinds can be put in, before all others or before the router; and that for faults, which is there, be told something. */
function filterProblems({ match: where, patch }: ConfigPatch, path: FieldPath): FieldPath[] {
  const { type, config, at } = typedConfigOf(patch.value ?? {})
  const next = where?.listener?.filterChain?.filter?.subFilter
  const table = insertable[type]
  if (!isPlaced(patch.operation, next?.name, type) || table === undefined) return [path]
  const found: FieldPath[] = []
  collect(httpFilterMatch, where ?? null, [...path, 'match'], found)
  collect(patch.operation === 'MERGE' ? ofMerged : ofFilter, patch.value ?? null, [...path, 'patch', 'value'], found)
  collect(table, config, [...path, 'patch', 'value', ...at], found)
  return found
}

/** @param next the filter that is named */
function isPlaced(operation: string, next: string | undefined, type: string): boolean {
  if (operation === 'MERGE') return next === faultName && type === faultType
  return operation === 'INSERT_FIRST' ? next === undefined : operation === 'INSERT_BEFORE' && (next ?? routerName) === routerName
}

const match: Modelled = {
  context: 'acts',
  proxy: { proxyVersion: 'acts' },
  routeConfiguration: {
    ...fields('name portNumber portName gateway'),
    vhost: { ...fields('name domainName'), route: fields('name action') },
  },
  cluster: fields('name service subset portNumber'),
  listener: { ...fields('name portNumber'), filterChain: { filter: { name: 'acts' } } },
}
const httpFilterMatch: Modelled = {
  ...{ context: 'acts', proxy: { proxyVersion: 'acts' } },
  listener: { ...fields('name portNumber'), filterChain: { filter: { name: 'acts', subFilter: { name: 'acts' } } } },
}

function mergesTcpProxy({ applyTo, match: where, patch }: ConfigPatch): boolean {
  const isOnTheWayOut = where?.context === 'SIDECAR_OUTBOUND' || where?.context === 'GATEWAY'
  return isOnTheWayOut && applyTo === 'NETWORK_FILTER' && patch.operation === 'MERGE' && where.listener?.filterChain?.filter?.name === tcpProxyName
}

/** Of the filters beside which one may be put those that end a chain are known here. */
function isBesideUnknown({ applyTo, match: where, patch }: ConfigPatch): boolean {
  if (applyTo !== 'NETWORK_FILTER' || (patch.operation !== 'INSERT_BEFORE' && patch.operation !== 'INSERT_AFTER')) return false
  const name = where?.listener?.filterChain?.filter?.name
  return name !== undefined && name !== tcpProxyName && name !== connectionManagerName
}

/** For any, but named as nothing is on the way in: it acts as one for the way out, and for gateways. */
function contextOf(where: PatchMatch | undefined): string | undefined {
  const isForAny = where?.context === undefined || where.context === 'ANY'
  return isForAny && where && isNeverInbound(where) ? 'SIDECAR_OUTBOUND' : where?.context
}

/** Source: Istio `core/httproute.go` buildSidecarInboundHTTPRouteConfig, `model.BuildSubsetKey` of clusters of inbound traffic. */
function isNeverInbound({ routeConfiguration, cluster }: PatchMatch): boolean {
  const { name, portName, gateway, vhost } = routeConfiguration ?? {}
  const isOther = (asked: unknown, isOwn: (asked: string) => boolean): boolean => typeof asked === 'string' && asked !== '' && !isOwn(asked)
  const isInbound = (asked: string): boolean => asked.startsWith('inbound|')
  const isNone = (): boolean => false
  return (
    [name, vhost?.name, cluster?.name].some((asked) => isOther(asked, isInbound)) ||
    [portName, gateway, cluster?.subset].some((asked) => isOther(asked, isNone)) ||
    isOther(vhost?.domainName, (asked) => asked === '*') ||
    isOther(vhost?.route?.name, (asked) => asked === 'default')
  )
}

/** What of a patch is not acted on; nothing of it acts then. */
function problemsOf(whole: ConfigPatch | null, path: FieldPath): FieldPath[] {
  if (typeof whole?.patch !== 'object' || whole.patch === null) return [path]
  return knownToEnvoy(unmodelledIn(whole, path), whole.applyTo, whole.patch.value, [...path, 'patch', 'value'])
}

function unmodelledIn(whole: ConfigPatch, path: FieldPath): FieldPath[] {
  if (looksForEarlierName(whole)) return []
  const { applyTo, match: where, patch } = whole
  if (applyTo === 'HTTP_FILTER') return filterProblems(whole, path)
  const table = mergesTcpProxy(whole) ? tcpProxy : tablesOf(contextOf(where))[`${applyTo} ${patch?.operation}`]
  if (table === undefined) return [path]
  const found: FieldPath[] = []
  if (isBesideUnknown(whole)) return [[...path, 'match', 'listener', 'filterChain', 'filter', 'name']]
  collect(match, where ?? null, [...path, 'match'], found)
  collect(table, patch.value ?? null, [...path, 'patch', 'value'], found)
  return [...found, ...jsonFormatProblems(patch.value, [...path, 'patch', 'value'])]
}

/** A list that is none is told of elsewhere. */
function patchesOf({ object }: Resource): readonly (ConfigPatch | null)[] {
  const patches: unknown = object['spec']?.configPatches
  return Array.isArray(patches) ? patches : []
}

/** The paths of an EnvoyFilter that do not act. */
export function notActingPatches(resource: Resource): FieldPath[] {
  return patchesOf(resource).flatMap((patch, i) => problemsOf(patch, ['spec', 'configPatches', i]))
}

/** Those that act, with their places: what does nothing is none of them. */
export function actingPatches(resource: Resource): readonly { readonly patch: ConfigPatch; readonly index: number }[] {
  const acts = (patch: ConfigPatch): boolean => problemsOf(patch, []).length === 0 && !looksForEarlierName(patch)
  return patchesOf(resource).flatMap((patch, index) => (patch && acts(patch) ? [{ patch, index }] : []))
}
