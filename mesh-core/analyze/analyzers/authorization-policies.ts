import type { Resource } from '../../config/resource.ts'
import type { Analyzer } from '../analyzer.ts'
import { isPodAmbient, isPodInMesh } from '../in-mesh.ts'
import type { Inventory } from '../inventory.ts'
import { kinds, labelsOf, listOf, specOf, textsOf } from '../inventory.ts'
import type { Report } from '../message.ts'
import { messageTypes } from '../message-types.ts'
import { isSelectedBy, selectorText } from '../selectors.ts'
import { rootNamespaceOf } from '../mesh-settings.ts'

/** A policy that selects nobody, and namespaces in its rules that do not exist. Source: Istio `analyzers/authz/authorizationpolicies.go`. */
export const authorizationPolicies: Analyzer = {
  name: 'auth.AuthorizationPoliciesAnalyzer',
  inputs: [kinds.authorizationPolicy],
  analyze(mesh, report) {
    const pods = mesh.pods.filter((pod) => isPodInMesh(pod, mesh) || isPodAmbient(pod))
    for (const policy of mesh.all(kinds.authorizationPolicy)) {
      checkSelector(policy, pods, mesh, report)
      checkNamespaces(policy, mesh, report)
    }
  },
}

function checkSelector(policy: Resource, pods: readonly Resource[], mesh: Inventory, report: Report): void {
  const { selector } = specOf(policy)
  if (!mesh.knows(kinds.pod, policy.namespace)) return
  const everywhere = policy.namespace === rootNamespaceOf(mesh)
  if (everywhere && !selector) return
  const near = everywhere ? pods : pods.filter(({ namespace }) => namespace === policy.namespace)
  const selected = near.some((pod) => isSelectedBy(labelsOf(pod), selector?.matchLabels))
  if (!selected) report(messageTypes.noWorkloads, policy, [selectorText(selector?.matchLabels)])
}

function checkNamespaces(policy: Resource, mesh: Inventory, report: Report): void {
  if (!mesh.knows(kinds.namespace)) return
  for (const [i, rule] of listOf(specOf(policy).rules).entries())
    for (const [j, from] of listOf(rule.from).entries())
      for (const field of ['namespaces', 'notNamespaces'])
        for (const [k, pattern] of textsOf(from.source?.[field]).entries())
          if (!mesh.everywhere(kinds.namespace).some(({ name }) => fits(name, pattern)))
            report(messageTypes.notFound, policy, ['namespace', pattern], ['spec', 'rules', i, 'from', j, 'source', field, k])
}

/** `*`, `prefix*`, `*suffix`, or a name in any case. */
function fits(name: string, pattern: string): boolean {
  if (pattern.startsWith('*')) return name.endsWith(pattern.slice(1))
  if (pattern.endsWith('*')) return name.startsWith(pattern.slice(0, -1))
  return name.toLowerCase() === pattern.toLowerCase()
}
