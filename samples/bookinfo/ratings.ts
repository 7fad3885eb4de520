import type { HttpRequest, HttpResponse } from '../../mesh-core/ir/message.ts'
import type { Program, ServiceContext } from '../../mesh-core/ir/program.ts'
import { answerJson, answerText, pathOf } from '../answer.ts'
import { remember } from '../remember.ts'
import { askDatabase, databaseOf } from './ratings-database.ts'
import type { Database } from './ratings-database.ts'
import type { Env } from './settings.ts'

/** What ratings says of a product that nobody has posted ratings for. */
const defaultAnswer = remember(100, (id) => `{"id":${id},"ratings":{"Reviewer1":5,"Reviewer2":4}}`)
const second = 1000
const minute = 60 * second

/** What one replica of ratings is made of. */
interface Ratings {
  readonly database: Database | null
  /** Posted ratings by product: the memory of this replica alone. */
  readonly posted: Map<number, unknown>
}

/**
 * The ratings service.
 * Env: `SERVICE_VERSION` v1 (or unset), v2 (a database: `DB_TYPE`), or one of the ill versions v-faulty, v-delayed, v-unavailable, v-unhealthy.
 * @param startedMs when the replica started, by the clock of its context: what the phases of the ill versions count from
 */
export function createRatings(env: Env = {}, startedMs = 0): Program {
  const version = env['SERVICE_VERSION'] ?? 'v1'
  const ratings: Ratings = { database: version === 'v2' ? databaseOf(env) : null, posted: new Map() }
  const well: Program = (request, context) => serve(ratings, request, context)
  switch (version) {
    case 'v-faulty':
      return (request, context) => (isRating(request) && context.random() < 0.5 ? unavailable() : well(request, context))
    case 'v-delayed':
      return (request, context) => (isRating(request) && context.random() < 0.5 ? late(well, request, context) : well(request, context))
    case 'v-unavailable':
      return (request, context) => (isRating(request) && isBadPhase(context.now() - startedMs, minute) ? unavailable() : well(request, context))
    case 'v-unhealthy':
      return (request, context) => (isBadPhase(context.now() - startedMs, 15 * minute) ? unhealthy(request) : well(request, context))
    default:
      return well
  }
}

/** Phases follow each other, the good one first. */
function isBadPhase(ageMs: number, phaseMs: number): boolean {
  return Math.floor(ageMs / phaseMs) % 2 === 1
}

function isRating(request: HttpRequest): boolean {
  return request.method === 'GET' && request.path.startsWith('/ratings/')
}

function unavailable(): HttpResponse {
  return answerJson(503, '{"error":"Service unavailable"}')
}

function unhealthy(request: HttpRequest): HttpResponse {
  return pathOf(request.path) === '/health' ? answerJson(500, '{"status":"Ratings is not healthy"}') : unavailable()
}

async function late(well: Program, request: HttpRequest, context: ServiceContext): Promise<HttpResponse> {
  await context.sleep(7 * second)
  return well(request, context)
}

function serve(ratings: Ratings, request: HttpRequest, context: ServiceContext): HttpResponse | Promise<HttpResponse> {
  const path = pathOf(request.path)
  if (path === '/health') return answerJson(200, '{"status":"Ratings is healthy"}')
  if (!path.startsWith('/ratings/')) return answerText(404, 'ratings has no such page')
  const id = Number.parseInt(path.slice(path.lastIndexOf('/') + 1), 10)
  if (Number.isNaN(id)) return answerJson(400, '{"error":"please provide numeric product ID"}')
  if (request.method === 'POST') return post(ratings, id, request.body)
  if (ratings.database) return askDatabase(ratings.database, id, context)
  const posted = ratings.posted.get(id)
  return answerJson(200, posted === undefined ? defaultAnswer(String(id)) : JSON.stringify({ id, ratings: posted }))
}

function post(ratings: Ratings, id: number, body: string): HttpResponse {
  const posted = parseJson(body)
  if (posted === undefined) return answerJson(400, '{"error":"please provide valid ratings JSON"}')
  if (ratings.database) return answerJson(501, '{"error":"Post not implemented for database backed ratings"}')
  ratings.posted.set(id, posted)
  return answerJson(200, JSON.stringify({ id, ratings: posted }))
}

/** @returns undefined for what is not JSON */
function parseJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}
