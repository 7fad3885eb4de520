@istio:mirroring @profile:ISTIO-TRAFFIC
Feature: Mirroring
  A copy of live traffic goes to another version, and nobody waits for its answer.
  https://istio.io/latest/docs/tasks/traffic-management/mirroring/

  Background:
    Given the services:
      | service | versions |
      | shop    | v1, v2   |
      | client  | v1       |

  Scenario: Without a mirror the other version hears nothing
    Given the config "istio/shop-versions.yaml"
    And the config:
      """
      apiVersion: networking.istio.io/v1
      kind: VirtualService
      metadata: {name: shop}
      spec:
        hosts: [shop]
        http:
        - route: [{destination: {host: shop, subset: v1}}]
      """
    When client sends "GET http://shop/items"
    Then the request reaches shop:v1
    And shop:v2 received 0 requests

  Scenario Outline: The copy goes to version 2, the answer comes from version 1 (<api>)
    Given the config "<api>/shop-versions.yaml"
    And the config "<api>/mirror-to-v2.yaml"
    When client sends "GET http://shop/items"
    Then the request reaches shop:v1
    And the request does not reach shop:v2
    And shop:v2 received 1 request
    And the response body contains "shop-v1"

    Examples: The API of Istio
      | api   |
      | istio |

    @gateway-api:HTTPRouteRequestMirror @profile:MESH-HTTP @extended
    Examples: The Gateway API
      | api         |
      | gateway-api |

  Scenario: The copy of a request with a body that is rewritten is none of what the route has chosen
    Given the config "istio/shop-versions.yaml"
    And the config:
      """
      apiVersion: networking.istio.io/v1
      kind: VirtualService
      metadata: {name: shop}
      spec:
        hosts: [shop]
        http:
        - headers: {request: {set: {x-stage: live}}}
          route: [{destination: {host: shop, subset: v1}}]
          mirror: {host: shop, subset: v2}
      """
    When client sends "POST http://shop/items" with the body:
      """
      a book
      """
    Then the request reaches shop:v1 with header "x-stage" set to "live"
    And the request does not reach shop:v2
    And shop:v2 received 1 request

  Scenario Outline: A mirror that fails is not seen (<api>)
    Given the config "<api>/shop-versions.yaml"
    And the config "<api>/mirror-to-v2.yaml"
    And shop:v2 answers 503
    When client sends "GET http://shop/items" 10 times
    Then the response status is 200
    And shop:v2 received 10 requests

    Examples: The API of Istio
      | api   |
      | istio |

    @gateway-api:HTTPRouteRequestMirror @profile:MESH-HTTP @extended
    Examples: The Gateway API
      | api         |
      | gateway-api |

  Scenario Outline: A mirror that is slow delays nobody (<api>)
    Given the config "<api>/shop-versions.yaml"
    And the config "<api>/mirror-to-v2.yaml"
    And shop:v2 takes 5s to answer
    When client sends "GET http://shop/items"
    Then the response takes less than 1s
    And shop:v2 received 1 request

    Examples: The API of Istio
      | api   |
      | istio |

    @gateway-api:HTTPRouteRequestMirror @profile:MESH-HTTP @extended
    Examples: The Gateway API
      | api         |
      | gateway-api |

  Scenario: No mirroring at 0 percent
    Given the config "istio/shop-versions.yaml"
    And the config:
      """
      apiVersion: networking.istio.io/v1
      kind: VirtualService
      metadata: {name: shop}
      spec:
        hosts: [shop]
        http:
        - route: [{destination: {host: shop, subset: v1}}]
          mirror: {host: shop, subset: v2}
          mirrorPercentage: {value: 0}
      """
    When client sends "GET http://shop/items" 100 times
    Then shop:v2 received 0 requests

  Scenario: A copy counts for the service that it is for, and for no other
    Given the services:
      | service |
      | audit   |
    And the config:
      """
      apiVersion: networking.istio.io/v1
      kind: VirtualService
      metadata: {name: shop}
      spec:
        hosts: [shop]
        http:
        - route: [{destination: {host: shop}}]
          mirror: {host: audit}
      """
    When client sends "GET http://shop/items" 10 times
    Then shop received 10 requests
    And audit received 10 requests
