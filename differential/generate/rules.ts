import type { Draw } from '../draw.ts'
import { headerOperations } from './header-operations.ts'
import { type Json, match, type MatchContext } from './matches.ts'
import { cors, fault, retries } from './policies.ts'
import { directResponse, redirect, rewrite } from './redirects.ts'
import { type Destination, destinations } from './words.ts'

export interface RuleContext extends MatchContext {
  readonly namespace: string
  /** Names of delegates that a rule may lead to; none within a delegate. */
  readonly delegates: readonly { readonly name: string; readonly namespace: string }[]
}

/** The rules of one VirtualService: the last mostly takes everything that is left. */
export function rules(draw: Draw, context: RuleContext): Json[] {
  const conditional = draw.many(1, 4, () =>
    rule(
      draw,
      context,
      draw.many(1, 2, () => match(draw, context)),
    ),
  )
  return draw.chance(0.7) ? [...conditional, rule(draw, context, [])] : conditional
}

function rule(draw: Draw, context: RuleContext, conditions: readonly Json[]): Json {
  const head = { ...draw.maybe(0.3, () => ({ name: draw.one(['one', 'two', 'three']) })), ...(conditions.length > 0 && { match: conditions }) }
  if (context.delegates.length > 0 && draw.chance(0.5)) return { ...head, delegate: draw.one(context.delegates) }
  const headers = draw.maybe(0.25, () => ({ headers: headerOperations(draw) }))
  const kind = draw.one(['redirect', 'direct', 'route', 'route', 'route', 'route', 'route', 'route'])
  if (kind === 'redirect') return { ...head, redirect: redirect(draw), ...headers }
  if (kind === 'direct') return { ...head, directResponse: directResponse(draw), ...headers }
  return { ...head, route: routes(draw, context), ...headers, ...policies(draw, context) }
}

function policies(draw: Draw, { namespace }: RuleContext): Json {
  return {
    ...draw.maybe(0.2, () => ({ rewrite: rewrite(draw) })),
    ...times(draw),
    ...draw.maybe(0.2, () => ({ fault: fault(draw) })),
    ...draw.maybe(0.2, () => ({ corsPolicy: cors(draw) })),
    ...draw.maybe(0.12, () => mirrors(draw, namespace)),
  }
}

/** A timeout that may strike comes without retries, since chance decides how long these wait. */
function times(draw: Draw): Json {
  if (draw.chance(0.12)) return { timeout: '150ms', retries: { attempts: 0 } }
  return { ...draw.maybe(0.1, () => ({ timeout: '5s' })), ...draw.maybe(0.35, () => ({ retries: retries(draw) })) }
}

/** Weights are large where there are any, so that a few seeds show every choice. */
function routes(draw: Draw, { namespace }: RuleContext): Json[] {
  const weights = draw.one([[null], [null], [null], [100], [50, 50], [25, 75], [0, 100], [1, 1, 1]])
  return weights.map((weight) => ({
    destination: destination(draw, namespace),
    ...(weight !== null && { weight }),
    ...draw.maybe(0.15, () => ({ headers: headerOperations(draw) })),
  }))
}

function destination(draw: Draw, namespace: string): Json {
  const known = draw.one(destinations.slice(0, draw.one([1, 2, 2, 4])))
  return {
    host: spelled(draw, known, namespace),
    ...draw.maybe(0.4, () => ({ subset: draw.one([...known.subsets, ...known.subsets, ...known.subsets, 'v9', 'empty']) })),
    ...draw.maybe(0.1, () => ({ port: { number: draw.one([80, 9090, 9090, 7777]) } })),
  }
}

/** Short names are completed with the VirtualService's own namespace. */
export function spelled(draw: Draw, { names, host }: Destination, namespace: string): string {
  if (namespace !== 'default') return host
  // Of another case it is another host.
  const capital = names[0]!.replace(/^\w/, (letter) => letter.toUpperCase())
  return draw.one([...Array.from({ length: 12 }, () => names).flat(), capital])
}

function mirrors(draw: Draw, namespace: string): Json {
  const share = draw.maybe(0.4, () => ({ percentage: { value: draw.one([0, 100, 100]) } }))
  if (draw.chance(0.5)) return { mirrors: draw.many(1, 2, () => ({ destination: destination(draw, namespace), ...share })) }
  return { mirror: destination(draw, namespace), ...('percentage' in share && { mirrorPercentage: share.percentage }) }
}
