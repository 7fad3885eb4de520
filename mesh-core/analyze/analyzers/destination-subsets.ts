import type { Analyzer } from '../analyzer.ts'
import { destinationsOf, fqdnOf } from '../hosts.ts'
import { kinds, listOf, specOf } from '../inventory.ts'
import { messageTypes } from '../message-types.ts'

/** Subsets that no DestinationRule defines. Source: Istio `analyzers/virtualservice/destinationrules.go`. */
export const destinationSubsets: Analyzer = {
  name: 'virtualservice.DestinationRuleAnalyzer',
  inputs: [kinds.virtualService],
  analyze(mesh, report) {
    const defined = new Set(
      mesh
        .all(kinds.destinationRule)
        .flatMap((rule) => listOf(specOf(rule).subsets).map(({ name }) => `${fqdnOf(String(specOf(rule).host), rule.namespace)}+${name}`)),
    )
    for (const rule of mesh.all(kinds.virtualService))
      for (const { destination, path, mirror } of destinationsOf(rule)) {
        const { host, subset } = destination
        if (subset && !defined.has(`${fqdnOf(String(host), rule.namespace)}+${subset}`))
          report(
            messageTypes.notFound,
            rule,
            [mirror ? 'mirror+subset in destinationrule' : 'host+subset in destinationrule', `${host}+${subset}`],
            [...path, 'host'],
          )
      }
  },
}
