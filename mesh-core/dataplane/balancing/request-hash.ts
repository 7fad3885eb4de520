import type { Headers, HttpRequest } from '../../ir/message.ts'
import type { HashPolicy } from '../../ir/route.ts'
import { firstQueryParameter } from '../../match/query.ts'
import { rotateLeft, xxHash64, xxHash64All } from './xx-hash.ts'
import type { Hash64 } from './xx-hash.ts'

/** What a request may be hashed by, beside itself. */
export interface HashSource {
  readonly request: HttpRequest
  /** Of the client, without a port. */
  readonly remoteAddress: string
  /** The value of a cookie that the client is to be given. */
  giveCookie(policy: CookiePolicy): string
}

export type CookiePolicy = Extract<HashPolicy, { kind: 'cookie' }>

/** @returns the hash that a request is balanced by, `null` where nothing of it is hashed; no function where there is no policy */
export function compileHashPolicies(policies: readonly HashPolicy[]): ((source: HashSource) => Hash64 | null) | null {
  return policies.length === 0 ? null : (source) => hashOf(policies, source)
}

/** Source: Envoy `HashPolicyImpl::generateHash`. */
function hashOf(policies: readonly HashPolicy[], source: HashSource): Hash64 | null {
  let hash: Hash64 | null = null
  for (const policy of policies) {
    const own = hashBy(policy, source)
    // Turned by a bit, so that two policies alike do not cancel each other out.
    if (own !== null) hash = (hash === null ? 0n : rotateLeft(hash, 1n)) ^ own
    if (policy.terminal && hash !== null) break
  }
  return hash
}

function hashBy(policy: HashPolicy, source: HashSource): Hash64 | null {
  switch (policy.kind) {
    case 'header':
      return hashOfHeader(source.request, policy.name)
    case 'cookie': {
      const value = cookieValue(source.request.headers, policy.name) || (policy.ttlMs === null ? '' : source.giveCookie(policy))
      return value === '' ? null : xxHash64(value)
    }
    case 'source-ip':
      return xxHash64(source.remoteAddress)
    case 'query': {
      const value = firstQueryParameter(source.request.path, policy.name)
      return value === null ? null : xxHash64(value)
    }
  }
}

/** Values in any order are one key. */
function hashOfHeader(request: HttpRequest, name: string): Hash64 | null {
  const pseudo = pseudoHeaders[name]
  const values = pseudo ? [pseudo(request)] : request.headers.all(name)
  return values.length === 0 ? null : xxHash64All(values.sort())
}

const pseudoHeaders: Readonly<Record<string, (request: HttpRequest) => string>> = {
  ':authority': ({ authority }) => authority,
  host: ({ authority }) => authority,
  ':path': ({ path }) => path,
  ':method': ({ method }) => method,
  ':scheme': ({ scheme }) => scheme,
}

/** The first cookie of the name, without the quotes around it; `''` for none. Source: Envoy `Utility::parseCookieValue`. */
function cookieValue(headers: Headers, name: string): string {
  for (const header of headers.all('cookie'))
    for (const cookie of header.split(';')) {
      const equals = cookie.indexOf('=')
      if (equals >= 0 && cookie.slice(0, equals).replace(/^ +/, '') === name) return unquoted(cookie.slice(equals + 1))
    }
  return ''
}

function unquoted(value: string): string {
  return value.length >= 2 && value.startsWith('"') && value.endsWith('"') ? value.slice(1, -1) : value
}
