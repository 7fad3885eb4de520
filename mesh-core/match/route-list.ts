import type { PathMatch } from '../ir/match.ts'
import type { Route } from '../ir/route.ts'
import { compilePathMatch } from './path.ts'
import { indexRoutes } from './route-index.ts'
import type { FindRoute, SharedConditions } from './shared-conditions.ts'

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
