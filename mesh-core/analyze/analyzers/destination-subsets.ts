import { isSubsetOf } from '../../config/istio/names.ts'
import type { Resource } from '../../config/resource.ts'
import { suggestion } from '../../config/schema/suggest.ts'
import type { Analyzer } from '../analyzer.ts'
import { destinationsOf, fqdnOf } from '../hosts.ts'
import { kinds, listOf, specOf } from '../inventory.ts'
import { messageTypes } from '../message-types.ts'

/** Subsets that no DestinationRule defines. Source: Istio `analyzers/virtualservice/destinationrules.go`. */
export const destinationSubsets: Analyzer = {
  name: 'virtualservice.DestinationRuleAnalyzer',
  inputs: [kinds.virtualService],
  analyze(mesh, report) {
    const rules = mesh.all(kinds.destinationRule)
    for (const rule of mesh.all(kinds.virtualService))
      for (const { destination, path, mirror } of destinationsOf(rule)) {
        const { host, subset } = destination
        const known = subset ? subsetsOf(fqdnOf(String(host), rule.namespace), rules) : null
        if (!subset || (known === null ? !mesh.isWhole : known.includes(subset))) continue
        const what = mirror ? 'subset of a mirror' : 'subset'
        report(messageTypes.notFound, rule, [what, `${host}+${subset}`], [...path, 'subset'], suggestion(String(subset), known ?? []))
      }
  },
}

/** A rule for a wildcard counts for the hosts below it. @returns `null` where no rule is for the host */
function subsetsOf(host: string, rules: readonly Resource[]): readonly string[] | null {
  const own = rules.filter((rule) => {
    const ruled = fqdnOf(String(specOf(rule).host), rule.namespace)
    return ruled === host || (ruled.startsWith('*') && isSubsetOf(host, ruled))
  })
  return own.length === 0 ? null : own.flatMap((rule) => listOf(specOf(rule).subsets).map(({ name }) => String(name)))
}
