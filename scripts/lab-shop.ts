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
