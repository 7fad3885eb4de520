@echo @istio:circuit-breaking @profile:ISTIO-TRAFFIC
Feature: Circuit breaking
  What is too much is refused at once, so that a slow service does not hold up those that call it.
  https://istio.io/latest/docs/tasks/traffic-management/circuit-breaking/

  Background:
    Given the services:
      | service | versions | replicas |
      | shop    | v1       | 1        |
      | client  |          |          |

  Scenario: One connection and one place to wait
    Given the config:
      """
      apiVersion: networking.istio.io/v1
      kind: DestinationRule
      metadata: {name: shop}
      spec:
        host: shop
        trafficPolicy:
          connectionPool:
            tcp: {maxConnections: 1}
            http: {http1MaxPendingRequests: 1}
      """
    # A connection that is still being made counts as a place to wait.
    And client sends "GET http://shop/"
    And shop takes 1s to answer
    When client sends "GET http://shop/" 10 times, 10 at once
    Then shop received 2 requests
    And the response status is 200 or 503

  Scenario: One request at a time is never too much
    Given the config:
      """
      apiVersion: networking.istio.io/v1
      kind: DestinationRule
      metadata: {name: shop}
      spec:
        host: shop
        trafficPolicy:
          connectionPool:
            tcp: {maxConnections: 1}
            http: {http1MaxPendingRequests: 1, maxRequestsPerConnection: 1}
      """
    When client sends "GET http://shop/" 10 times
    Then the response status is 200

  Scenario: A limit of requests
    Given the config:
      """
      apiVersion: networking.istio.io/v1
      kind: DestinationRule
      metadata: {name: shop}
      spec:
        host: shop
        trafficPolicy: {connectionPool: {http: {http2MaxRequests: 3}}}
      """
    And shop takes 1s to answer
    When client sends "GET http://shop/" 8 times, 8 at once
    Then shop received 3 requests
