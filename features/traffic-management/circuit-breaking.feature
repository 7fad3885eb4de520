@echo @istio:circuit-breaking @profile:ISTIO-TRAFFIC
Feature: Circuit breaking
  What is too much is refused at once, so that a slow service does not hold up those that call it.
  https://istio.io/latest/docs/tasks/traffic-management/circuit-breaking/

  Background:
    Given the services:
      | service | versions | replicas |
      | shop    | v1       | 1        |
      | client  | v1       |          |

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

  Scenario: Requests that share a connection of HTTP/2
    Given the services:
      | service | protocol |
      | stock   | http2    |
    And the config:
      """
      apiVersion: networking.istio.io/v1
      kind: DestinationRule
      metadata: {name: stock}
      spec:
        host: stock
        trafficPolicy:
          connectionPool:
            tcp: {maxConnections: 1}
            http: {http1MaxPendingRequests: 1, maxConcurrentStreams: 2}
      """
    And client sends "GET http://stock/"
    And stock takes 1s to answer
    When client sends "GET http://stock/" 6 times, 6 at once
    Then stock received 3 requests
    And the response status is 200 or 503

  Scenario: A workload takes so much at once as its own sidecar lets in
    Given the services:
      | service | versions |
      | stock   | v1       |
    And the config:
      """
      apiVersion: networking.istio.io/v1
      kind: Sidecar
      metadata: {name: stock}
      spec:
        workloadSelector: {labels: {app: stock}}
        inboundConnectionPool:
          tcp: {maxConnections: 1}
          http: {http1MaxPendingRequests: 1}
      """
    And client sends "GET http://stock/"
    And stock takes 1s to answer
    When client sends "GET http://stock/" 6 times, 6 at once
    Then stock received 2 requests
    And the response status is 200 or 503

  # Each time that more is sent for the share, it is ten at once again; what is counted is what is written.
  Scenario: What is let through of ten at once
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
    And client sends "GET http://shop/"
    And shop takes 100ms to answer
    When client sends "GET http://shop/" 10 times, 10 at once
    Then about 20% of the requests have status 200
    And shop received 2 requests
    And the metric istio_requests_total is 8 for:
      | response_code | 503 |

  Scenario Outline: A connection of bytes that <is too much>
    Given the services:
      | service | protocol | port |
      | db      | tcp      | 5432 |
    And the config:
      """
      apiVersion: networking.istio.io/v1
      kind: DestinationRule
      metadata: {name: db}
      spec: {host: db, trafficPolicy: {connectionPool: {tcp: {<limit>: 1s}}}}
      """
    And db takes 200ms to answer
    When client sends "hello" over TCP to "db:5432"
    Then the request reaches db
    Given db takes 3s to answer
    When client sends "hello" over TCP to "db:5432"
    Then the request gets no answer
    And the response takes about 1s

    Examples:
      | is too much     | limit                 |
      | says nothing    | idleTimeout           |
      | lasts too long  | maxConnectionDuration |
