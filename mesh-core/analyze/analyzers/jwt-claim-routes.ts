import type { Resource } from '../../config/resource.ts'
import type { Analyzer } from '../analyzer.ts'
import { gatewayRef } from '../hosts.ts'
import type { Inventory } from '../inventory.ts'
import { fullName, kinds, labelsOf, listOf, specOf, textsOf } from '../inventory.ts'
import { messageTypes } from '../message-types.ts'
import { isSelectedBy } from '../selectors.ts'
import { podsOf } from './gateway-ports.ts'

/** Matches on claims of a token that nobody checks. Source: Istio `analyzers/virtualservice/jwtclaimroute.go`. */
export const jwtClaimRoutes: Analyzer = {
  name: 'virtualservice.JWTClaimRouteAnalyzer',
  inputs: [kinds.virtualService],
  analyze(mesh, report) {
    for (const rule of mesh.all(kinds.virtualService)) {
      const key = claimKeyOf(rule)
      if (key === null || !mesh.knows(kinds.requestAuthentication)) continue
      for (const name of textsOf(specOf(rule).gateways)) {
        const ref = gatewayRef(name, rule.namespace)
        const gateway = name === 'mesh' ? undefined : mesh.find(kinds.gateway, ref.namespace, ref.name)
        for (const pod of gateway ? podsOf(gateway, mesh) : [])
          if (!isAuthenticated(pod, mesh)) report(messageTypes.claimsWithoutAuthentication, rule, [key, fullName(ref), pod.name])
      }
    }
  },
}

function claimKeyOf(rule: Resource): string | null {
  const matches = listOf(specOf(rule).http).flatMap(({ match }) => listOf(match))
  const keys = matches.flatMap(({ headers, withoutHeaders }) => [...Object.keys(headers ?? {}), ...Object.keys(withoutHeaders ?? {})])
  return keys.find((key) => key.startsWith('@request.auth.claims')) ?? null
}

function isAuthenticated(pod: Resource, mesh: Inventory): boolean {
  return mesh
    .all(kinds.requestAuthentication)
    .some(
      (one) =>
        (one.namespace === 'istio-system' || one.namespace === pod.namespace) && isSelectedBy(labelsOf(pod), specOf(one).selector?.matchLabels),
    )
}
