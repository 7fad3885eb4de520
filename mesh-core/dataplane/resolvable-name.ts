import { isIpAddress } from '../registry/dns.ts'

export const noSuchName = 'cares_norecords:Domain_name_not_found'
const misformatted = 'cares_failure:Misformatted_domain_name'

const longestName = 255
const label = /^[\w\-*/]{1,63}$/

/** Why Envoy's resolver asks nobody for a name, in its words; `null`: it asks. Source: c-ares `ares_dns_name.c` ares_dns_name_write, `ares_is_onion_domain`. */
export function refusalOfName(name: string): string | null {
  if (isIpAddress(name)) return null
  const bare = name.replace(/\.$/, '')
  if (bare.length > longestName || !bare.split('.').every((part) => label.test(part))) return misformatted
  return /(^|\.)onion$/i.test(bare) ? noSuchName : null
}
