import type { HttpRequest } from '../../mesh-core/ir/message.ts'
import type { Program, ServiceContext } from '../../mesh-core/ir/program.ts'
import { answerJson, answerText, pathOf } from '../answer.ts'
import { remember } from '../remember.ts'
import { passOn, passedOnByReviews } from './propagated-headers.ts'
import { backendOf } from './settings.ts'
import type { Env } from './settings.ts'

const reviews = [
  { reviewer: 'Reviewer1', text: 'An extremely entertaining play by Shakespeare. The slapstick humour is refreshing!' },
  {
    reviewer: 'Reviewer2',
    text: 'Absolutely fun and entertaining. The play lacks thematic depth when compared to other plays by Shakespeare.',
  },
] as const

/** v1 never asks for ratings. The other two differ in the colour of their stars and, less visibly, in their patience. */
interface RatingsSettings {
  readonly color: string
  /** Of connecting, and again of waiting for the answer. */
  readonly timeoutMs: number
  readonly authority: string
}

/**
 * The reviews service. It answers 200 whatever ratings does.
 * Env: `ENABLE_RATINGS=true` (v2, v3), `STAR_COLOR` (v3: red; default black), `CLUSTER_NAME`, `RATINGS_HOSTNAME` and so on.
 */
export function createReviews(env: Env = {}): Program {
  const clusterName = env['CLUSTER_NAME'] ?? 'null'
  const ratings = env['ENABLE_RATINGS'] === 'true' ? ratingsSettings(env) : null
  const head = remember(100, (podAndId) => {
    const [pod, id] = JSON.parse(podAndId) as [string, string]
    return `{"id": "${id}","podname": "${pod}","clustername": "${clusterName}","reviews": `
  })
  const list = remember(100, (ratingsText) => reviewList(ratings, ratingsText))
  return (request, context) => {
    const path = pathOf(request.path)
    if (path === '/health') return answerJson(200, '{"status": "Reviews is healthy"}')
    const id = productId(path)
    if (id === null) return answerText(404, 'reviews has no such page')
    const start = head(`["${context.pod.name}","${id}"]`)
    if (!ratings) return answerJson(200, `${start}${list('')}}`)
    const asked = askRatings(ratings, ratingsRequest(ratings, id, request), context)
    return asked.then((ratingsText) => answerJson(200, `${start}${list(ratingsText)}}`))
  }
}

function ratingsSettings(env: Env): RatingsSettings {
  const color = env['STAR_COLOR'] ?? 'black'
  return { color, timeoutMs: color === 'black' ? 10_000 : 2500, authority: backendOf('ratings', env).authority }
}

/** The number at the end of `/reviews/0`; `null` for other paths. */
function productId(path: string): string | null {
  if (path === '/reviews/0') return '0'
  return /^\/reviews\/(-?\d{1,10})\/?$/.exec(path)?.[1] ?? null
}

function ratingsRequest({ authority }: RatingsSettings, id: string, received: HttpRequest): HttpRequest {
  const headers = passOn(received.headers, passedOnByReviews)
  return { method: 'GET', scheme: 'http', authority, path: `/ratings/${id}`, headers, body: '' }
}

/** @returns the JSON of ratings, `''` when it does not answer 200 in time. There is no second try. */
async function askRatings({ timeoutMs }: RatingsSettings, request: HttpRequest, context: ServiceContext): Promise<string> {
  try {
    const response = await context.call(request, { timeoutMs })
    return response.status === 200 ? response.body : ''
  } catch {
    return ''
  }
}

/** The `reviews` of the answer: with a `rating` each if there are settings for them, which is an error for whom ratings says nothing of. */
function reviewList(ratings: RatingsSettings | null, ratingsText: string): string {
  const stars = ratings ? starsOf(ratingsText) : {}
  const items = reviews.map(({ reviewer, text }) => {
    const rating = ratings ? `, "rating": ${ratingJson(stars[reviewer], ratings.color)}` : ''
    return `{"reviewer": "${reviewer}","text": "${text}"${rating}}`
  })
  return `[${items.join(',')}]`
}

function ratingJson(stars: number | undefined, color: string): string {
  return stars === undefined ? '{"error": "Ratings service is currently unavailable"}' : `{"stars": ${stars}, "color": "${color}"}`
}

/** Stars by reviewer: whole numbers only. Empty for what is not ratings' JSON. */
function starsOf(ratingsText: string): Record<string, number> {
  try {
    const { ratings } = JSON.parse(ratingsText) as { ratings?: Record<string, unknown> }
    const entries = Object.entries(ratings ?? {}).filter(([, stars]) => Number.isInteger(stars))
    return Object.fromEntries(entries) as Record<string, number>
  } catch {
    return {}
  }
}
