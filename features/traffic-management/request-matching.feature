@echo @istio:request-matching @profile:ISTIO-TRAFFIC
Feature: Which rule takes a request
  The first rule that matches wins; the conditions of one match all have to hold, and one match of several is enough.
  https://istio.io/latest/docs/reference/config/networking/virtual-service/#HTTPMatchRequest

  Background:
    Given the services:
      | service | versions   |
      | shop    | v1, v2, v3 |
      | client  | v1         |
    And the config:
      """
      apiVersion: networking.istio.io/v1
      kind: DestinationRule
      metadata: {name: shop}
      spec:
        host: shop
        subsets:
        - {name: v1, labels: {version: v1}}
        - {name: v2, labels: {version: v2}}
        - {name: v3, labels: {version: v3}}
      """

  Scenario Outline: By path: <path> is for <version>
    Given the config:
      """
      apiVersion: networking.istio.io/v1
      kind: VirtualService
      metadata: {name: shop}
      spec:
        hosts: [shop]
        http:
        - match:
          - uri: {exact: /items}
          - uri: {prefix: /v2}
          - uri: {regex: "/items/[0-9]+"}
          route: [{destination: {host: shop, subset: v2}}]
        - match: [{uri: {prefix: /API}, ignoreUriCase: true}]
          route: [{destination: {host: shop, subset: v3}}]
        - route: [{destination: {host: shop, subset: v1}}]
      """
    When client sends "GET http://shop<path>"
    Then the request reaches shop:<version>

    Examples:
      | path           | version |
      | /items         | v2      |
      | /items?page=2  | v2      |
      | /items/        | v1      |
      | /v2            | v2      |
      | /v2beta/x      | v2      |
      | /items/17      | v2      |
      | /items/17/more | v1      |
      | /Items         | v1      |
      | /api/x         | v3      |

  Scenario: All conditions of one match have to hold
    Given the config:
      """
      apiVersion: networking.istio.io/v1
      kind: VirtualService
      metadata: {name: shop}
      spec:
        hosts: [shop]
        http:
        - match:
          - method: {exact: POST}
            headers: {x-tier: {regex: "gold|silver"}}
            queryParams: {beta: {exact: "1"}}
          route: [{destination: {host: shop, subset: v2}}]
        - route: [{destination: {host: shop, subset: v1}}]
      """
    When client sends "POST http://shop/orders?beta=1" with headers:
      | x-tier | gold |
    Then the request reaches shop:v2
    When client sends "GET http://shop/orders?beta=1" with headers:
      | x-tier | gold |
    Then the request reaches shop:v1
    When client sends "POST http://shop/orders?beta=2" with headers:
      | x-tier | gold |
    Then the request reaches shop:v1
    When client sends "POST http://shop/orders?beta=1" with headers:
      | x-tier | golden |
    Then the request reaches shop:v1

  Scenario: A header that must not be there
    Given the config:
      """
      apiVersion: networking.istio.io/v1
      kind: VirtualService
      metadata: {name: shop}
      spec:
        hosts: [shop]
        http:
        - match: [{withoutHeaders: {x-internal: {exact: "yes"}}}]
          route: [{destination: {host: shop, subset: v1}}]
        - route: [{destination: {host: shop, subset: v2}}]
      """
    When client sends "GET http://shop/"
    Then the request reaches shop:v1
    When client sends "GET http://shop/" with headers:
      | x-internal | no |
    Then the request reaches shop:v1
    When client sends "GET http://shop/" with headers:
      | x-internal | yes |
    Then the request reaches shop:v2

  Scenario: A header that is sent twice fits if one of its values does
    Given the config:
      """
      apiVersion: networking.istio.io/v1
      kind: VirtualService
      metadata: {name: shop}
      spec:
        hosts: [shop]
        http:
        - match: [{headers: {x-tier: {exact: gold}}}]
          route: [{destination: {host: shop, subset: v2}}]
        - route: [{destination: {host: shop, subset: v1}}]
      """
    When client sends "GET http://shop/" with headers:
      | x-tier | silver |
      | x-tier | gold   |
    Then the request reaches shop:v2

  Scenario: No rule fits: 404, and no way back to the service
    Given the config:
      """
      apiVersion: networking.istio.io/v1
      kind: VirtualService
      metadata: {name: shop}
      spec:
        hosts: [shop]
        http:
        - match: [{uri: {prefix: /items}}]
          route: [{destination: {host: shop, subset: v1}}]
      """
    When client sends "GET http://shop/orders"
    Then the response status is 404
    And shop received 0 requests

  Scenario: A rule for other workloads only leaves this one the default
    Given the config:
      """
      apiVersion: networking.istio.io/v1
      kind: VirtualService
      metadata: {name: shop}
      spec:
        hosts: [shop]
        http:
        - match: [{sourceLabels: {app: somebody-else}}]
          route: [{destination: {host: shop, subset: v1}}]
      """
    When client sends "GET http://shop/orders"
    Then the response status is 200
    And the request reaches shop

  Scenario: Rules by who asks
    Given the services:
      | service | versions |
      | admin   | v1       |
    And the config:
      """
      apiVersion: networking.istio.io/v1
      kind: VirtualService
      metadata: {name: shop}
      spec:
        hosts: [shop]
        http:
        - match: [{sourceLabels: {app: admin}}]
          route: [{destination: {host: shop, subset: v3}}]
        - route: [{destination: {host: shop, subset: v1}}]
      """
    When admin sends "GET http://shop/"
    Then the request reaches shop:v3
    When client sends "GET http://shop/"
    Then the request reaches shop:v1
