@istio:request-timeouts @profile:ISTIO-TRAFFIC
Feature: Request timeouts
  https://istio.io/latest/docs/tasks/traffic-management/request-timeouts/

  Background:
    Given the Bookinfo application
    And the config "destination-rule-all.yaml"
    And the config "virtual-service-all-v1.yaml"
    And the config:
      """
      apiVersion: networking.istio.io/v1
      kind: VirtualService
      metadata: {name: reviews}
      spec:
        hosts: [reviews]
        http:
        - route: [{destination: {host: reviews, subset: v2}}]
      ---
      apiVersion: networking.istio.io/v1
      kind: VirtualService
      metadata: {name: ratings}
      spec:
        hosts: [ratings]
        http:
        - fault: {delay: {percentage: {value: 100}, fixedDelay: 2s}}
          route: [{destination: {host: ratings, subset: v1}}]
      """

  Scenario: Without a timeout the page waits
    When someone opens "/productpage"
    Then the page shows black stars
    And the response takes about 2s

  Scenario Outline: With half a second for reviews the page takes one, since productpage tries twice (<timeout>)
    Given the config "<versions>"
    And the config "<timeout>"
    When someone opens "/productpage"
    Then the page says "Sorry, product reviews are currently unavailable for this book."
    And the response takes about 1s
    And reviews:v2 received 2 requests

    Examples: The API of Istio
      | versions                  | timeout                              |
      | destination-rule-all.yaml | virtual-service-reviews-timeout.yaml |

    @gateway-api:HTTPRouteTimeoutRequest @profile:MESH-HTTP @extended
    Examples: The Gateway API; faults have no form in it
      | versions               | timeout                                |
      | bookinfo-versions.yaml | gateway-api/route-reviews-timeout.yaml |

  Scenario Outline: Who asks for reviews sees the timeout as 504 (<timeout>)
    Given the config "<versions>"
    And the config "<timeout>"
    When productpage sends "GET http://reviews:9080/reviews/0"
    Then the response status is 504
    And the response body contains "upstream request timeout"
    And the response takes about 500ms

    Examples: The API of Istio
      | versions                  | timeout                              |
      | destination-rule-all.yaml | virtual-service-reviews-timeout.yaml |

    @gateway-api:HTTPRouteTimeoutRequest @profile:MESH-HTTP @extended
    Examples: The Gateway API
      | versions               | timeout                                |
      | bookinfo-versions.yaml | gateway-api/route-reviews-timeout.yaml |

  Scenario: An injected delay does not count towards the timeout of the same route
    Given the config:
      """
      apiVersion: networking.istio.io/v1
      kind: VirtualService
      metadata: {name: ratings}
      spec:
        hosts: [ratings]
        http:
        - fault: {delay: {percentage: {value: 100}, fixedDelay: 2s}}
          timeout: 0.5s
          route: [{destination: {host: ratings, subset: v1}}]
      """
    When reviews:v2 sends "GET http://ratings:9080/ratings/0"
    Then the response status is 200
    And the response takes about 2s

  Scenario: A slow service runs into the timeout, a fast one does not
    Given ratings takes 800ms to answer
    And the config:
      """
      apiVersion: networking.istio.io/v1
      kind: VirtualService
      metadata: {name: ratings}
      spec:
        hosts: [ratings]
        http:
        - match: [{headers: {x-hurry: {exact: "yes"}}}]
          timeout: 500ms
          route: [{destination: {host: ratings, subset: v1}}]
        - timeout: 1s
          route: [{destination: {host: ratings, subset: v1}}]
      """
    When reviews:v2 sends "GET http://ratings:9080/ratings/0" with headers:
      | x-hurry | yes |
    Then the response status is 504
    When reviews:v2 sends "GET http://ratings:9080/ratings/0"
    Then the response status is 200
    And the response takes about 800ms
