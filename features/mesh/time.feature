@echo
Feature: Time
  On a virtual clock an hour passes at once, and durations are exact.

  Scenario: Hours pass
    Given the services:
      | service |
      | shop    |
      | client  |
    When client sends "GET http://shop/"
    And 3h pass
    And client sends "GET http://shop/"
    Then the response status is 200

  Scenario: Requests at once wait together, requests in a row one after the other
    Given the services:
      | service |
      | shop    |
      | client  |
    And shop takes 1s to answer
    When client sends "GET http://shop/" 10 times
    Then the response takes about 1s
    When client sends "GET http://shop/" 100 times, 50 at once
    Then the response takes about 1s

  Scenario: The seed decides what is drawn, not the odds
    Given the seed 7
    And the services:
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
        subsets: [{name: v1, labels: {version: v1}}, {name: v2, labels: {version: v2}}]
      ---
      apiVersion: networking.istio.io/v1
      kind: VirtualService
      metadata: {name: shop}
      spec:
        hosts: [shop]
        http:
        - route:
          - {destination: {host: shop, subset: v1}, weight: 10}
          - {destination: {host: shop, subset: v2}, weight: 90}
      """
    When client sends "GET http://shop/" 900 times, 20 at once
    Then about 10% of the requests reach shop:v1
