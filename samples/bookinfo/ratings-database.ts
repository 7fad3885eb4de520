import { Headers } from '../../mesh-core/ir/message.ts'
import type { HttpResponse } from '../../mesh-core/ir/message.ts'
import type { Program, ServiceContext } from '../../mesh-core/ir/program.ts'
import { answerJson } from '../answer.ts'
import type { Env } from './settings.ts'

/** Where ratings v2 keeps its rows, and what it says when that fails. */
export interface Database {
  /** `mongodb:27017` */
  readonly authority: string
  /** Of the answer when the database cannot be reached. */
  readonly unreachableStatus: number
  readonly queryError: string
}

/** Env: `DB_TYPE=mysql` with `MYSQL_DB_HOST` and `MYSQL_DB_PORT`, otherwise `MONGO_DB_URL` (`mongodb://mongodb:27017/test`). */
export function databaseOf(env: Env): Database {
  if (env['DB_TYPE'] === 'mysql') {
    const authority = `${env['MYSQL_DB_HOST'] ?? 'mysqldb'}:${env['MYSQL_DB_PORT'] ?? '3306'}`
    // Bookinfo's MySQL branch sets no status in this case, so that its caller sees a 200 without ratings.
    return { authority, unreachableStatus: 200, queryError: 'could not perform select' }
  }
  const authority = (env['MONGO_DB_URL'] ?? 'mongodb://mongodb:27017/test').replace(/^mongodb:\/\//, '').replace(/\/.*$/, '')
  return { authority, unreachableStatus: 500, queryError: 'could not load ratings from database' }
}

/**
 * Reads the two rows. The samples' databases speak HTTP in place of their own protocols, since a program has no other way to call;
 * the mesh sees a connection to the same host and port.
 */
export async function askDatabase(database: Database, id: number, context: ServiceContext): Promise<HttpResponse> {
  const request = { method: 'GET', scheme: 'http' as const, authority: database.authority, path: '/ratings', headers: new Headers(), body: '' }
  let rows: HttpResponse
  try {
    rows = await context.call(request, { timeoutMs: 30_000 })
  } catch {
    return answerJson(database.unreachableStatus, '{"error":"could not connect to ratings database"}')
  }
  if (rows.status !== 200) return answerJson(500, JSON.stringify({ error: database.queryError }))
  const [first, second] = JSON.parse(rows.body) as { rating: number }[]
  return answerJson(200, JSON.stringify({ id, ratings: { Reviewer1: first?.rating, Reviewer2: second?.rating } }))
}

/** The database of ratings v2, with Bookinfo's two rows. */
export function createRatingsDatabase(): Program {
  return () => answerJson(200, '[{"rating":5},{"rating":4}]')
}
