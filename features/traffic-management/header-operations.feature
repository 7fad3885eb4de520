@echo @istio:header-operations @profile:ISTIO-TRAFFIC
Feature: Headers on their way

  Background:
    Given the services:
      | service | versions |
      | shop    | v1, v2   |
      | client  | v1       |
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
      ---
      apiVersion: networking.istio.io/v1
      kind: VirtualService
      metadata: {name: shop}
      spec:
        hosts: [shop]
        http:
        - match: [{uri: {prefix: /v2}}]
          headers:
            request:
              set: {x-version: v2}
              remove: [x-secret]
          route:
          - destination: {host: shop, subset: v2}
            headers:
              request: {add: {x-tag: two}}
              response: {set: {x-served-by: v2}}
        - headers:
            response:
              add: {x-cache: none}
              remove: [content-type]
          route: [{destination: {host: shop, subset: v1}}]
      """

  Scenario: What a rule sets, adds and removes arrives so
    When client sends "GET http://shop/v2/items" with headers:
      | x-version | mine    |
      | x-tag     | one     |
      | x-secret  | do-tell |
    Then the request reaches shop:v2 with header "x-version" set to "v2"
    And the request reaches shop:v2 with header "x-tag" set to "one"
    And the request reaches shop:v2 with header "x-tag" set to "two"
    And the request reaches shop:v2 without header "x-secret"
    And the response header "x-served-by" is "v2"

  Scenario: Response headers of another rule
    When client sends "GET http://shop/items"
    Then the response header "x-cache" is "none"
    And the response header "content-type" is absent
    And the response header "x-served-by" is absent

  Scenario: What nobody touches passes
    When client sends "POST http://shop/items" with the body:
      """
      {"item": 7}
      """
    Then the request reaches shop:v1
    And the response body contains "item"
