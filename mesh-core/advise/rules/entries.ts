import type { FieldPath } from '../../config/finding.ts'
import type { Resource } from '../../config/resource.ts'
import { routeMatch } from '../../compile/rules/route-match.ts'
import type { Rule, VirtualService } from '../../compile/rules/virtual-service.ts'
import type { HttpMatch } from '../../compile/rules/virtual-service-types.ts'
import type { Box } from '../../cover/cover.ts'
import type { Dimensions } from '../../cover/dimension.ts'
import { clientConditions, type RouteBoxes } from '../../cover/route-box.ts'
import type { RouteMatch } from '../../ir/match.ts'
import type { Origin } from '../../ir/origin.ts'
import { formatPath } from '../../ir/origin.ts'

/** One `match` of a rule, or a rule without any. */
export interface Entry {
  readonly rule: Rule
  /** Index of the rule in its VirtualService, after delegates have been put in. */
  readonly index: number
  readonly match: HttpMatch | null
  readonly compiled: RouteMatch
  /** Of the match; of the rule where it has none. */
  readonly origin: Origin
}

export function entriesOf(vs: VirtualService): Entry[] {
  return vs.rules.flatMap((rule, index) => {
    const matches: readonly (HttpMatch | null)[] = rule.spec.match && rule.spec.match.length > 0 ? rule.spec.match : [null]
    return matches.map((match, i) => {
      const origin = match === null ? rule.origin : (rule.matchOrigins[i] ?? rule.origin)
      return { rule, index, match, origin, compiled: routeMatch(match, origin, vs.semantics) }
    })
  })
}

export function boxOf({ match, compiled }: Entry, vs: VirtualService, boxes: RouteBoxes, dimensions: Dimensions): Box {
  return boxes.of(compiled, match ? clientConditions(match as never, vs.gateways, dimensions) : [])
}

const actions = new WeakMap<Rule, string>()

/** What a rule does, whatever it matches and is called. */
export function actionOf(rule: Rule): string {
  let action = actions.get(rule)
  if (action === undefined) {
    const { match: _, name: __, ...does } = rule.spec
    action = JSON.stringify(does)
    actions.set(rule, action)
  }
  return action
}

/** Resources by the origins of what was compiled from them. */
export class Sources {
  readonly #resources = new Map<string, Resource>()

  constructor(resources: Iterable<Resource>) {
    for (const resource of resources) this.#resources.set(keyOf(resource.origin), resource)
  }

  /** `null` for what nobody wrote. */
  of(origin: Origin): { readonly resource: Resource; readonly path: FieldPath } | null {
    const resource = this.#resources.get(keyOf(origin))
    return resource ? { resource, path: origin.path.slice(resource.origin.path.length) } : null
  }
}

function keyOf({ file, document, resource }: Origin): string {
  return `${document} ${resource} ${file}`
}

/** `http[0].match[1]`, and of another resource `http[0] of VirtualService prod/shop`. */
export function nameOf({ path, resource }: Origin, own: string): string {
  const spec = path.lastIndexOf('spec')
  const name = formatPath(path.slice(spec + 1))
  return resource === own ? name : `${name} of ${resource}`
}
