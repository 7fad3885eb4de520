@echo @istio:consistent-hashing @profile:ISTIO-TRAFFIC @extended
Feature: Consistent hashing
  Requests with the same key reach the same endpoint; a client without one may be given a cookie.
  https://istio.io/latest/docs/reference/config/networking/destination-rule/#LoadBalancerSettings-ConsistentHashLB

  Background:
    Given the services:
      | service | versions | replicas |
      | shop    | v1, v2   | 2        |
      | client  | v1       |          |

  Scenario Outline: The same user reaches the same endpoint, by <table>
    Given the config:
      """
      apiVersion: networking.istio.io/v1
      kind: DestinationRule
      metadata: {name: shop}
      spec:
        host: shop
        trafficPolicy: {loadBalancer: {consistentHash: {httpHeaderName: x-user<table settings>}}}
      """
    When client sends "GET http://shop/" 10 times with headers:
      | x-user | anna |
    And client sends "GET http://shop/" 10 times with headers:
      | x-user | bert |
    And client sends "GET http://shop/" 10 times with headers:
      | x-user | carl |
    Then every request from the same "x-user" reaches the same endpoint

    Examples:
      | table  | table settings              |
      | ring   |                             |
      | Maglev | , maglev: {tableSize: 251} |

  Scenario: Everybody of one address is one client
    Given the config:
      """
      apiVersion: networking.istio.io/v1
      kind: DestinationRule
      metadata: {name: shop}
      spec:
        host: shop
        trafficPolicy: {loadBalancer: {consistentHash: {useSourceIp: true}}}
      """
    When client sends "GET http://shop/" 20 times with headers:
      | x-group | all |
    Then every request from the same "x-group" reaches the same endpoint

  Scenario: A client without the cookie is given one
    Given the config:
      """
      apiVersion: networking.istio.io/v1
      kind: DestinationRule
      metadata: {name: shop}
      spec:
        host: shop
        trafficPolicy: {loadBalancer: {consistentHash: {httpCookie: {name: session, ttl: 60s}}}}
      """
    When client sends "GET http://shop/" with headers:
      | cookie | session=mine |
    Then the response header "set-cookie" is absent
    When client sends "GET http://shop/" 20 times with headers:
      | cookie | session=mine |
    Then every request from the same "cookie" reaches the same endpoint
