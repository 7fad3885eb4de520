import type { Exchange, Hop } from '../../../mesh-core/ir/exchange.ts'
import type { HttpResponse } from '../../../mesh-core/ir/message.ts'
import type { Answered } from './gateway-client.ts'
import { unknownHop } from './unknown-hop.ts'

/** Bookinfo's product page, ours or Istio's. */
export function isProductPage({ request, response }: Answered): boolean {
  return /^\/productpage(?:\?|$)/.test(request.path) && response?.status === 200 && response.body.includes('<title>Simple Bookstore App</title>')
}

/**
 * What the page says of those who made it: reviews names its pod; stars or their absence tell its version and whether ratings answered.
 * Of a back end that failed the page does not say whether it was reached.
 */
export function pageEvidence({ body, status }: HttpResponse): Pick<Exchange, 'hops' | 'untold'> & { readonly whole: boolean } {
  const page = hopTo('productpage', -1, null, status)
  const hops = [page]
  if (body.includes('Book Details')) hops.push(hopTo('details', 0, null, 200))
  const reviews = reviewsOf(body)
  if (reviews) hops.push({ ...hopTo('reviews', 0, reviews.version, 200, reviews.pod) })
  if (reviews && starColor(body)) hops.push(hopTo('ratings', hops.length - 1, null, 200))
  const whole = bookinfo.every((name) => untold({ name, version: 'v1' }, hops, body) === null)
  return { hops, untold: (service) => untold(service, hops, body), whole }
}

/** What the page is made of; its own version it never tells. */
const bookinfo = ['reviews', 'ratings', 'details']

function hopTo(app: string, parent: number, version: string | null, status: number, pod = ''): Hop {
  const name = version === null ? app : `${app}-${version}`
  // The page is of the application in the namespace `default`: the only one that this target deals with.
  return { ...unknownHop, parent, service: app, to: { namespace: 'default', name, instance: pod }, version, app, status }
}

function reviewsOf(body: string): { readonly pod: string; readonly version: string | null } | null {
  const pod = /Reviews served by:(?:\s|<[^>]*>)*([^<\s]+)/.exec(body)?.[1]
  if (pod === undefined) return null
  return { pod, version: /-(v\d+)(?:-|$)/.exec(pod)?.[1] ?? versionByStars(body) }
}

/** The version of reviews that shows ratings so. */
function versionByStars(body: string): string | null {
  switch (starColor(body)) {
    case 'black':
      return 'v2'
    case 'red':
      return 'v3'
    default:
      return ratingsFailed(body) ? null : 'v1'
  }
}

function starColor(body: string): string | null {
  return /<div[^>]*\btext-(\w+)-500\b[^>]*>\s*<svg[^>]*\bid="glyphicon glyphicon-star"/.exec(body)?.[1] ?? null
}

function ratingsFailed(body: string): boolean {
  return body.includes('Ratings service is currently unavailable')
}

/** Why the page does not say whether the request reached the service. */
function untold({ name, version }: { readonly name: string; readonly version: string | null }, hops: readonly Hop[], body: string): string | null {
  const own = hops.filter((hop) => hop.app === name)
  if (own.length > 0) return version !== null && own.every((hop) => hop.version === null) ? `the page does not tell the version of ${name}` : null
  if (name === 'details' || name === 'reviews') return `the page does not tell whether ${name}, which it could not fetch, was reached`
  const isRatingsHidden = ratingsFailed(body) || !hops.some((hop) => hop.app === 'reviews')
  return name === 'ratings' && isRatingsHidden ? 'the page does not tell whether ratings was reached: it shows no ratings' : null
}
