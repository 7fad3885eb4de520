import type { Analyzer } from '../analyzer.ts'
import { kinds, listOf } from '../inventory.ts'
import { messageTypes } from '../message-types.ts'

/** What the cluster itself has found wrong. Source: Istio `analyzers/conditions/conditions.go`. */
export const conditions: Analyzer = {
  name: 'conditions.ConditionAnalyzer',
  inputs: [kinds.service, kinds.serviceEntry, kinds.authorizationPolicy],
  analyze(mesh, report) {
    for (const kind of [kinds.service, kinds.serviceEntry, kinds.authorizationPolicy])
      for (const resource of mesh.all(kind))
        for (const [i, { type, status, reason, message }] of listOf(resource.object.status?.conditions).entries())
          if (status === 'False')
            report(messageTypes.negativeCondition, resource, [String(type), String(reason), String(message)], ['status', 'conditions', i])
  },
}
