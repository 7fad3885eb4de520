import type { Headers } from '../../ir/message.ts'

/**
 * The client before `trustedProxies` proxies, which have each written down whom they were called by: so many entries from the end, of which this proxy's own is
 * not there yet. `null`: nobody has written so many, or what stands there is no address. Source: Envoy `Utility::getLastAddressFromXFF`.
 */
export function trustedAddress(headers: Headers, trustedProxies: number): string | null {
  if (trustedProxies === 0 || !headers.has('x-forwarded-for')) return null
  const entries = headers.all('x-forwarded-for').join(',').split(',')
  return addressOf(entries.at(-trustedProxies)?.trim() ?? '')
}

/** As Envoy writes it; `null` for what is none: a port beside it is too much. */
function addressOf(text: string): string | null {
  if (isIpv4(text)) return text
  if (!text.includes(':') || !/^[0-9a-f:.]+$/i.test(text) || !URL.canParse(`http://[${text}]/`)) return null
  return new URL(`http://[${text}]/`).hostname.slice(1, -1)
}

function isIpv4(text: string): boolean {
  const parts = text.split('.')
  return parts.length === 4 && parts.every((part) => /^(?:0|[1-9]\d{0,2})$/.test(part) && Number(part) <= 255)
}
