import { ownStateKey, type Encoding } from '../ir/inserted-filter.ts'
import { modelledScript } from './lua-scripts.ts'
import { fraction, headerMatch, option, share, text } from './envoy-filter-matchers.ts'
import { bothSpellings, fields, type Modelled } from './modelled-table.ts'

const api = 'type.googleapis.com/envoy.extensions.filters.http'
export const rateLimitName = 'envoy.filters.http.local_ratelimit'
const rateLimitType = `${api}.local_ratelimit.v3.LocalRateLimit`
export const bufferName = 'envoy.filters.http.buffer'
export const bufferType = `${api}.buffer.v3.Buffer`
const bufferOfRouteType = `${api}.buffer.v3.BufferPerRoute`
export const faultName = 'envoy.filters.http.fault'
export const faultType = `${api}.fault.v3.HTTPFault`
export const headersName = 'envoy.filters.http.header_mutation'
export const headersType = `${api}.header_mutation.v3.HeaderMutation`
const headersOfRouteType = `${api}.header_mutation.v3.HeaderMutationPerRoute`
export const passwordsName = 'envoy.filters.http.basic_auth'
export const passwordsType = `${api}.basic_auth.v3.BasicAuth`
const passwordsOfRouteType = `${api}.basic_auth.v3.BasicAuthPerRoute`
export const originsName = 'envoy.filters.http.csrf'
export const originsType = `${api}.csrf.v3.CsrfPolicy`
export const healthType = `${api}.health_check.v3.HealthCheck`
export const compressorName = 'envoy.filters.http.compressor'
export const compressorType = `${api}.compressor.v3.Compressor`
const compressorOfRouteType = `${api}.compressor.v3.CompressorPerRoute`
export const decompressorName = 'envoy.filters.http.decompressor'
export const decompressorType = `${api}.decompressor.v3.Decompressor`
export const metadataType = `${api}.header_to_metadata.v3.Config`
export const stateName = 'envoy.filters.http.set_filter_state'
export const stateType = `${api}.set_filter_state.v3.Config`
/** Which makes what is kept out of a text. */
export const stringFactory = 'envoy.string'
export const grpcWebName = 'envoy.filters.http.grpc_web'
export const grpcWebType = `${api}.grpc_web.v3.GrpcWeb`
export const luaName = 'envoy.filters.http.lua'
export const luaType = `${api}.lua.v3.Lua`
export const luaOfRouteType = `${api}.lua.v3.LuaPerRoute`
export const corsName = 'envoy.filters.http.cors'
/** In which anything may be told to a filter, and that it is off. */
export const filterConfigType = 'type.googleapis.com/envoy.config.route.v3.FilterConfig'

const rateLimit: Modelled = {
  tokenBucket: fields('maxTokens tokensPerFill fillInterval'),
  filterEnabled: share,
  filterEnforced: share,
  responseHeadersToAdd: option,
  status: { code: 'acts' },
  statPrefix: 'quiet',
}

const buffer: Modelled = { maxRequestBytes: 'acts' }

// Nobody sets what is looked up at runtime.
const fault: Modelled = {
  delay: { fixedDelay: 'acts', headerDelay: {}, percentage: fraction },
  abort: { ...fields('httpStatus grpcStatus'), headerAbort: {}, percentage: fraction },
  headers: headerMatch,
  ...fields('delayPercentRuntime abortPercentRuntime delayDurationRuntime abortHttpStatusRuntime abortGrpcStatusRuntime', 'quiet'),
  ...fields('disableDownstreamClusterStats filterMetadata', 'quiet'),
}

/** Whom a request is for, and its path, are told elsewhere. */
const headerName = /^(?!:|host$)/i
const mutation: Modelled = {
  remove: headerName,
  append: { ...option, append: 'reported', header: { key: headerName, value: 'acts' } },
}
const headersOfRoute: Modelled = { mutations: { requestMutations: mutation, responseMutations: mutation } }
const headers: Modelled = { ...headersOfRoute, mostSpecificHeaderMutationsWins: 'acts' }

const passwordsOfRoute: Modelled = { users: fields('inlineString') }
const passwords: Modelled = { ...passwordsOfRoute, ...fields('forwardUsernameHeader authenticationHeader allowMissing') }
const origins: Modelled = { filterEnabled: share, shadowEnabled: 'quiet', additionalOrigins: text }

// How long an answer holds is counted from when the proxy was told; how much of clusters is well is not looked at.
const health: Modelled = { passThroughMode: 'acts', headers: headerMatch }

const compression = 'type.googleapis.com/envoy.extensions.compression'
/** By the type of what compresses. */
export const encodings: Readonly<Record<string, Encoding>> = {
  [`${compression}.gzip.compressor.v3.Gzip`]: 'gzip',
  [`${compression}.brotli.compressor.v3.Brotli`]: 'br',
}
// How small it makes a body changes nothing that is looked at.
const library: Modelled = { name: 'quiet', typedConfig: { '@type': new Set(Object.keys(encodings)), '*': 'quiet' } }
const compressor: Modelled = {
  compressorLibrary: library,
  responseDirectionConfig: {
    commonConfig: { ...fields('minContentLength contentType'), enabled: { defaultValue: 'acts', runtimeKey: 'quiet' } },
    ...fields('disableOnEtagHeader removeAcceptEncodingHeader'),
  },
}

/** By the type of what decompresses. */
export const decompressions: Readonly<Record<string, Encoding>> = {
  [`${compression}.gzip.decompressor.v3.Gzip`]: 'gzip',
  [`${compression}.brotli.decompressor.v3.Brotli`]: 'br',
}
const commonOfDirection: Modelled = { enabled: { defaultValue: 'acts', runtimeKey: 'quiet' }, ignoreNoTransformHeader: 'acts' }
const decompressor: Modelled = {
  decompressorLibrary: { name: 'quiet', typedConfig: { '@type': new Set(Object.keys(decompressions)), '*': 'quiet' } },
  requestDirectionConfig: { commonConfig: commonOfDirection, advertiseAcceptEncoding: 'acts' },
  responseDirectionConfig: { commonConfig: commonOfDirection },
}

// Whoever asks for metadata of such filters is told that it is not modelled: of what others are called nobody would be.
const metadata: Modelled = { metadataNamespace: /^($|envoy|istio)/, ...fields('key value type encode', 'quiet') }
const metadataRules: Modelled = { header: headerName, remove: 'acts', onHeaderPresent: metadata, onHeaderMissing: metadata }

// Connections to workloads are not told apart by texts that are shared with them.
const state: Modelled = {
  onRequestHeaders: {
    objectKey: ownStateKey,
    factoryKey: /^(?:envoy\.string$|(?!envoy\.))/,
    formatString: { textFormat: 'acts', textFormatSource: { inlineString: 'acts' }, omitEmptyValues: 'acts', contentType: 'quiet' },
    skipIfEmpty: 'acts',
    ...fields('readOnly sharedWithUpstream', 'quiet'),
  },
}

const lua: Modelled = {
  inlineCode: modelledScript,
  defaultSourceCode: { inlineString: modelledScript },
  sourceCodes: { '*': { inlineString: modelledScript } },
  clearRouteCache: 'acts',
  statPrefix: 'quiet',
}
const luaOfRoute: Modelled = { ...fields('disabled name'), sourceCode: { inlineString: modelledScript } }

/** Filters of HTTP that can be put in, by the type of what they are told. */
export const insertable: Readonly<Record<string, Modelled>> = Object.fromEntries(
  Object.entries({
    ...{ [rateLimitType]: rateLimit, [bufferType]: buffer, [faultType]: fault },
    ...{ [headersType]: headers, [passwordsType]: passwords, [originsType]: origins },
    ...{
      [healthType]: health,
      [compressorType]: compressor,
      [decompressorType]: decompressor,
      [stateType]: state,
      [grpcWebType]: {},
      [luaType]: lua,
    },
    [metadataType]: { requestRules: metadataRules, responseRules: metadataRules },
  }).map(([type, table]) => [type, bothSpellings({ '@type': 'quiet', ...(table as object) })]),
)

const structs = ['type.googleapis.com/udpa.type.v1.TypedStruct', 'type.googleapis.com/xds.type.v3.TypedStruct']

/** It may be wrapped in a TypedStruct. */
export function told(type: string, table: Modelled): Record<string, Modelled> {
  return { ...(table as object), '@type': new Set([type, ...structs]), typeUrl: new Set([type]), value: table }
}

/** And that in what says, too, whether the filter is there at all. */
function ofRoute(type: string, table: Modelled): Modelled {
  const inner = told(type, table)
  const types = inner['@type'] as ReadonlySet<string>
  return { ...inner, '@type': new Set([...types, filterConfigType]), config: inner, isOptional: 'quiet', disabled: 'acts' }
}

/** Of a filter to which nothing else can be told. */
const onOrOff: Modelled = { '@type': new Set([filterConfigType]), isOptional: 'quiet', disabled: new Set(['true']) }

/** What routes, hosts and tables may tell them, by their names. */
export const filtersOfRoute: Readonly<Record<string, Modelled>> = {
  [rateLimitName]: ofRoute(rateLimitType, rateLimit),
  [bufferName]: ofRoute(bufferOfRouteType, { disabled: 'acts', buffer }),
  [faultName]: ofRoute(faultType, fault),
  [headersName]: ofRoute(headersOfRouteType, headersOfRoute),
  [passwordsName]: ofRoute(passwordsOfRouteType, passwordsOfRoute),
  [originsName]: ofRoute(originsType, origins),
  [compressorName]: ofRoute(compressorOfRouteType, { disabled: 'acts' }),
  [decompressorName]: onOrOff,
  [grpcWebName]: onOrOff,
  [stateName]: ofRoute(stateType, state),
  [luaName]: ofRoute(luaOfRouteType, luaOfRoute),
}

const whole: Modelled = { defaultValue: { numerator: new Set(['100']), denominator: new Set(['HUNDRED']) }, runtimeKey: 'quiet' }
export const cors: Modelled = {
  '@type': new Set(['type.googleapis.com/envoy.extensions.filters.http.cors.v3.CorsPolicy']),
  allowOriginStringMatch: text,
  ...fields('allowMethods allowHeaders exposeHeaders maxAge allowCredentials forwardNotMatchingPreflights'),
  filterEnabled: whole,
  shadowEnabled: 'quiet',
}
