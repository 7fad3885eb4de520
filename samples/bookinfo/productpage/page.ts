import { remember } from '../../remember.ts'
import type { Answer } from './backends.ts'
import { escapeHtml, wholePage } from './layout.ts'

/** The one book that there is. */
export const product = {
  id: 0,
  title: 'The Comedy of Errors',
  descriptionHtml:
    '<a href="https://en.wikipedia.org/wiki/The_Comedy_of_Errors">Wikipedia Summary</a>: ' +
    'an early comedy by William Shakespeare, and his shortest play. Two pairs of twins, parted at birth, meet in one town, ' +
    'and every street corner takes the one for the other.',
}

const known = 64
const detailsSection = remember(known, renderDetails)
const reviewsSection = remember(known, renderReviews)
const description = `<section class="book"><h1>${product.title}</h1><p>${product.descriptionHtml}</p></section>`

/**
 * The product page. It is 200 whatever the two back ends said.
 * @throws SyntaxError when a back end answered 200 with something that is not JSON
 */
export function renderProductPage(user: string | null, details: Answer, reviews: Answer): string {
  const left = details.status === 200 ? detailsSection(details.text) : detailsFailed
  const right = reviews.status === 200 ? reviewsSection(reviews.text) : reviewsFailed
  return wholePage(user, `${description}<div class="columns">${left}${right}</div>`)
}

const detailsFailed = failure('details', 'Error fetching product details!')
const reviewsFailed = failure('reviews', 'Error fetching product reviews!')

function failure(what: 'details' | 'reviews', heading: string): string {
  return `<section class="${what} failed"><h2 class="text-red-500">${heading}</h2><p>Sorry, product ${what} are currently unavailable for this book.</p></section>`
}

function renderDetails(json: string): string {
  const book = JSON.parse(json) as Record<string, unknown>
  const row = (label: string, field: string) => `<tr><th scope="row">${label}</th><td>${text(book[field])}</td></tr>`
  const rows = [row('ISBN-10', 'ISBN-10'), row('Publisher', 'publisher'), row('Pages', 'pages'), row('Type', 'type'), row('Language', 'language')]
  return `<section class="details"><h2>Book Details</h2><table>${rows.join('')}</table></section>`
}

interface ReviewsJson {
  readonly podname?: unknown
  readonly clustername?: unknown
  readonly reviews?: readonly ReviewJson[]
}

interface ReviewJson {
  readonly reviewer?: unknown
  readonly text?: unknown
  readonly rating?: { readonly stars?: number; readonly color?: string; readonly error?: string }
}

function renderReviews(json: string): string {
  const { podname, clustername, reviews } = JSON.parse(json) as ReviewsJson
  const cluster = clustername === 'null' ? '' : ` on cluster <b>${text(clustername)}</b>`
  const served = `<p class="served-by">Reviews served by: <b>${text(podname)}</b>${cluster}</p>`
  return `<section class="reviews"><h2>Book Reviews</h2>${(reviews ?? []).map(renderReview).join('')}${served}</section>`
}

function renderReview(review: ReviewJson): string {
  const reviewer = `<figcaption>${text(review.reviewer)}</figcaption>`
  return `<figure><blockquote>"${text(review.text)}"</blockquote>${renderRating(review)}${reviewer}</figure>`
}

/** Nothing at all for v1, which knows no ratings. */
function renderRating({ rating }: ReviewJson): string {
  if (!rating) return ''
  if (rating.error !== undefined) return `<p class="text-red-500">${text(rating.error)}</p>`
  const stars = Math.max(0, Math.min(5, rating.stars ?? 0))
  return `<div class="flex gap-x-1 text-${text(rating.color)}-500" title="${stars} of 5 stars">${fullStar.repeat(stars)}${emptyStar.repeat(5 - stars)}</div>`
}

const star = 'M12 2.5l2.9 6.2 6.6.8-4.9 4.6 1.3 6.7-5.9-3.4-5.9 3.4 1.3-6.7L2.5 9.5l6.6-.8z'
// The id is what tests of Bookinfo have always looked for, though it stands several times on a page; empty stars have none.
const fullStar = `<svg id="glyphicon glyphicon-star" class="star" viewBox="0 0 24 24" aria-hidden="true"><path d="${star}"/></svg>`
const emptyStar = `<svg class="star empty" viewBox="0 0 24 24" aria-hidden="true"><path d="${star}"/></svg>`

function text(value: unknown): string {
  return value === undefined || value === null ? '' : escapeHtml(String(value))
}
