import { stringFactory } from '../../../../mesh-core/config/envoy-filter-http-filters.ts'
import type {
  Compressor,
  Decompression,
  Decompressor,
  HealthFilter,
  InsertedFilter,
  KeptValue,
  LuaFilter,
  OrderedMutations,
  OriginRules,
  Passwords,
} from '../../../../mesh-core/ir/inserted-filter.ts'
import { noMutation, type Fault, type HeaderMutation } from '../../../../mesh-core/ir/route.ts'
import type { AskingPlace } from './custom-access-filters.ts'
import { headerOperations } from './header-mutation.ts'
import { duration, optional, typed } from './json.ts'
import type { Json } from './json.ts'
import { localRateLimit } from './local-rate-limit.ts'
import { partsPerMillion } from './parts-per-million.ts'
import { placedScript } from './placed-script.ts'
import { headerMatcher } from './route-match.ts'
import { stringMatcher } from './string-match.ts'

const extensions = 'envoy.extensions.filters.http'

/** Under the name that it has: what routes tell it goes by that. */
export function insertedFilter(filter: InsertedFilter, asking: AskingPlace): readonly Json[] {
  const own = { name: filter.name, typed_config: configOf(filter, asking), ...(filter.isOff && { disabled: true }) }
  return filter.kind === 'health' ? [calledAsInPod(filter), own] : [own]
}

/** Many proxies are one Envoy here, which has one name. */
function calledAsInPod({ name, cluster, isOff }: HealthFilter): Json {
  const header = { key: 'x-envoy-upstream-healthchecked-cluster', value: cluster.replaceAll('%', '%%') }
  const config = { mutations: { response_mutations: [{ append: { header, append_action: 'OVERWRITE_IF_EXISTS' } }] } }
  return { name: `${name} name`, typed_config: typed(`${extensions}.header_mutation.v3.HeaderMutation`, config), ...(isOff && { disabled: true }) }
}

function configOf(filter: InsertedFilter, asking: AskingPlace): Json {
  switch (filter.kind) {
    case 'limit':
      return localRateLimit(filter)
    case 'buffer':
      return typed(`${extensions}.buffer.v3.Buffer`, { max_request_bytes: filter.maxBytes })
    case 'fault':
      return httpFault(filter.fault)
    case 'headers':
      return typed(`${extensions}.header_mutation.v3.HeaderMutation`, {
        mutations: orderedMutations(filter),
        ...(filter.mostSpecificWins && { most_specific_header_mutations_wins: true }),
      })
    case 'passwords':
      return typed(`${extensions}.basic_auth.v3.BasicAuth`, {
        users: htpasswd(filter.users),
        authentication_header: filter.header,
        ...optional('forward_username_header', filter.userHeader),
        ...optional('allow_missing', filter.allowsMissing),
      })
    case 'origins':
      return csrfPolicy(filter)
    case 'health':
      return typed(`${extensions}.health_check.v3.HealthCheck`, {
        pass_through_mode: filter.passesThrough,
        headers: filter.headers.map(headerMatcher),
      })
    case 'compressor':
      return compressor(filter)
    case 'decompressor':
      return decompressor(filter)
    case 'state':
      return filterState(filter.values)
    case 'grpc-web':
      return typed(`${extensions}.grpc_web.v3.GrpcWeb`, {})
    case 'lua':
      return script(filter, asking)
    case 'metadata':
      return typed(`${extensions}.header_to_metadata.v3.Config`, {
        request_rules: filter.takesOfRequest.map(takenHeader),
        response_rules: filter.takesOfAnswer.map(takenHeader),
      })
  }
}

function script({ code, named, clearsRoute }: LuaFilter, asking: AskingPlace): Json {
  const source = (one: string): Json => ({ inline_string: placedScript(one, asking) })
  return typed(`${extensions}.lua.v3.Lua`, {
    ...optional('default_source_code', code === null ? null : source(code)),
    source_codes: Object.fromEntries(Object.entries(named).map(([name, one]) => [name, source(one)])),
    clear_route_cache: clearsRoute,
  })
}

function takenHeader(header: string): Json {
  return { header, on_header_present: { key: header }, remove: true }
}

const libraries = { gzip: 'gzip.compressor.v3.Gzip', br: 'brotli.compressor.v3.Brotli' } as const

function compressor({ encoding, leastBytes, contentTypes, isEnabled, sparesTagged, hidesAccepted }: Compressor): Json {
  const enabled = { default_value: isEnabled, runtime_key: 'compressor' }
  return typed(`${extensions}.compressor.v3.Compressor`, {
    compressor_library: { name: encoding, typed_config: typed(`envoy.extensions.compression.${libraries[encoding]}`, {}) },
    response_direction_config: {
      common_config: { min_content_length: leastBytes, content_type: contentTypes, enabled },
      ...optional('disable_on_etag_header', sparesTagged),
      ...optional('remove_accept_encoding_header', hidesAccepted),
    },
  })
}

const decompressions = { gzip: 'gzip.decompressor.v3.Gzip', br: 'brotli.decompressor.v3.Brotli' } as const

function decompressor({ encoding, requests, answers, advertises }: Decompressor): Json {
  return typed(`${extensions}.decompressor.v3.Decompressor`, {
    decompressor_library: { name: encoding, typed_config: typed(`envoy.extensions.compression.${decompressions[encoding]}`, {}) },
    request_direction_config: { common_config: direction(requests), advertise_accept_encoding: advertises },
    response_direction_config: { common_config: direction(answers) },
  })
}

function direction(told: Decompression | null): Json {
  return {
    enabled: { default_value: told !== null, runtime_key: 'decompressor' },
    ...optional('ignore_no_transform_header', told?.transformsAll),
  }
}

export function filterState(values: readonly KeptValue[]): Json {
  return typed(`${extensions}.set_filter_state.v3.Config`, {
    on_request_headers: values.map(({ key, format, skipsEmpty, omitsMissing }) => ({
      object_key: key,
      factory_key: stringFactory,
      format_string: { text_format_source: { inline_string: format }, ...optional('omit_empty_values', omitsMissing) },
      ...optional('skip_if_empty', skipsEmpty),
    })),
  })
}

export function orderedMutations({ request, response }: OrderedMutations): Json {
  return { request_mutations: request.map(mutation), response_mutations: response.map(mutation) }
}

function mutation({ set, remove }: HeaderMutation): Json {
  if (remove.length > 0) return { remove: remove[0] }
  const [append] = headerOperations({ set, remove }, noMutation)['request_headers_to_add'] as readonly Json[]
  return { append }
}

export function htpasswd(users: Passwords): Json {
  const lines = Object.entries(users).map(([name, hash]) => `${name}:{SHA}${hash}`)
  return { inline_string: lines.join('\n') }
}

export function csrfPolicy({ enabled, others }: OriginRules): Json {
  return typed(`${extensions}.csrf.v3.CsrfPolicy`, {
    filter_enabled: { default_value: partsPerMillion(enabled) },
    additional_origins: others.flatMap((origin) => (origin.kind === 'present' ? [] : [stringMatcher(origin)])),
  })
}

/** Source: Envoy `HTTPFault`. */
export function httpFault({ delay, abort, headers }: Fault): Json {
  return typed(`${extensions}.fault.v3.HTTPFault`, {
    ...optional('delay', delay && { ...delayOf(delay.durationMs), percentage: shareOf(delay) }),
    ...optional('abort', abort && { ...statusOf(abort.status), percentage: shareOf(abort) }),
    ...optional('headers', headers?.map(headerMatcher)),
  })
}

function delayOf(ms: number | null): Json {
  return ms === null ? { header_delay: {} } : { fixed_delay: duration(ms) }
}

function statusOf(status: NonNullable<Fault['abort']>['status']): Json {
  if (status.kind === 'asked') return { header_abort: {} }
  return status.kind === 'http' ? { http_status: status.status } : { grpc_status: status.status }
}

const denominators: Readonly<Record<number, string>> = { 10_000: 'HUNDRED', 100: 'TEN_THOUSAND', 1: 'MILLION' }

/** A request that asks for less does so in the unit of the share. */
function shareOf({ ppm, unitPpm }: NonNullable<Fault['delay'] | Fault['abort']>): Json {
  if (unitPpm === undefined) return partsPerMillion(ppm)
  return { numerator: Math.round(ppm / unitPpm), denominator: denominators[unitPpm] }
}
