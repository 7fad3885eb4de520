import { connectionManagerName } from '../../config/envoy-filter-values.ts'
import { durationMs, int, message, messages, text, texts, type Message } from '../../envoy/fields.ts'
import type { EscapedSlashes, FilterChain, ForwardClientCert, HttpSettings, Listener, PathNormalization } from '../../ir/proxy-config.ts'
import { isListenerRefused } from '../mesh/settings-refusal.ts'
import { patchConnectionLimits } from './connection-limit-patches.ts'
import type { EnvoyPatch } from './envoy-filters.ts'
import { withInserted } from './inserted-filters.ts'
import { mergeLocalReplies } from './local-reply-patches.ts'
import { isAtListener, patchTcpProxies } from './tcp-proxy-patches.ts'

/** What the filter that reads HTTP says otherwise. */
export interface ConnectionManager {
  readonly pathNormalization: PathNormalization
  readonly settings?: HttpSettings
}

/** The listeners with the patches that are for their connection managers. Source: Istio `core/envoyfilter/listener_patch.go`. */
export function patchListeners(all: readonly Listener[], patches: readonly EnvoyPatch[], node: string): readonly Listener[] {
  const listeners = patchTcpProxies(patchConnectionLimits(all, patches), patches)
  const own = patches.filter(isOfConnectionManager)
  const ofListeners = patches.filter(({ applyTo }) => applyTo === 'LISTENER')
  if (own.length + ofListeners.length === 0) return listeners
  return patchWhole(listeners, ofListeners).flatMap((listener) => {
    const fitting = own.filter((patch) => isForListener(patch, listener))
    if (fitting.length === 0) return [listener]
    const patched = (chain: FilterChain): FilterChain =>
      chain.filter.kind === 'http' ? { ...chain, filter: patchConnectionManager(chain.filter, fitting, node) } : chain
    const { filterChains, defaultFilterChain } = listener
    const whole = { ...listener, filterChains: filterChains.map(patched), defaultFilterChain: defaultFilterChain && patched(defaultFilterChain) }
    return isListenerRefused(whole) ? [] : [whole]
  })
}

/** Connections begin with a header that says where they come from. */
function patchWhole(listeners: readonly Listener[], patches: readonly EnvoyPatch[]): readonly Listener[] {
  const expecting = patches.filter(({ value }) => texts(message(value, 'value')['listener_filters']).length > 0)
  if (expecting.length === 0) return listeners
  return listeners.map((one) => (expecting.some((patch) => isForListener(patch, one)) ? { ...one, proxyProtocol: true as const } : one))
}

function isOfConnectionManager({ applyTo, operation }: Pick<EnvoyPatch, 'applyTo' | 'operation'>): boolean {
  return (applyTo === 'NETWORK_FILTER' && operation === 'MERGE') || applyTo === 'HTTP_FILTER'
}

function isForListener(patch: EnvoyPatch, listener: Listener): boolean {
  return isAtListener(patch, listener) && (!patch.match.listener || isForFilter(patch.match.listener))
}

function isForFilter({ filterChain }: NonNullable<EnvoyPatch['match']['listener']>): boolean {
  return (filterChain?.filter?.name ?? connectionManagerName) === connectionManagerName
}

/** Of a sidecar towards its own workload: one listener with a chain for each port. @param port `null` where no listener is for the port */
export function inboundConnectionManager<T extends ConnectionManager>(
  known: T,
  patches: readonly EnvoyPatch[],
  port: number | null,
  node: string,
): T {
  const own = patches.filter(({ applyTo, operation, match: { listener } }) => {
    if (!isOfConnectionManager({ applyTo, operation })) return false
    if (!listener) return true
    return (listener.name ?? 'virtualInbound') === 'virtualInbound' && (!listener.portNumber || listener.portNumber === port) && isForFilter(listener)
  })
  return own.length === 0 ? known : patchConnectionManager(known, own, node)
}

function patchConnectionManager<T extends ConnectionManager>(known: T, patches: readonly EnvoyPatch[], node: string): T {
  const merging = patches.filter(({ applyTo }) => applyTo === 'NETWORK_FILTER')
  const whole = merging.reduce((merged, { value, origin }) => {
    const fields = message(message(value, 'value')['typed_config'], 'value.typed_config')
    const replies = fields['local_reply_config']
    const localReplies = replies === undefined ? {} : { localReplies: mergeLocalReplies(merged.settings?.localReplies, replies, origin) }
    const settings = { ...merged.settings, ...settingsOf(fields), ...localReplies, ...certificateDetails(fields, merged.settings) }
    const normalizes = fields['normalize_path'] === true && merged.pathNormalization === 'NONE'
    const pathNormalization = normalizes ? 'BASE' : merged.pathNormalization
    return { ...merged, ...(Object.keys(settings).length > 0 && { settings }), pathNormalization }
  }, known)
  const settings = withInserted(whole.settings ?? {}, patches, node)
  return Object.keys(settings).length === 0 ? whole : { ...whole, settings }
}

/** Merged into what istiod has set: a 0, a `false` and an empty text leave it as it was. Source: `google.golang.org/protobuf` Merge. */
function settingsOf(fields: Message): HttpSettings {
  const server = text(fields['server_name'])
  return {
    ...(int(fields['xff_num_trusted_hops']) > 0 && { trustedProxies: int(fields['xff_num_trusted_hops']) }),
    ...(server !== null && { server }),
    ...(fields['server_header_transformation'] === 'PASS_THROUGH' && { server: null }),
    ...(fields['server_header_transformation'] === 'APPEND_IF_ABSENT' && { keepsServer: true as const }),
    ...(fields['generate_request_id'] === false && { requestIds: false as const }),
    ...(fields['preserve_external_request_id'] === true && { keepsRequestIds: true as const }),
    ...(fields['always_set_request_id_in_response'] === true && { tellsRequestIds: true as const }),
    ...(namesWebSockets(fields['upgrade_configs']) && { isRefused: true as const }),
    ...hostSettingsOf(fields),
    ...pathSettingsOf(fields),
    ...(fields['skip_xff_append'] === true && { skipsForwardedFor: true as const }),
    ...(text(fields['via']) !== null && { via: text(fields['via'])! }),
    ...parserSettingsOf(fields),
    ...(fields['stream_idle_timeout'] !== undefined && { streamIdleMs: durationMs(fields['stream_idle_timeout']) ?? 0 }),
    ...(fields['append_x_forwarded_port'] === true && { forwardedPort: true as const }),
    ...(isForwarding(fields['forward_client_cert_details']) && { forwardClientCert: fields['forward_client_cert_details'] }),
  }
}

/** Where a ProxyConfig has left some out. */
function certificateDetails(fields: Message, { clientCertDetails }: HttpSettings = {}): HttpSettings {
  const told = message(fields['set_current_client_cert_details'], 'set_current_client_cert_details')
  const { subject, uri, dns } = clientCertDetails ?? { subject: true, uri: true, dns: true }
  if (subject && uri && dns) return {}
  return { clientCertDetails: { subject: subject || told['subject'] === true, uri: uri || told['uri'] === true, dns: dns || told['dns'] === true } }
}

/** istiod has, too, and a second time is once too often. Source: Envoy `HttpConnectionManagerConfig`. */
function namesWebSockets(upgrades: unknown): boolean {
  return messages(upgrades, 'upgrade_configs').some((upgrade) => text(upgrade['upgrade_type'])?.toLowerCase() === 'websocket')
}

function hostSettingsOf(fields: Message): HttpSettings {
  return {
    ...(fields['strip_any_host_port'] === true && { stripsAnyPort: true as const }),
    ...(fields['strip_matching_host_port'] === true && { stripsMatchingPort: true as const }),
    ...(fields['strip_trailing_host_dot'] === true && { stripsTrailingDot: true as const }),
  }
}

const escapedSlashes: readonly EscapedSlashes[] = ['KEEP_UNCHANGED', 'REJECT_REQUEST', 'UNESCAPE_AND_REDIRECT', 'UNESCAPE_AND_FORWARD']

/** IMPLEMENTATION_SPECIFIC_DEFAULT is the 0 of its enumeration. */
function pathSettingsOf(fields: Message): HttpSettings {
  const told = fields['path_with_escaped_slashes_action']
  const action = escapedSlashes.find((name, i) => told === name || Number(told) === i + 1)
  return { ...(fields['merge_slashes'] === true && { mergesSlashes: true }), ...(action && { escapedSlashes: action }) }
}

/** ALLOW is the 0 of its enumeration. */
function parserSettingsOf(fields: Message): HttpSettings {
  const common = message(fields['common_http_protocol_options'], 'common_http_protocol_options')
  const http1 = message(fields['http_protocol_options'], 'http_protocol_options')
  const underscores = common['headers_with_underscores_action']
  const kib = fields['max_request_headers_kb']
  return {
    ...(http1['accept_http_10'] === true && { acceptsHttp10: true as const }),
    ...((underscores === 'REJECT_REQUEST' || underscores === 'DROP_HEADER') && { underscores }),
    ...(kib !== undefined && { mostHeaderKib: int(kib) }),
    ...(common['max_headers_count'] !== undefined && { mostHeaders: int(common['max_headers_count']) }),
    ...(int(common['max_requests_per_connection']) > 0 && { requestsPerConnection: int(common['max_requests_per_connection']) }),
    ...(common['max_connection_duration'] !== undefined && { connectionMs: durationMs(common['max_connection_duration']) ?? 0 }),
    ...(common['max_stream_duration'] !== undefined && { maxDurationMs: durationMs(common['max_stream_duration']) ?? 0 }),
  }
}

/** SANITIZE is the 0 of its enumeration. */
function isForwarding(mode: unknown): mode is ForwardClientCert {
  return ['FORWARD_ONLY', 'APPEND_FORWARD', 'SANITIZE_SET', 'ALWAYS_FORWARD_ONLY'].includes(String(mode))
}
