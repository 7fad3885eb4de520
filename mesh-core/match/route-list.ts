import type { HeaderMatch, PathMatch, QueryMatch, RouteMatch } from '../ir/match.ts'
import type { HttpRequest } from '../ir/message.ts'
import type { Route } from '../ir/route.ts'
import { compilePathMatch } from './path.ts'
import { indexRoutes } from './route-index.ts'
import { compileConditions } from './route-match.ts'

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
    if (match.headers.length === 0 && match.query.length === 0) return null
    const key = JSON.stringify([match.headers.map(headerKey), match.query.map(queryKey)])
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

function queryKey({ name, match }: QueryMatch): unknown {
  return [name, match]
}

/** Shorter lists are read through faster than an index is asked. */
const worthAnIndex = 32

export function compileRouteList(routes: readonly Pick<Route, 'match'>[], shared: SharedConditions): FindRoute {
  return routes.length < worthAnIndex ? readThrough(routes, shared) : indexRoutes(routes, shared)
}

/**
 * Most routes are passed over for their path. So the paths of a list lie side by side, and what is called for each is called only where the
 * path fits: with 100,000 routes the time goes into reaching what is scattered over the memory.
 */
function readThrough(routes: readonly Pick<Route, 'match'>[], shared: SharedConditions): FindRoute {
  const kinds = routes.map(({ match }) => (hasText(match.path) ? match.path.kind : 'other'))
  const texts = routes.map(({ match }) => (hasText(match.path) ? shared.text(textOf(match.path)) : ''))
  const others = routes.map(({ match }) => (hasText(match.path) ? null : compilePathMatch(match.path)))
  const conditions = routes.map(({ match }) => shared.condition(match))
  return (request, path) => {
    for (let i = 0; i < kinds.length; i++) {
      const kind = kinds[i]
      if (kind === 'prefix') {
        if (!path.startsWith(texts[i]!)) continue
      } else if (kind === 'exact') {
        if (path !== texts[i]) continue
      } else if (!others[i]!(path)) continue
      const holds = conditions[i]
      if (!holds || holds(request)) return i
    }
    return -1
  }
}

type TextMatch = Extract<PathMatch, { readonly kind: 'exact' | 'prefix' }>

function hasText(match: PathMatch): match is TextMatch {
  return (match.kind === 'exact' || match.kind === 'prefix') && !match.ignoreCase
}

function textOf(match: TextMatch): string {
  return match.kind === 'exact' ? match.path : match.prefix
}
