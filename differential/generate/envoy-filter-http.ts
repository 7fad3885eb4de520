import type { Draw } from '../draw.ts'
import { appendActions, match } from './envoy-filter-places.ts'
import { headerMatch } from './envoy-filter-routes.ts'
import type { Json } from './matches.ts'
import { script } from './scripts.ts'

export const hcmName = 'envoy.filters.network.http_connection_manager'

const typed = (name: string, fields: Json): Json => ({ '@type': `type.googleapis.com/envoy.extensions.filters.http.${name}`, ...fields })

/** In front of all others, or before the router. */
export function placeOfFilter(draw: Draw, context: string): Json {
  const subFilter = draw.chance(0.7) ? { subFilter: { name: 'envoy.filters.http.router' } } : {}
  return match(draw, context, { listener: { filterChain: { filter: { name: hcmName, ...subFilter } } } })
}

const percentage = (draw: Draw): Json => ({ numerator: draw.one([100, 100, 100, 0]), denominator: 'HUNDRED' })

export const fault = (draw: Draw, id: string): Json =>
  typed('fault.v3.HTTPFault', {
    ...draw.maybe(0.3, () => ({ delay: { ...draw.one<Json>([{ fixed_delay: '0.1s' }, { header_delay: {} }]), percentage: percentage(draw) } })),
    ...draw.maybe(0.8, () => ({
      abort: {
        ...draw.one<Json>([{ http_status: 500 + (id.length % 50) }, { grpc_status: 14 }, { header_abort: {} }]),
        percentage: percentage(draw),
      },
    })),
    ...draw.maybe(0.5, () => ({ headers: draw.many(1, 2, () => headerMatch(draw)) })),
  })

const written = [
  'x-patched',
  'x-user',
  'authorization',
  'origin',
  'x-envoy-fault-abort-request',
  'x-envoy-fault-delay-request',
  'x-envoy-fault-abort-request-percentage',
]

const valuesOf: Readonly<Record<string, readonly string[]>> = {
  'x-envoy-fault-abort-request': ['418', '503', 'x'],
  'x-envoy-fault-delay-request': ['100', '0', 'x'],
  'x-envoy-fault-abort-request-percentage': ['100', '0', 'x'],
  authorization: ['Basic amFzb246c2VjcmV0', 'Basic amFzb246d3Jvbmc=', 'Basic x', 'Bearer x'],
  origin: ['http://b', 'https://shop.example.com', 'b', 'null', 'http://b.default.svc.cluster.local/x'],
}

function mutation(draw: Draw, id: string, names: readonly string[]): Json {
  const name = draw.one(names)
  if (draw.chance(0.2)) return { remove: name }
  const value = draw.one(
    valuesOf[name] ?? [id, `${id} [%REQ(x-user)%]`, `%REQ(x-none)%`, `[%RESP(x-answer)%]`, '%FILTER_STATE(kept:PLAIN)%', '[%FILTER_STATE(other)%]'],
  )
  return {
    append: {
      header: { key: name, value },
      ...draw.maybe(0.5, () => ({ append_action: draw.one(appendActions) })),
      ...draw.maybe(0.1, () => ({ keep_empty_value: true })),
    },
  }
}

const mutations = (draw: Draw, id: string): Json => ({
  mutations: {
    ...draw.maybe(0.8, () => ({ request_mutations: draw.many(1, 3, () => mutation(draw, id, written)) })),
    ...draw.maybe(0.5, () => ({ response_mutations: draw.many(1, 2, () => mutation(draw, id, ['x-answer', 'x-patched'])) })),
  },
})

const buffer = (draw: Draw): Json => ({ max_request_bytes: draw.one([1, 10, 1000]) })

const limit = (draw: Draw): Json =>
  typed('local_ratelimit.v3.LocalRateLimit', {
    stat_prefix: 'limit',
    token_bucket: { max_tokens: draw.one([2, 100]), fill_interval: '600s' },
    filter_enabled: { default_value: { numerator: 100 }, runtime_key: 'a' },
    filter_enforced: { default_value: { numerator: 100 }, runtime_key: 'b' },
  })

// Of jason, whose password is secret.
const users: Json = { users: { inline_string: 'jason:{SHA}5en6G6MezRroT3XKqkdPOmY/BfQ=' } }

const passwords = (draw: Draw): Json =>
  typed('basic_auth.v3.BasicAuth', {
    ...users,
    ...draw.maybe(0.4, () => ({ allow_missing: true })),
    ...draw.maybe(0.4, () => ({ forward_username_header: 'x-user' })),
    ...draw.maybe(0.4, () => ({ authentication_header: draw.one(['x-user', 'x-patched']) })),
  })

const origins = (draw: Draw): Json =>
  typed('csrf.v3.CsrfPolicy', {
    filter_enabled: { default_value: { numerator: draw.one([100, 100, 0]) } },
    ...draw.maybe(0.6, () => ({
      additional_origins: [draw.one<Json>([{ suffix: '.example.com' }, { exact: 'b' }, { safe_regex: { regex: '.*b.*' } }])],
    })),
  })

const health = (draw: Draw): Json =>
  typed('health_check.v3.HealthCheck', { pass_through_mode: draw.one([false, true]), headers: draw.many(1, 2, () => headerMatch(draw)) })

const compressor = (draw: Draw): Json =>
  typed('compressor.v3.Compressor', {
    compressor_library: {
      name: 'text',
      typed_config: {
        '@type': `type.googleapis.com/envoy.extensions.compression.${draw.one(['gzip.compressor.v3.Gzip', 'brotli.compressor.v3.Brotli'])}`,
      },
    },
    response_direction_config: {
      common_config: { content_type: ['application/json', 'text/plain'], ...draw.maybe(0.3, () => ({ min_content_length: draw.one([1, 100]) })) },
      ...draw.maybe(0.3, () => ({ remove_accept_encoding_header: true })),
      ...draw.maybe(0.3, () => ({ disable_on_etag_header: true })),
    },
  })

const common = (draw: Draw): Json => ({ common_config: { enabled: { default_value: draw.chance(0.8), runtime_key: 'a' } } })

const decompressor = (draw: Draw): Json =>
  typed('decompressor.v3.Decompressor', {
    decompressor_library: {
      name: 'text',
      typed_config: {
        '@type': `type.googleapis.com/envoy.extensions.compression.${draw.one(['gzip.decompressor.v3.Gzip', 'brotli.decompressor.v3.Brotli'])}`,
      },
    },
    ...draw.maybe(0.4, () => ({ request_direction_config: { ...common(draw), advertise_accept_encoding: draw.chance(0.7) } })),
    ...draw.maybe(0.4, () => ({ response_direction_config: common(draw) })),
  })

const state = (draw: Draw): Json =>
  typed('set_filter_state.v3.Config', {
    on_request_headers: draw.many(1, 2, () => ({
      object_key: draw.one(['kept', 'other']),
      factory_key: 'envoy.string',
      format_string: {
        text_format_source: {
          inline_string: draw.one(['%REQ(x-user)%', 'a%REQ(x-patched)%', '%PROTOCOL%<%FILTER_STATE(kept:PLAIN)%>', '%REQ(:path)%']),
        },
        ...draw.maybe(0.3, () => ({ omit_empty_values: true })),
      },
      ...draw.maybe(0.3, () => ({ skip_if_empty: true })),
    })),
  })

const metadata = (draw: Draw): Json =>
  typed('header_to_metadata.v3.Config', {
    request_rules: [
      { header: draw.one(['x-user', 'x-patched']), on_header_present: { metadata_namespace: 'envoy.lb', key: 'k' }, remove: draw.chance(0.7) },
    ],
    response_rules: [{ header: 'x-answer', on_header_present: { metadata_namespace: 'envoy.lb', key: 'k' }, remove: draw.chance(0.5) }],
  })

const lua = (draw: Draw, id: string): Json =>
  typed('lua.v3.Lua', {
    ...draw.one<() => Json>([
      () => ({ inlineCode: script(draw, id) }),
      () => ({ default_source_code: { inline_string: script(draw, id) } }),
      () => ({ default_source_code: { inline_string: script(draw, id) }, source_codes: { other: { inline_string: script(draw, `${id}-other`) } } }),
    ])(),
    ...draw.maybe(0.2, () => ({ clear_route_cache: draw.chance(0.3) })),
  })

const luaOfRoute = (draw: Draw, id: string): Json =>
  typed(
    'lua.v3.LuaPerRoute',
    draw.one<Json>([{ disabled: true }, { name: 'other' }, { source_code: { inline_string: script(draw, `${id}-route`) } }, {}]),
  )

/** A filter that is put in. */
export function insertedFilter(draw: Draw, id: string): Json {
  const [name, typed_config] = draw.one<() => [string, Json]>([
    () => ['fault', fault(draw, id)],
    () => [
      'header_mutation',
      typed('header_mutation.v3.HeaderMutation', {
        ...mutations(draw, id),
        ...draw.maybe(0.2, () => ({ most_specific_header_mutations_wins: true })),
      }),
    ],
    () => ['buffer', typed('buffer.v3.Buffer', buffer(draw))],
    () => ['local_ratelimit', limit(draw)],
    () => ['basic_auth', passwords(draw)],
    () => ['csrf', origins(draw)],
    () => ['health_check', health(draw)],
    () => ['compressor', compressor(draw)],
    () => ['decompressor', decompressor(draw)],
    () => ['grpc_web', typed('grpc_web.v3.GrpcWeb', {})],
    () => ['set_filter_state', state(draw)],
    () => ['header_to_metadata', metadata(draw)],
    () => ['lua', lua(draw, id)],
    () => ['lua', lua(draw, id)],
  ])()
  const own = draw.chance(0.15) ? `own.${name}` : `envoy.filters.http.${name}`
  return { name: own, typed_config, ...draw.maybe(0.15, () => ({ disabled: true })) }
}

const filterConfig = 'type.googleapis.com/envoy.config.route.v3.FilterConfig'

/** What a route, a host or a table tells filters. */
export function toldFilters(draw: Draw, id: string): Json {
  const told: readonly (readonly [string, () => Json])[] = [
    ['fault', () => fault(draw, id)],
    ['header_mutation', () => typed('header_mutation.v3.HeaderMutationPerRoute', mutations(draw, id))],
    ['buffer', () => typed('buffer.v3.BufferPerRoute', draw.one<Json>([{ disabled: true }, { buffer: buffer(draw) }]))],
    ['local_ratelimit', () => limit(draw)],
    ['basic_auth', () => typed('basic_auth.v3.BasicAuthPerRoute', users)],
    ['csrf', () => origins(draw)],
    ['set_filter_state', () => state(draw)],
    ['lua', () => luaOfRoute(draw, id)],
  ]
  const own = draw.some([...told], 1, 2).map(([name, config]) => [`envoy.filters.http.${name}`, wrapped(draw, config)] as const)
  return { typed_per_filter_config: Object.fromEntries(own) }
}

function wrapped(draw: Draw, config: () => Json): Json {
  if (draw.chance(0.7)) return config()
  return { '@type': filterConfig, ...(draw.chance(0.6) ? { disabled: true } : { config: config(), is_optional: true }) }
}
