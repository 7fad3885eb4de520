export const noSuchName = 'cares_norecords:Domain_name_not_found'
const misformatted = 'cares_failure:Misformatted_domain_name'

const ipv4 = /^\d{1,3}(\.\d{1,3}){3}$/
const longestName = 255
const label = /^[\w\-*/]{1,63}$/

/**
 * Why Envoy's resolver asks nobody for a name, in its words; `null`: it asks. Addresses of IPv6 are none to a proxy that has none itself.
 * Source: c-ares `ares_dns_name.c` ares_dns_name_write, `ares_is_onion_domain`.
 */
export function refusalOfName(name: string): string | null {
  if (ipv4.test(name)) return null
  const bare = name.replace(/\.$/, '')
  if (bare.length > longestName || !bare.split('.').every((part) => label.test(part))) return misformatted
  return /(^|\.)onion$/i.test(bare) ? noSuchName : null
}

/** These are the pod itself, and nobody is asked. Source: RFC 6761, c-ares `ares_addrinfo_localhost.c`. */
export function isLocalhost(name: string): boolean {
  return /(^|\.)localhost\.?$/i.test(name)
}

export function isOfLoopback(address: string): boolean {
  return address.startsWith('127.') || address === '0.0.0.0'
}
