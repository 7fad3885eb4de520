import type { ServiceRef } from './targets/target.ts'

const dnsLabel = '[a-z0-9](?:[-a-z0-9]*[a-z0-9])?'

/** How a service is written in a sentence: `reviews`, `reviews:v2`, `reviews.prod`, `reviews.prod:v2`. */
export const serviceRefPattern = new RegExp(`${dnsLabel}(?:\\.${dnsLabel})?(?::[A-Za-z0-9][-A-Za-z0-9_.]*)?`)

/** Takes what `serviceRefPattern` matches. */
export function parseServiceRef(text: string): ServiceRef {
  const colon = text.indexOf(':')
  const full = colon < 0 ? text : text.slice(0, colon)
  const dot = full.indexOf('.')
  return {
    name: dot < 0 ? full : full.slice(0, dot),
    namespace: dot < 0 ? null : full.slice(dot + 1),
    version: colon < 0 ? null : text.slice(colon + 1),
  }
}

export function formatServiceRef({ name, namespace, version }: ServiceRef): string {
  return `${name}${namespace === null ? '' : `.${namespace}`}${version === null ? '' : `:${version}`}`
}
