import type { Analyzer } from '../analyzer.ts'
import { kinds, listOf, specOf } from '../inventory.ts'
import { messageTypes } from '../message-types.ts'

/** Kinds of Istio before 1.6 that no control plane reads any longer. */
const removed = new Set(['ClusterRbacConfig', 'RbacConfig', 'ServiceRole', 'ServiceRoleBinding'])

/** Source: Istio `analyzers/deprecation/deprecation.go`. */
export const deprecation: Analyzer = {
  name: 'deprecation.DeprecationAnalyzer',
  inputs: [kinds.virtualService, kinds.sidecar, kinds.crd],
  analyze(mesh, report) {
    for (const rule of mesh.all(kinds.virtualService))
      for (const [i, { fault }] of listOf(specOf(rule).http).entries())
        if (fault?.delay?.percent > 0)
          report(
            messageTypes.deprecated,
            rule,
            ['fault.delay.percent is deprecated; use fault.delay.percentage'],
            ['spec', 'http', i, 'fault', 'delay', 'percent'],
          )
    for (const sidecar of mesh.all(kinds.sidecar))
      if (specOf(sidecar).outboundTrafficPolicy?.egressProxy)
        report(messageTypes.deprecated, sidecar, ['outboundTrafficPolicy.egressProxy is ignored'], ['spec', 'outboundTrafficPolicy', 'egressProxy'])
    for (const crd of mesh.all(kinds.crd)) {
      const { group, names } = specOf(crd)
      if (group === 'rbac.istio.io' && removed.has(names?.kind))
        report(messageTypes.deprecated, crd, [`kind ${names.kind} of ${group} is no longer read`])
    }
  },
}
