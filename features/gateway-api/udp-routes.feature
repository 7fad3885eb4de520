@istio:gateway-api @profile:GATEWAY-UDP @spec
Feature: Datagrams
  A UDPRoute sends the datagrams of a listener to its backends. Istio serves no listener of protocol UDP: these scenarios are about the specification.
  https://gateway-api.sigs.k8s.io/guides/udp/

  Background:
    Given the services:
      | service | versions | port | protocol |
      | dns     | v1       | 53   | udp      |
      | dns-new | v2       | 53   | udp      |
      | client  | v1       | 80   | http     |
    And the config:
      """
      apiVersion: gateway.networking.k8s.io/v1
      kind: Gateway
      metadata: {name: gateway}
      spec:
        gatewayClassName: istio
        listeners:
        - {name: dns, port: 5300, protocol: UDP}
        - {name: spare, port: 5301, protocol: UDP}
      """

  @gateway-api:UDPRoute
  Scenario: Datagrams reach the backend, and its answers come back
    Given the config:
      """
      apiVersion: gateway.networking.k8s.io/v1alpha2
      kind: UDPRoute
      metadata: {name: dns}
      spec:
        parentRefs: [{name: gateway, sectionName: dns}]
        rules:
        - backendRefs: [{name: dns, port: 53}]
      """
    When a client sends "shop.test" over UDP to port 5300
    Then the request reaches dns
    And the response body contains "dns-v1 shop.test"
    And UDPRoute "dns" is accepted
    When a client sends "shop.test" over UDP to port 5301
    Then the request gets no answer

  @gateway-api:UDPRouteWeightedRouting
  Scenario: Weights are shares of the clients
    Given the config:
      """
      apiVersion: gateway.networking.k8s.io/v1alpha2
      kind: UDPRoute
      metadata: {name: dns}
      spec:
        parentRefs: [{name: gateway, sectionName: dns}]
        rules:
        - backendRefs:
          - {name: dns, port: 53, weight: 70}
          - {name: dns-new, port: 53, weight: 30}
      """
    When a client sends "shop.test" over UDP to port 5300 1600 times
    Then the requests are split:
      | dns     | 70% |
      | dns-new | 30% |

  @gateway-api:UDPRouteMultipleRoutesAttachment
  Scenario: Of two routes at one listener the older acts
    Given the config:
      """
      apiVersion: gateway.networking.k8s.io/v1alpha2
      kind: UDPRoute
      metadata: {name: newer, creationTimestamp: "2026-02-02T00:00:00Z"}
      spec:
        parentRefs: [{name: gateway, sectionName: dns}]
        rules:
        - backendRefs: [{name: dns-new, port: 53}]
      ---
      apiVersion: gateway.networking.k8s.io/v1alpha2
      kind: UDPRoute
      metadata: {name: older, creationTimestamp: "2026-01-01T00:00:00Z"}
      spec:
        parentRefs: [{name: gateway, sectionName: dns}]
        rules:
        - backendRefs: [{name: dns, port: 53}]
      """
    When a client sends "shop.test" over UDP to port 5300 10 times
    Then all requests reach dns
    And UDPRoute "newer" is accepted

  @gateway-api:UDPRouteInvalidBackendRefNonexistent
  Scenario: What is sent to nobody is lost
    Given the config:
      """
      apiVersion: gateway.networking.k8s.io/v1alpha2
      kind: UDPRoute
      metadata: {name: dns}
      spec:
        parentRefs: [{name: gateway, sectionName: dns}]
        rules:
        - backendRefs: [{name: nobody, port: 53}]
      """
    When a client sends "shop.test" over UDP to port 5300
    Then the request gets no answer
    And UDPRoute "dns" does not resolve its references, because "BackendNotFound"

  Scenario: Inside the mesh sidecars leave datagrams alone
    When client sends "shop.test" over UDP to "dns:53"
    Then the request reaches dns
    And the response body contains "dns-v1 shop.test"
    When client sends "shop.test" over UDP to "client:80"
    Then the request gets no answer
