/** What scenarios of the lab's own begin with: a shop in two versions, and a client. */
export const shopBackground = `
  Background:
    Given the services:
      | service | versions |
      | shop    | v1, v2   |
      | client  |          |
    And the config:
      """
      apiVersion: networking.istio.io/v1
      kind: DestinationRule
      metadata: {name: shop}
      spec:
        host: shop
        subsets: [{name: v1, labels: {version: v1}}, {name: v2, labels: {version: v2}}]
      """
`

/** @param weights of the two versions. @param namespace of the rule; by default that of the shop */
export function routeToShop(weights: readonly [number, number], namespace = ''): string {
  return `
      """
      apiVersion: networking.istio.io/v1
      kind: VirtualService
      metadata: {name: shop${namespace && `, namespace: ${namespace}`}}
      spec:
        hosts: [shop]
        http:
        - route:
          - {destination: {host: shop, subset: v1}, weight: ${weights[0]}}
          - {destination: {host: shop, subset: v2}, weight: ${weights[1]}}
      """`
}
