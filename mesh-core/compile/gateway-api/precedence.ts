import type { Rule } from '../rules/virtual-service.ts'
import type { HttpMatch, IstioStringMatch } from '../rules/virtual-service-types.ts'

/**
 * The order in which the specification wants matches tried, whichever route they come from: exact paths, then prefixes, then regular expressions, the longer
 * first; then those with a method; then those with more headers; then those with more query parameters. What is equal keeps its order.
 * Source: Istio `pilot/pkg/config/kube/gateway/conversion.go` sortHTTPRoutes.
 */
export function byPrecedence(a: Rule, b: Rule): number {
  const [left, right] = [a.spec.match?.[0], b.spec.match?.[0]]
  if (!left || !right) return Number(!left) - Number(!right)
  return (
    rankOf(right) - rankOf(left) ||
    lengthOf(right) - lengthOf(left) ||
    Number(Boolean(right.method)) - Number(Boolean(left.method)) ||
    count(right.headers) - count(left.headers) ||
    count(right.queryParams) - count(left.queryParams)
  )
}

function rankOf({ uri }: HttpMatch): number {
  const path = uri as IstioStringMatch | undefined
  if (!path) return 0
  return path.exact !== undefined ? 3 : path.prefix !== undefined ? 2 : 1
}

function lengthOf({ uri }: HttpMatch): number {
  const path = uri as IstioStringMatch | undefined
  return (path?.exact ?? path?.prefix ?? path?.regex ?? '').length
}

function count(conditions: object | undefined): number {
  return Object.keys(conditions ?? {}).length
}
