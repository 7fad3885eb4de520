import type { Refusal } from '../../ir/route.ts'
import type { IstioStringMatch } from '../rules/virtual-service-types.ts'

/** Without the slash at its end. Source: Envoy `RouteMatch.path_separated_prefix`. */
const ofSegments = /^[^?#]+[^?#/]$/

/** Why Envoy refuses a prefix of whole segments, which an Ingress may have otherwise. Source: Istio `core/route/route.go` TranslateRouteMatch. */
export function prefixRefusal(uri: IstioStringMatch | null): Refusal | null {
  const { prefix = '/' } = uri ?? {}
  if (prefix === '/' || ofSegments.test(prefix.replace(/\/$/, ''))) return null
  return { reason: `the path ${JSON.stringify(prefix)} is no prefix of segments`, spoils: 'table' }
}
