@istio:ingress-control @profile:ISTIO-TRAFFIC
Feature: Gateways
  https://istio.io/latest/docs/tasks/traffic-management/ingress/ingress-control/

  Background:
    Given the services:
      | service | versions | port |
      | httpbin | v1       | 8000 |
    And the config:
      """
      apiVersion: networking.istio.io/v1
      kind: Gateway
      metadata: {name: httpbin-gateway}
      spec:
        selector: {istio: ingressgateway}
        servers:
        - port: {number: 80, name: http, protocol: HTTP}
          hosts: [httpbin.example.com]
      ---
      apiVersion: networking.istio.io/v1
      kind: VirtualService
      metadata: {name: httpbin}
      spec:
        hosts: [httpbin.example.com]
        gateways: [httpbin-gateway]
        http:
        - match: [{uri: {prefix: /status}}, {uri: {prefix: /delay}}]
          route: [{destination: {host: httpbin, port: {number: 8000}}}]
      """

  Scenario: A host and a path that the gateway knows
    When a client sends "GET http://httpbin.example.com/status/200"
    Then the response status is 200
    And the request reaches httpbin:v1

  Scenario: A path that no rule names
    When a client sends "GET http://httpbin.example.com/headers"
    Then the response status is 404
    And httpbin received 0 requests

  Scenario: A host that the gateway does not know
    When a client sends "GET http://other.example.com/status/200"
    Then the response status is 404

  Scenario: Hosts are compared without regard to case
    When a client sends "GET http://HTTPBIN.example.com/status/200"
    Then the response status is 200

  Scenario: A rule for the gateway is none for the mesh
    Given the services:
      | service |
      | client  |
    When client sends "GET http://httpbin:8000/headers"
    Then the response status is 200
    And the request reaches httpbin
