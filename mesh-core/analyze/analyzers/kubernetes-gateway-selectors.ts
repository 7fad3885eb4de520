import type { Analyzer } from '../analyzer.ts'
import { kinds, labelsOf, specOf } from '../inventory.ts'
import { messageTypes } from '../message-types.ts'
import { isSelectedBy } from '../selectors.ts'

const gatewayLabel = 'gateway.networking.k8s.io/gateway-name'

/** Policies reach the gateways of the Gateway API by `targetRef`, not by a selector. Source: Istio `analyzers/k8sgateway/workloadselector.go`. */
export const kubernetesGatewaySelectors: Analyzer = {
  name: 'k8sgateway.SelectorAnalyzer',
  inputs: [kinds.pod],
  analyze(mesh, report) {
    const pods = mesh.all(kinds.pod).filter((pod) => Object.hasOwn(labelsOf(pod), gatewayLabel))
    for (const kind of [kinds.authorizationPolicy, kinds.requestAuthentication, kinds.telemetry, kinds.wasmPlugin])
      for (const policy of mesh.all(kind)) {
        const { selector, targetRef, targetRefs } = specOf(policy)
        if (!selector || targetRef || targetRefs?.length > 0) continue
        for (const pod of pods)
          if (pod.namespace === policy.namespace && isSelectedBy(labelsOf(pod), selector.matchLabels))
            report(messageTypes.ineffectiveSelector, policy, [labelsOf(pod)[gatewayLabel]!])
      }
  },
}
