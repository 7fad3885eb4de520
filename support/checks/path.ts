import type { Exchange, Hop } from '../../mesh-core/ir/exchange.ts'
import { StatementFailed } from '../verdicts/failure.ts'
import { parseServiceRef, serviceRefPattern } from '../sentences/service-ref.ts'
import { NotSupported } from '../targets/target.ts'
import type { ServiceRef } from '../targets/target.ts'
import { each, needing } from './check.ts'
import type { Check } from './check.ts'
import { arrived, explain, isAt, isFrom, pathsOf, withReasons } from './evidence.ts'

/**
 * The request went from one to the next, from the first on: `productpage -> reviews:v2 -> ratings`. The first is who took it, or who sent it;
 * other branches, and what lies behind the last one, are not looked at.
 * @param meant which of several namesakes a name means
 */
export function takesPath(text: string, meant: (service: ServiceRef) => ServiceRef = (service) => service): Check {
  const path = parsePath(text).map(meant)
  return needing(
    'path',
    each((exchange, context) => {
      if (isPassed(exchange.hops, path)) return undefined
      const untold = path.map((service) => exchange.untold?.(service) ?? null).find((reason) => reason !== null)
      if (untold !== undefined) throw new NotSupported('path', untold)
      const taken = pathsOf(exchange)
      const instead = taken.length === 0 ? 'reached no workload.' : `took ${taken.join(', ')} instead.`
      return withReasons(instead, explain(exchange, whereItParts(exchange, path), context))
    }),
  )
}

/** @throws StatementFailed for what is no path */
export function parsePath(text: string): ServiceRef[] {
  const whole = new RegExp(`^${serviceRefPattern.source}$`)
  const parts = text.split('->').map((part) => part.trim())
  for (const part of parts)
    if (!whole.test(part)) throw new StatementFailed(`"${part}" in "${text}" names no service; a path reads "productpage -> reviews:v2 -> ratings"`)
  return parts.map(parseServiceRef)
}

/** From the first hop on. */
function isPassed(hops: readonly Hop[], path: readonly ServiceRef[]): boolean {
  return reachAlong(hops, path, -1) > 0 && reachAlong(hops, path, -1) === path.length
}

/** From any hop on. */
export function isPassedSomewhere(hops: readonly Hop[], path: readonly ServiceRef[]): boolean {
  return isPassed(hops, path) || hops.some((_, parent) => reachAlongFrom(hops, path, parent) === path.length)
}

/** How many of the path's services were passed in a row, starting below the hop `parent`. */
function reachAlong(hops: readonly Hop[], path: readonly ServiceRef[], parent: number): number {
  const [first, ...rest] = path
  if (first === undefined) return 0
  // The sender inside the mesh may be named as the first of the path.
  if (parent === -1 && hops.some((hop) => hop.parent === -1 && isFrom(hop, first))) return 1 + reachAlongFrom(hops, rest, -1)
  return reachAlongFrom(hops, path, parent)
}

function reachAlongFrom(hops: readonly Hop[], path: readonly ServiceRef[], parent: number): number {
  const [first, ...rest] = path
  if (first === undefined) return 0
  const lengths = hops.map((hop, i) => (hop.parent === parent && arrived(hop) && isAt(hop, first) ? 1 + reachAlongFrom(hops, rest, i) : 0))
  return Math.max(0, ...lengths)
}

/** The first service of the path that was not passed: the decision about it is the one to look at. */
function whereItParts({ hops }: Exchange, path: readonly ServiceRef[]): ServiceRef | null {
  return path[reachAlong(hops, path, -1)] ?? null
}
