import type { ServiceRef } from '../targets/target.ts'

const dnsLabel = '[a-z0-9](?:[-a-z0-9]*[a-z0-9])?'

/** How a service is written in a sentence: `reviews`, `reviews:v2`, `reviews.prod`, `reviews.prod:v2`; a host of the world outside by its name: `edition.cnn.com`. */
export const serviceRefPattern = new RegExp(`${dnsLabel}(?:\\.${dnsLabel})*(?::[A-Za-z0-9][-A-Za-z0-9_.]*)?`)

/** `reviews.prod.svc`, `reviews.prod.svc.cluster.local` */
const clusterHost = /^([^.:]+\.[^.:]+)\.svc(?:\.[^:]*)?(?=:|$)/

/** Takes what `serviceRefPattern` matches. Of a host outside the first label is the name, and the others are the namespace. */
export function parseServiceRef(written: string): ServiceRef {
  const text = written.replace(clusterHost, '$1')
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

/** The host that the reference may mean, if it means no service of a namespace: `edition.cnn.com`; `null` for a bare name. */
export function hostOf({ name, namespace }: ServiceRef): string | null {
  return namespace === null ? null : `${name}.${namespace}`
}
