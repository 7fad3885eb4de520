@echo @istio:outlier-detection @profile:ISTIO-TRAFFIC @extended
Feature: Outlier detection
  An endpoint that keeps failing is put out, and let in again after a while.
  https://istio.io/latest/docs/reference/config/networking/destination-rule/#OutlierDetection

  Background:
    Given the services:
      | service | versions | replicas |
      | shop    | v1, v2   | 1        |
      | client  | v1       |          |
    And the config:
      """
      apiVersion: networking.istio.io/v1
      kind: DestinationRule
      metadata: {name: shop}
      spec:
        host: shop
        trafficPolicy:
          loadBalancer: {simple: ROUND_ROBIN}
          outlierDetection: {consecutive5xxErrors: 2, interval: 1s, baseEjectionTime: 30s, maxEjectionPercent: 100}
      """

  Scenario: It is put out
    Given shop:v1 answers 500
    When client sends "GET http://shop/" 20 times
    And 1500ms pass
    And client sends "GET http://shop/" 20 times
    Then all requests reach shop:v2
    And the response status is 200

  Scenario: It returns
    Given the config:
      """
      apiVersion: networking.istio.io/v1
      kind: DestinationRule
      metadata: {name: shop}
      spec:
        host: shop
        trafficPolicy:
          loadBalancer: {simple: ROUND_ROBIN}
          outlierDetection: {consecutive5xxErrors: 2, interval: 1s, baseEjectionTime: 5s, maxEjectionPercent: 100}
      """
    And shop:v1 answers 500 to the first 2 requests
    When client sends "GET http://shop/" 10 times
    And client sends "GET http://shop/" 10 times
    Then all requests reach shop:v2
    When 7s pass
    And client sends "GET http://shop/" 1600 times
    Then about 50% of the requests reach shop:v1

  Scenario: What is asked for by the client is no failure
    Given shop:v1 answers 404
    When client sends "GET http://shop/" 20 times
    And 1500ms pass
    And client sends "GET http://shop/" 1600 times
    Then about 50% of the requests reach shop:v1
