import type { HttpSettings } from '../../ir/proxy-config.ts'

/**
 * Host as a connection manager leaves it: less a dot behind its name, or less its port.
 * @param port that the connection is for
 * Source: Envoy `ConnectionManagerUtility::maybeNormalizeHost`, `HeaderUtility::stripTrailingHostDot`, `HeaderUtility::stripPortFromHost`.
 */
export function tidyHost(host: string, { stripsTrailingDot, stripsAnyPort, stripsMatchingPort }: HttpSettings, port: number): string {
  const name = stripsTrailingDot ? withoutDot(host) : host
  if (!stripsAnyPort && !stripsMatchingPort) return name
  const colon = portStart(name)
  const written = colon < 0 ? null : portOf(name.slice(colon + 1))
  return written === null || (!stripsAnyPort && written !== port) ? name : name.slice(0, colon)
}

function withoutDot(host: string): string {
  if (host.endsWith('.')) return host.slice(0, -1)
  const colon = portStart(host)
  return colon > 0 && host[colon - 1] === '.' ? host.slice(0, colon - 1) + host.slice(colon) : host
}

/** Behind the brackets of an address of IPv6; -1 for none. */
function portStart(host: string): number {
  const colon = host.lastIndexOf(':')
  return host.lastIndexOf(']') > colon ? -1 : colon
}

/** Source: Abseil `SimpleAtoi`. */
function portOf(text: string): number | null {
  const port = /^\+?\d+$/.test(text) ? Number(text) : Infinity
  return port <= 0xffff_ffff ? port : null
}
