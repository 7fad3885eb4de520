@istio:ingress-control @profile:ISTIO-TRAFFIC
Feature: Several gateways
  A mesh on its way from Istio's Gateways to those of the Gateway API has both. A client comes to the one that its host is bound to, as DNS would lead it.
  https://istio.io/latest/docs/tasks/traffic-management/ingress/gateway-api/

  Background:
    Given the services:
      | service | versions |
      | shop    | v1       |
      | web     | v1       |
      | team    | v1       |
    And the config:
      """
      apiVersion: networking.istio.io/v1
      kind: Gateway
      metadata: {name: shop}
      spec:
        selector: {istio: ingressgateway}
        servers: [{port: {number: 80, name: http, protocol: HTTP}, hosts: [shop.example.com]}]
      ---
      apiVersion: networking.istio.io/v1
      kind: VirtualService
      metadata: {name: shop}
      spec:
        hosts: [shop.example.com]
        gateways: [shop]
        http: [{route: [{destination: {host: shop}}]}]
      ---
      apiVersion: gateway.networking.k8s.io/v1
      kind: Gateway
      metadata: {name: web}
      spec:
        gatewayClassName: istio
        listeners: [{name: http, port: 80, protocol: HTTP, hostname: web.example.com}]
      ---
      apiVersion: gateway.networking.k8s.io/v1
      kind: HTTPRoute
      metadata: {name: web}
      spec:
        parentRefs: [{name: web}]
        rules: [{backendRefs: [{name: web, port: 80}]}]
      ---
      apiVersion: gateway.networking.k8s.io/v1
      kind: Gateway
      metadata: {name: team}
      spec:
        gatewayClassName: istio
        listeners: [{name: http, port: 80, protocol: HTTP}]
      ---
      apiVersion: gateway.networking.k8s.io/v1
      kind: HTTPRoute
      metadata: {name: team}
      spec:
        parentRefs: [{name: team}]
        hostnames: [team.example.com]
        rules: [{backendRefs: [{name: team, port: 80}]}]
      """

  Scenario Outline: <host> leads to <service>
    When a client sends "GET http://<host>/"
    Then the request reaches <service>

    Examples:
      | host             | service |
      | shop.example.com | shop    |
      | web.example.com  | web     |
      | team.example.com | team    |

  Scenario: A host that the client names in a header
    When a client sends "GET /" with headers:
      | host | team.example.com |
    Then the request reaches team
