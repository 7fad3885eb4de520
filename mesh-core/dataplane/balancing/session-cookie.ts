import type { CookiePolicy } from './request-hash.ts'
import { xxHash64 } from './xx-hash.ts'

/** One for each connection of a client, so that requests which race on it are given the same. Source: Envoy `Router::Filter::addDownstreamSetCookie`. */
export function sessionCookieValue(remote: string, local: string): string {
  return xxHash64(remote + local)
    .toString(16)
    .padStart(16, '0')
}

/** Source: Envoy `Http::Utility::makeSetCookieValue`. */
export function setCookie({ name, path, ttlMs, attributes }: CookiePolicy, value: string): string {
  const maxAge = Math.floor((ttlMs ?? 0) / 1000)
  const parts = [
    `${name}="${value}"`,
    ...(maxAge === 0 ? [] : [`Max-Age=${maxAge}`]),
    ...(path === '' ? [] : [`Path=${path}`]),
    ...attributes.map((attribute) => (attribute.value === '' ? attribute.name : `${attribute.name}=${attribute.value}`)),
    'HttpOnly',
  ]
  return parts.join('; ')
}
