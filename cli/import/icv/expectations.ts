import type { HttpRule } from '../../../mesh-core/compile/rules/virtual-service-types.ts'
import { compilePathRewrite } from '../../../mesh-core/dataplane/routing/path-rewrite.ts'
import type { PathMatch } from '../../../mesh-core/ir/index.ts'
import { pathWithoutQuery } from '../../../mesh-core/match/path.ts'
import type { Destinations } from '../destinations.ts'
import type { IcvCase, IcvRequest } from './read-suite.ts'

/** What a request is to show, in sentences, and what cannot be shown. */
export interface Expectations {
  readonly then: readonly string[]
  readonly times: number
  readonly omitted: readonly string[]
}

/** What is known of the rule that takes a request. */
export interface Taken {
  readonly namespace: string
  /** Of the match; `null` where no rule takes the request. */
  readonly path: PathMatch | null
}

/** Enough to tell shares apart. */
const manyTimes = 1000

export function expectationsOf(one: IcvCase, request: IcvRequest, taken: Taken, destinations: Destinations): Expectations {
  return one.wantMatch ? wanted(one, request, taken, destinations) : unwanted(one, taken, destinations)
}

/** Of a rule that is not to be, the only thing that a request shows is whom it does not reach. */
function unwanted(one: IcvCase, { namespace }: Taken, destinations: Destinations): Expectations {
  const names = (one.route ?? []).map(({ destination }) => destinations.nameOf(destination?.host ?? '', destination?.subset ?? '', namespace))
  const omitted = (['rewrite', 'fault', 'headers', 'redirect', 'delegate'] as const)
    .filter((section) => one[section])
    .map((section) => `that ${section} is not ${JSON.stringify(one[section])}: no sentence says that something is otherwise`)
  const known = names.filter((name) => name !== null)
  if (known.length < names.length) omitted.push('a destination outside of the cluster: no service stands for it')
  return { then: [...new Set(known)].map((name) => `the request does not reach ${name}`), times: 1, omitted }
}

function wanted(one: IcvCase, request: IcvRequest, taken: Taken, destinations: Destinations): Expectations {
  const omitted: string[] = []
  if (one.delegate) omitted.push(`the delegate ${one.delegate.name}: which VirtualService a rule stands in is no behaviour`)
  const then: string[] = []
  const aborts = one.fault ? faultSentences(one.fault, then, omitted) : false
  if (one.redirect) redirectSentences(one.redirect, request, then, omitted)
  let times = 1
  if (one.route && one.route.length > 0) {
    if (aborts) omitted.push('the route: all requests are aborted before it')
    else times = routeSentences(one, request, taken, destinations, then, omitted)
  } else if (!one.redirect && !one.delegate) omitted.push('that the rule has no route')
  responseHeaderSentences(one.headers?.response, then, omitted)
  return { then, times, omitted }
}

/** @returns whether no request gets past the fault */
function faultSentences({ abort, delay }: NonNullable<HttpRule['fault']>, then: string[], omitted: string[]): boolean {
  const all = (share: { readonly value?: number } | undefined): boolean => share?.value === 100
  const { httpStatus, grpcStatus, percentage } = (abort ?? {}) as { httpStatus?: number; grpcStatus?: string; percentage?: { value?: number } }
  if (delay?.fixedDelay && all(delay.percentage)) then.push(`the response takes at least ${delay.fixedDelay}`)
  else if (delay) omitted.push(`the delay ${JSON.stringify(delay)}: not of all requests`)
  if (!abort) return false
  if (httpStatus !== undefined && all(percentage)) then.push(`the response status is ${httpStatus}`)
  else omitted.push(`the abort ${JSON.stringify(abort)}: ${grpcStatus === undefined ? 'not of all requests' : 'by a gRPC status'}`)
  return all(percentage)
}

/** A redirect that keeps the port and the scheme, which the client reads from the Location. */
function redirectSentences(redirect: NonNullable<HttpRule['redirect']>, request: IcvRequest, then: string[], omitted: string[]): void {
  const { uri, authority, scheme, redirectCode, port, derivePort } = redirect
  const prefixRewrite = (redirect as { readonly prefixRewrite?: string }).prefixRewrite
  if (prefixRewrite || derivePort) {
    omitted.push(`the redirect's ${prefixRewrite ? 'prefixRewrite' : 'derivePort'}: its Location depends on the rule`)
    return
  }
  const query = request.uri.slice(pathWithoutQuery(request.uri).length)
  const target = uri ? (uri.includes('?') ? uri : uri + query) : request.uri
  const host = `${authority || request.authority}${port && port !== 80 ? `:${port}` : ''}`
  then.push(`the request is redirected to "${scheme || 'http'}://${host}${target}" with status ${redirectCode || 301}`)
}

/** @returns how often the request is to be sent */
function routeSentences(one: IcvCase, request: IcvRequest, taken: Taken, destinations: Destinations, then: string[], omitted: string[]): number {
  const { namespace } = taken
  const route = (one.route ?? []).filter(({ weight }) => one.route!.length === 1 || weight)
  const names = route.map(({ destination }) => destinations.nameOf(destination?.host ?? '', destination?.subset ?? '', namespace))
  if (names.includes(null)) {
    omitted.push('a destination outside of the cluster: no service stands for it')
    return 1
  }
  if (route.length > 1) {
    const sum = route.reduce((all, { weight = 0 }) => all + weight, 0)
    then.push(...route.map(({ weight = 0 }, i) => `about ${Number(((100 * weight) / sum).toFixed(4))}% of the requests reach ${names[i]}`))
    if (one.rewrite || one.headers?.request) omitted.push('rewrite and request headers of a split: a sentence about them names one service')
    return manyTimes
  }
  const [name] = names
  const arrives = one.rewrite ? rewritten(one.rewrite, request, taken, omitted) : null
  then.push(arrives === null ? `the request reaches ${name}` : `the request reaches ${name} as "<method> ${arrives}"`)
  for (const headers of [one.headers?.request, route[0]?.headers?.request]) requestHeaderSentences(headers, name!, request, then, omitted)
  responseHeaderSentences(route[0]?.headers?.response, then, omitted)
  return 1
}

/** @returns path or URL that arrives; `null` when it is not known */
function rewritten(rewrite: NonNullable<HttpRule['rewrite']>, request: IcvRequest, { path }: Taken, omitted: string[]): string | null {
  const { uri, authority, uriRegexRewrite } = rewrite
  if (path === null) {
    omitted.push('the rewrite: no rule takes the request, so what it makes of the path is not known')
    return null
  }
  const target = uriRegexRewrite
    ? compilePathRewrite({ kind: 'regex', pattern: uriRegexRewrite.match ?? '', substitution: uriRegexRewrite.rewrite ?? '' }, path)(request.uri)
    : uri
      ? compilePathRewrite({ kind: 'prefix', replacement: uri }, path)(request.uri)
      : request.uri
  return authority ? `http://${authority}${target}` : target
}

type Operations = NonNullable<HttpRule['headers']>['request']

function requestHeaderSentences(operations: Operations, service: string, request: IcvRequest, then: string[], omitted: string[]): void {
  if (!operations) return
  const sent = new Set(Object.keys(request.headers).map((name) => name.toLowerCase()))
  for (const [name, value] of [...Object.entries(operations.set ?? {}), ...Object.entries(operations.add ?? {})])
    if (isPlain(name, value)) then.push(`the request reaches ${service} with header "${name}" set to "${value}"`)
    else omitted.push(`the request header ${name}: ${value}: the value is made from the request`)
  for (const name of operations.remove ?? [])
    if (sent.has(name.toLowerCase())) then.push(`the request reaches ${service} without header "${name}"`)
    else omitted.push(`that the request header ${name} is removed: the request does not carry it`)
}

function responseHeaderSentences(operations: Operations, then: string[], omitted: string[]): void {
  if (!operations) return
  for (const [name, value] of [...Object.entries(operations.set ?? {}), ...Object.entries(operations.add ?? {})])
    if (isPlain(name, value)) then.push(`the response header "${name}" is "${value}"`)
    else omitted.push(`the response header ${name}: ${value}: the value is made from the request`)
  for (const name of operations.remove ?? []) then.push(`the response header "${name}" is absent`)
}

/** Of a header that is written as it stands, into the headers proper. */
function isPlain(name: string, value: string): boolean {
  return !value.includes('%') && !/["\n]/.test(value) && !/^(:.*|host)$/i.test(name)
}
