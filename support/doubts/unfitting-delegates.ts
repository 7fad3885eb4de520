import { listOf, specOf } from '../../mesh-core/analyze/inventory.ts'
import { hasConflict } from '../../mesh-core/compile/rules/delegates.ts'
import type { HttpMatch } from '../../mesh-core/compile/rules/virtual-service-types.ts'
import type { Resource } from '../../mesh-core/config/resource.ts'
import { isDelegate } from './missing-delegates.ts'

interface Delegating {
  readonly match?: readonly HttpMatch[]
  readonly delegate?: { readonly name?: string; readonly namespace?: string }
}

/**
 * Rules of delegates that take what the rule that names them does not, or may: istiod leaves them out, as it does of any two regular expressions.
 * Source: Istio `pilot/pkg/model/virtualservice.go` mergeHTTPMatchRequests.
 */
export function unfittingDelegates(resources: readonly Resource[], given: readonly Resource[]): readonly string[] {
  const delegates = new Map(resources.filter(isDelegate).map((one) => [`${one.namespace}/${one.name}`, one]))
  const roots = given.filter((one) => one.kind === 'VirtualService' && !isDelegate(one))
  return roots.flatMap((root) =>
    rulesOf(root).flatMap(({ match = [], delegate }, i) => {
      const named = `${delegate?.namespace || root.namespace}/${delegate?.name}`
      const leaf = delegate && delegates.get(named)
      return leaf ? unfitting(match, leaf).map((path) => `${root.origin.resource} http[${i}]: ${path} of its delegate ${named} ${complaint}`) : []
    }),
  )
}

const complaint = 'fits under no match of this rule (of two regular expressions nobody can tell), so that rule is left out'

/** The first match of each rule by which it is left out. */
function unfitting(roots: readonly HttpMatch[], delegate: Resource): readonly string[] {
  if (roots.length === 0) return []
  return rulesOf(delegate).flatMap(({ match = [] }, i) => {
    const at = match.findIndex((leaf) => roots.every((trunk) => hasConflict(trunk, leaf)))
    return at < 0 ? [] : [`http[${i}].match[${at}]`]
  })
}

function rulesOf(resource: Resource): readonly Delegating[] {
  return listOf(specOf(resource).http) as readonly Delegating[]
}
