import type { Headers, HttpRequest, HttpResponse } from '../../../mesh-core/ir/message.ts'
import { CallError } from '../../../mesh-core/ir/program.ts'
import type { ServiceContext } from '../../../mesh-core/ir/program.ts'
import { backendOf } from '../settings.ts'
import type { Env } from '../settings.ts'
import type { RequestResults } from './metrics.ts'

export type BackendName = 'details' | 'reviews' | 'ratings'

/** What a back end said, as the page and the API show it. */
export interface Answer {
  readonly status: number
  /** Its JSON, or ours that says that it is unavailable. */
  readonly text: string
}

/** Of each socket operation, as the timeout of Python's `requests` is. */
const timeoutMs = 3000
/** Reviews is asked twice: the bug that Bookinfo has on purpose, for the fault injection task. */
const tries: Readonly<Record<BackendName, number>> = { details: 1, reviews: 2, ratings: 1 }

export type Ask = (backend: BackendName, id: string, headers: Headers, context: ServiceContext) => Promise<Answer>

/** Each call takes a connection of its own, and follows a failed one at once. */
export function createAsk(env: Env, results: RequestResults): Ask {
  const authorities = {
    details: backendOf('details', env).authority,
    reviews: backendOf('reviews', env).authority,
    ratings: backendOf('ratings', env).authority,
  }
  return async (backend, id, headers, context) => {
    const path = `/${backend}/${id}`
    let status = 500
    for (let left = tries[backend]; left > 0; left--) {
      const request: HttpRequest = { method: 'GET', scheme: 'http', authority: authorities[backend], path, headers: headers.copy(), body: '' }
      const response = await send(request, context)
      status = response?.status ?? 500
      if (response?.status === 200) {
        results.count(backend, 200)
        return { status, text: response.body }
      }
    }
    results.count(backend, status)
    return { status, text: `{"error": "Sorry, product ${backend} are currently unavailable for this book."}` }
  }
}

/** @returns null when no answer came */
async function send(request: HttpRequest, context: ServiceContext): Promise<HttpResponse | null> {
  if (!isSendable(request.headers)) return null
  try {
    return await context.call(request, { timeoutMs })
  } catch (error) {
    if (error instanceof CallError) return null
    throw error
  }
}

/** A user may sign in with any name, but a header takes Latin-1 only: the call of another one fails before it is sent. */
function isSendable(headers: Headers): boolean {
  const user = headers.get('end-user')
  return user === undefined || !/[^\t\x20-\xff]/.test(user)
}
