@istio:fault-injection @profile:ISTIO-TRAFFIC
Feature: Fault injection
  Delays and errors, put between two services, show how the application bears them.
  https://istio.io/latest/docs/tasks/traffic-management/fault-injection/

  Background:
    Given the Bookinfo application
    And the config "destination-rule-all.yaml"
    And the config "virtual-service-all-v1.yaml"
    And the config "virtual-service-reviews-test-v2.yaml"

  Scenario: A 7s delay uncovers the timeout that is built into productpage
    Given the config "virtual-service-ratings-test-delay.yaml"
    When user "jason" opens "/productpage"
    Then the page says "Error fetching product reviews"
    And the page says "Sorry, product reviews are currently unavailable for this book."
    And the response takes about 6s

  Scenario: Details are not touched by the delay of ratings
    Given the config "virtual-service-ratings-test-delay.yaml"
    When user "jason" opens "/productpage"
    Then the page says "Book Details"
    And the page does not say "Error fetching product details"

  Scenario: Nobody else is delayed
    Given the config "virtual-service-ratings-test-delay.yaml"
    When user "anna" opens "/productpage"
    Then the page says "Book Reviews"
    And the response takes less than 1s

  Scenario: A delay of 2s fits into all timeouts
    Given the config:
      """
      apiVersion: networking.istio.io/v1
      kind: VirtualService
      metadata: {name: ratings}
      spec:
        hosts: [ratings]
        http:
        - match: [{headers: {end-user: {exact: jason}}}]
          fault: {delay: {percentage: {value: 100}, fixedDelay: 2s}}
          route: [{destination: {host: ratings, subset: v1}}]
        - route: [{destination: {host: ratings, subset: v1}}]
      """
    When user "jason" opens "/productpage"
    Then the page shows black stars
    And the response takes about 2s

  Scenario: reviews v3 gives up after 2.5s, and shows the page without ratings
    Given the config "virtual-service-reviews-jason-v2-v3.yaml"
    And the config:
      """
      apiVersion: networking.istio.io/v1
      kind: VirtualService
      metadata: {name: ratings}
      spec:
        hosts: [ratings]
        http:
        - fault: {delay: {percentage: {value: 100}, fixedDelay: 2.8s}}
          route: [{destination: {host: ratings, subset: v1}}]
      """
    When user "anna" opens "/productpage"
    Then the page says "Ratings service is currently unavailable"
    And the page says "Book Reviews"
    And the response takes about 2500ms

  Scenario: An abort shows at once
    Given the config "virtual-service-ratings-test-abort.yaml"
    When user "jason" opens "/productpage"
    Then the page says "Ratings service is currently unavailable"
    And the page shows no stars
    And the request does not reach ratings
    And the response takes less than 1s

  Scenario: Nobody else meets the abort
    Given the config "virtual-service-ratings-test-abort.yaml"
    When user "anna" opens "/productpage"
    Then the page does not say "Ratings service is currently unavailable"

  Scenario: The client of an abort sees the proxy's own answer
    Given the config "virtual-service-ratings-test-abort.yaml"
    When reviews:v2 sends "GET http://ratings:9080/ratings/0" with headers:
      | end-user | jason |
    Then the response status is 500
    And the response body contains "fault filter abort"
    And ratings received 0 requests

  Scenario: A share of the requests is aborted
    Given the config:
      """
      apiVersion: networking.istio.io/v1
      kind: VirtualService
      metadata: {name: ratings}
      spec:
        hosts: [ratings]
        http:
        - fault: {abort: {percentage: {value: 10}, httpStatus: 500}}
          route: [{destination: {host: ratings, subset: v1}}]
      """
    When reviews:v2 sends "GET http://ratings:9080/ratings/0" 1000 times
    Then about 10% of the requests have status 500
    And about 90% of the requests reach ratings:v1

  Scenario: A fault without a percentage never happens
    Given the config:
      """
      apiVersion: networking.istio.io/v1
      kind: VirtualService
      metadata: {name: ratings}
      spec:
        hosts: [ratings]
        http:
        - fault: {abort: {httpStatus: 500}}
          route: [{destination: {host: ratings, subset: v1}}]
      """
    When reviews:v2 sends "GET http://ratings:9080/ratings/0" 100 times
    Then the response status is 200

  Scenario: Delay first, then abort
    Given the config:
      """
      apiVersion: networking.istio.io/v1
      kind: VirtualService
      metadata: {name: ratings}
      spec:
        hosts: [ratings]
        http:
        - fault:
            delay: {percentage: {value: 100}, fixedDelay: 3s}
            abort: {percentage: {value: 100}, httpStatus: 418}
          route: [{destination: {host: ratings, subset: v1}}]
      """
    When reviews:v2 sends "GET http://ratings:9080/ratings/0"
    Then the response status is 418
    And the response takes about 3s
    And ratings received 0 requests
