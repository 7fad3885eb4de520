import type { JwtRule } from '../../../ir/jwt.ts'
import type { HttpRequest } from '../../../ir/message.ts'

/** A token that a request carries. */
export interface Found {
  readonly text: string
  /** Takes it out of the request; a cookie stays. */
  remove(request: HttpRequest): void
}

type Places = Pick<JwtRule, 'headers' | 'params' | 'cookies'>

/** In the order in which they are looked at: the last place first. Source: Envoy `ExtractorImpl::extract`, `AuthenticatorImpl::startVerify`. */
export function tokensIn(request: HttpRequest, { headers, params, cookies }: Places): Found[] {
  const sorted = [...headers].sort((a, b) => (a.name + a.prefix < b.name + b.prefix ? -1 : 1))
  return [
    ...sorted.flatMap(({ name, prefix }) => inHeader(request, name, prefix)),
    ...[...params].sort().flatMap((name) => inParameter(request, name)),
    ...[...cookies].sort().flatMap((name) => inCookie(request, name)),
  ].reverse()
}

function inHeader({ headers }: HttpRequest, name: string, prefix: string): Found[] {
  return headers.all(name).flatMap((value): Found[] => {
    const text = behind(value, prefix)
    return text === null ? [] : [{ text, remove: (request) => request.headers.remove(name) }]
  })
}

/** Wherever the prefix stands, and from the first character on that a token may have. Source: the same file, extractJWT. */
function behind(value: string, prefix: string): string | null {
  if (prefix === '') return value
  const at = value.indexOf(prefix)
  if (at < 0) return null
  const rest = value.slice(at + prefix.length)
  const start = rest.search(/[\w.-]/)
  return start < 0 ? value : rest.slice(start)
}

function inParameter({ path }: HttpRequest, name: string): Found[] {
  const text = parametersOf(path).find(([key]) => key === name)?.[1]
  return text === undefined ? [] : [{ text, remove: (request) => void (request.path = withoutParameter(request.path, name)) }]
}

/** Decoded. A `&` at the end begins none. Source: Envoy `QueryParamsMulti::parseParameters`. */
function parametersOf(path: string): (readonly [name: string, value: string])[] {
  const at = path.indexOf('?')
  const query = at < 0 ? '' : path.slice(at + 1).replace(/&$/, '')
  if (query === '') return []
  return query.split('&').map((pair) => {
    const [, name = '', value = ''] = /^([^=]*)=?(.*)$/s.exec(pair)!
    return [decoded(name), decoded(value)]
  })
}

/** What stays is written anew as it was read: decoded, and in the order of its names. Source: Envoy `JwtParamLocation::removeJwt`, `QueryParamsMulti::toString`. */
function withoutParameter(path: string, name: string): string {
  const rest = parametersOf(path).filter(([key]) => key !== name)
  const inOrder = rest.toSorted(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0))
  const bare = path.replace(/\?.*$/s, '')
  return inOrder.length === 0 ? bare : `${bare}?${inOrder.map(([key, value]) => `${key}=${value}`).join('&')}`
}

/** What is no encoding stays. Source: Envoy `PercentEncoding::decode`. */
function decoded(text: string): string {
  return text.replace(/(%[\da-f]{2})+/gi, (bytes) => Buffer.from(bytes.replaceAll('%', ''), 'hex').toString())
}

function inCookie({ headers }: HttpRequest, name: string): Found[] {
  const pairs = headers.all('cookie').flatMap((value) => value.split(';').map((pair) => pair.trim()))
  const text = pairs.find((pair) => pair.startsWith(`${name}=`))?.slice(name.length + 1)
  return text === undefined ? [] : [{ text: text.replace(/^"(.*)"$/, '$1'), remove: () => {} }]
}
