@echo @istio:config-validation @profile:ISTIO-TRAFFIC
Feature: Config of older versions
  A kind that has grown up is still taken as it was written before.

  Background:
    Given the services:
      | service | versions |
      | shop    | v1, v2   |
      | client  | v1       |

  Scenario Outline: Routes of <networking>, policies of <security>
    Given the config:
      """
      apiVersion: networking.istio.io/<networking>
      kind: DestinationRule
      metadata: {name: shop}
      spec: {host: shop, subsets: [{name: v2, labels: {version: v2}}]}
      ---
      apiVersion: networking.istio.io/<networking>
      kind: VirtualService
      metadata: {name: shop}
      spec: {hosts: [shop], http: [{route: [{destination: {host: shop, subset: v2}}]}]}
      ---
      apiVersion: security.istio.io/<security>
      kind: AuthorizationPolicy
      metadata: {name: shop}
      spec: {action: DENY, rules: [{to: [{operation: {paths: [/admin]}}]}]}
      """
    When client sends "GET http://shop/" 5 times
    Then all requests reach shop:v2
    When client sends "GET http://shop/admin"
    Then the response status is 403

    Examples:
      | networking | security |
      | v1         | v1       |
      | v1beta1    | v1beta1  |
      | v1alpha3   | v1beta1  |
