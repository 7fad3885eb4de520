import { listOf, specOf, textsOf } from '../../mesh-core/analyze/inventory.ts'
import type { Resource } from '../../mesh-core/config/resource.ts'

/** Delegates that are not there: istiod leaves out the rules that name them. Source: Istio `pilot/pkg/model/virtualservice.go` mergeVirtualServicesIfNeeded. */
export function missingDelegates(resources: readonly Resource[], given: readonly Resource[]): readonly string[] {
  const delegates = new Set(resources.filter(isDelegate).map(({ namespace, name }) => `${namespace}/${name}`))
  return given
    .filter((one) => one.kind === 'VirtualService' && !isDelegate(one))
    .flatMap((root) =>
      listOf(specOf(root).http).flatMap(({ delegate }, i) => {
        const { name, namespace } = (delegate ?? {}) as { readonly name?: string; readonly namespace?: string }
        if (!name || delegates.has(`${namespace || root.namespace}/${name}`)) return []
        return [`${root.origin.resource} http[${i}]: there is no delegate ${namespace || root.namespace}/${name}, so this rule is left out`]
      }),
    )
}

/** One with hosts of its own is none. */
export function isDelegate(one: Resource): boolean {
  return one.kind === 'VirtualService' && textsOf(specOf(one).hosts).length === 0
}
