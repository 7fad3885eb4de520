import type { ClaimMatch, HeaderMatch, QueryMatch, RouteMatch } from '../ir/match.ts'
import type { HttpRequest } from '../ir/message.ts'
import { compileConditions, hasConditions } from './route-match.ts'

/** Index of the first route that takes the request, -1 for none. `path` is without the query. */
export type FindRoute = (request: HttpRequest, path: string) => number

type Condition = (request: HttpRequest) => boolean

/** What the routes of one table have in common: thousands of hosts ask for the same few paths and headers. */
export class SharedConditions {
  readonly #texts = new Map<string, string>()
  readonly #conditions = new Map<string, Condition | null>()

  /** The same text, each time the same object: a comparison need not look at the characters. */
  text(text: string): string {
    const known = this.#texts.get(text)
    if (known !== undefined) return known
    this.#texts.set(text, text)
    return text
  }

  /** A predicate over all conditions but the path; `null` when there is none. */
  condition(match: RouteMatch): Condition | null {
    if (!hasConditions(match)) return null
    const key = JSON.stringify([match.headers.map(headerKey), match.query.map(queryKey), match.claims?.map(claimKey)])
    const known = this.#conditions.get(key)
    if (known !== undefined) return known
    const condition = compileConditions(match)
    this.#conditions.set(key, condition)
    return condition
  }
}

/** All but where it was written. */
function headerKey({ name, match, invert, treatMissingAsEmpty }: HeaderMatch): unknown {
  return [name, match, invert, treatMissingAsEmpty]
}

function queryKey({ name, match, invert }: QueryMatch): unknown {
  return [name, match, invert]
}

function claimKey({ claim, match, invert }: ClaimMatch): unknown {
  return [claim, match, invert]
}
