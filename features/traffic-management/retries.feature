@echo @istio:retries @profile:ISTIO-TRAFFIC
Feature: Retries

  Background:
    Given the services:
      | service | versions | replicas |
      | shop    | v1       | 2        |
      | client  | v1       |          |

  Scenario: A status is not retried by default
    Given shop answers 503 to the first 1 request
    When client sends "GET http://shop/"
    Then the response status is 503
    And shop received 1 request

  Scenario: attempts counts the tries after the first
    Given shop answers 503
    And the config:
      """
      apiVersion: networking.istio.io/v1
      kind: VirtualService
      metadata: {name: shop}
      spec:
        hosts: [shop]
        http:
        - retries: {attempts: 3, retryOn: 5xx}
          route: [{destination: {host: shop}}]
      """
    When client sends "GET http://shop/"
    Then the response status is 503
    And shop received 4 requests

  Scenario: The first good answer ends it
    Given shop answers 503 to the first 2 requests
    And the config:
      """
      apiVersion: networking.istio.io/v1
      kind: VirtualService
      metadata: {name: shop}
      spec:
        hosts: [shop]
        http:
        - retries: {attempts: 3, retryOn: 5xx}
          route: [{destination: {host: shop}}]
      """
    When client sends "GET http://shop/"
    Then the response status is 200
    And shop received 3 requests

  # Envoy draws again when it meets the endpoint that failed, but at most five times.
  Scenario: A retry goes to another endpoint, nearly always
    Given endpoint 1 of shop answers 503
    And the config:
      """
      apiVersion: networking.istio.io/v1
      kind: VirtualService
      metadata: {name: shop}
      spec:
        hosts: [shop]
        http:
        - retries: {attempts: 1, retryOn: "503"}
          route: [{destination: {host: shop}}]
      """
    When client sends "GET http://shop/" 1000 times
    Then about 99% of the requests have status 200

  Scenario: Each try has its own time
    Given shop takes 2s to answer
    And the config:
      """
      apiVersion: networking.istio.io/v1
      kind: VirtualService
      metadata: {name: shop}
      spec:
        hosts: [shop]
        http:
        - retries: {attempts: 2, perTryTimeout: 1s, retryOn: 5xx}
          route: [{destination: {host: shop}}]
      """
    When client sends "GET http://shop/"
    Then the response status is 504
    And shop received 3 requests
    And the response takes between 3s and 3200ms

  Scenario: No retries at attempts 0
    Given shop answers 503
    And the config:
      """
      apiVersion: networking.istio.io/v1
      kind: VirtualService
      metadata: {name: shop}
      spec:
        hosts: [shop]
        http:
        - retries: {attempts: 0}
          route: [{destination: {host: shop}}]
      """
    When client sends "GET http://shop/"
    Then shop received 1 request
