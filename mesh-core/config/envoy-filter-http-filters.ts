import { fraction, headerMatch, option, share, text } from './envoy-filter-matchers.ts'
import { bothSpellings, fields, type Modelled } from './modelled-table.ts'

const api = 'type.googleapis.com/envoy.extensions.filters.http'
export const rateLimitName = 'envoy.filters.http.local_ratelimit'
export const rateLimitType = `${api}.local_ratelimit.v3.LocalRateLimit`
export const bufferName = 'envoy.filters.http.buffer'
export const bufferType = `${api}.buffer.v3.Buffer`
export const bufferOfRouteType = `${api}.buffer.v3.BufferPerRoute`
export const faultName = 'envoy.filters.http.fault'
export const faultType = `${api}.fault.v3.HTTPFault`
export const headersName = 'envoy.filters.http.header_mutation'
export const headersType = `${api}.header_mutation.v3.HeaderMutation`
export const headersOfRouteType = `${api}.header_mutation.v3.HeaderMutationPerRoute`
export const passwordsName = 'envoy.filters.http.basic_auth'
export const passwordsType = `${api}.basic_auth.v3.BasicAuth`
export const passwordsOfRouteType = `${api}.basic_auth.v3.BasicAuthPerRoute`
export const originsName = 'envoy.filters.http.csrf'
export const originsType = `${api}.csrf.v3.CsrfPolicy`
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

/** Filters of HTTP that can be put in, by the type of what they are told. */
export const insertable: Readonly<Record<string, Modelled>> = Object.fromEntries(
  Object.entries({
    ...{ [rateLimitType]: rateLimit, [bufferType]: buffer, [faultType]: fault },
    ...{ [headersType]: headers, [passwordsType]: passwords, [originsType]: origins },
  }).map(([type, table]) => [type, bothSpellings({ '@type': 'quiet', ...(table as object) })]),
)

const structs = ['type.googleapis.com/udpa.type.v1.TypedStruct', 'type.googleapis.com/xds.type.v3.TypedStruct']

/** It may be wrapped in a TypedStruct. */
function told(type: string, table: Modelled): Record<string, Modelled> {
  return { ...(table as object), '@type': new Set([type, ...structs]), typeUrl: new Set([type]), value: table }
}

/** And that in what says, too, whether the filter is there at all. */
function ofRoute(type: string, table: Modelled): Modelled {
  const inner = told(type, table)
  const types = inner['@type'] as ReadonlySet<string>
  return { ...inner, '@type': new Set([...types, filterConfigType]), config: inner, isOptional: 'quiet', disabled: 'acts' }
}

/** What routes, hosts and tables may tell them, by their names. */
export const filtersOfRoute: Readonly<Record<string, Modelled>> = {
  [rateLimitName]: ofRoute(rateLimitType, rateLimit),
  [bufferName]: ofRoute(bufferOfRouteType, { disabled: 'acts', buffer }),
  [faultName]: ofRoute(faultType, fault),
  [headersName]: ofRoute(headersOfRouteType, headersOfRoute),
  [passwordsName]: ofRoute(passwordsOfRouteType, passwordsOfRoute),
  [originsName]: ofRoute(originsType, origins),
}

const whole: Modelled = { defaultValue: { numerator: new Set(['100']), denominator: new Set(['HUNDRED']) }, runtimeKey: 'quiet' }
export const cors: Modelled = {
  '@type': new Set(['type.googleapis.com/envoy.extensions.filters.http.cors.v3.CorsPolicy']),
  allowOriginStringMatch: text,
  ...fields('allowMethods allowHeaders exposeHeaders maxAge allowCredentials forwardNotMatchingPreflights'),
  filterEnabled: whole,
  shadowEnabled: 'quiet',
}
