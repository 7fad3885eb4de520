@istio:gateway-api @profile:GATEWAY-HTTP
Feature: What is said of objects of the Gateway API
  A controller says in the status of an object whether it is in force, and why not; clients feel the same.
  https://gateway-api.sigs.k8s.io/guides/implementers/#conditions

  Background:
    Given the services:
      | service | versions | port | protocol |
      | shop    | v1       | 80   | http     |
      | vault   | v1       | 443  | https    |

  @gateway-api:GatewayWithAttachedRoutes
  Scenario: Listeners count the routes that they have taken
    Given the config:
      """
      apiVersion: gateway.networking.k8s.io/v1
      kind: Gateway
      metadata: {name: entry}
      spec:
        gatewayClassName: istio
        listeners:
        - {name: http, port: 80, protocol: HTTP}
        - {name: other, port: 8080, protocol: HTTP}
      ---
      apiVersion: gateway.networking.k8s.io/v1
      kind: HTTPRoute
      metadata: {name: shop}
      spec:
        parentRefs: [{name: entry, sectionName: http}]
        rules: [{backendRefs: [{name: shop, port: 80}]}]
      """
    When a client sends "GET /"
    Then the request reaches shop
    And Gateway "entry" is programmed
    And listener "http" of Gateway "entry" is programmed
    And listener "http" of Gateway "entry" has 1 attached route
    And listener "other" of Gateway "entry" has 0 attached routes

  @gateway-api:GatewayInvalidTLSConfiguration
  Scenario: A listener whose certificate is missing takes nothing
    Given the config:
      """
      apiVersion: gateway.networking.k8s.io/v1
      kind: Gateway
      metadata: {name: entry}
      spec:
        gatewayClassName: istio
        listeners:
        - {name: http, port: 80, protocol: HTTP}
        - {name: https, port: 443, protocol: HTTPS, tls: {certificateRefs: [{name: nosuch}]}}
      ---
      apiVersion: gateway.networking.k8s.io/v1
      kind: HTTPRoute
      metadata: {name: shop}
      spec:
        parentRefs: [{name: entry}]
        rules: [{backendRefs: [{name: shop, port: 80}]}]
      """
    When a client sends "GET https://shop.test/"
    Then the request gets no answer
    And listener "https" of Gateway "entry" is not programmed, because "Invalid"
    And listener "https" of Gateway "entry" does not resolve its references, because "InvalidCertificateRef"
    When a client sends "GET http://shop.test/"
    Then the request reaches shop

  @gateway-api:ListenerSetHostnameConflict @extended
  Scenario: The listener of a set gives way to that of its Gateway
    Given the config:
      """
      apiVersion: gateway.networking.k8s.io/v1
      kind: Gateway
      metadata: {name: entry}
      spec:
        gatewayClassName: istio
        allowedListeners: {namespaces: {from: Same}}
        listeners:
        - {name: http, port: 80, protocol: HTTP, hostname: shop.test}
      ---
      apiVersion: gateway.networking.k8s.io/v1
      kind: ListenerSet
      metadata: {name: extra}
      spec:
        parentRef: {name: entry}
        listeners:
        - {name: same, port: 80, protocol: HTTP, hostname: shop.test}
        - {name: other, port: 80, protocol: HTTP, hostname: other.test}
      ---
      apiVersion: gateway.networking.k8s.io/v1
      kind: HTTPRoute
      metadata: {name: shop}
      spec:
        parentRefs: [{kind: ListenerSet, name: extra}]
        rules: [{backendRefs: [{name: shop, port: 80}]}]
      """
    Then listener "same" of ListenerSet "extra" is in conflict, because "HostnameConflict"
    And listener "same" of ListenerSet "extra" is not programmed, because "HostnameConflict"
    When a client sends "GET http://other.test/"
    Then the request reaches shop
    When a client sends "GET http://shop.test/"
    Then the response status is 404

  @gateway-api:BackendTLSPolicy @extended
  Scenario: A Gateway begins TLS with a service that wants it
    Given the config:
      """
      apiVersion: gateway.networking.k8s.io/v1
      kind: Gateway
      metadata: {name: entry}
      spec:
        gatewayClassName: istio
        listeners:
        - {name: http, port: 80, protocol: HTTP}
      ---
      apiVersion: gateway.networking.k8s.io/v1
      kind: HTTPRoute
      metadata: {name: vault}
      spec:
        parentRefs: [{name: entry}]
        rules: [{backendRefs: [{name: vault, port: 443}]}]
      """
    When a client sends "GET /"
    Then the response status is 400
    When the config is applied:
      """
      apiVersion: gateway.networking.k8s.io/v1
      kind: BackendTLSPolicy
      metadata: {name: vault}
      spec:
        targetRefs: [{group: "", kind: Service, name: vault}]
        validation: {hostname: vault.test, wellKnownCACertificates: System}
      """
    And a client sends "GET /"
    Then the request reaches vault
    And BackendTLSPolicy "vault" is accepted
    And BackendTLSPolicy "vault" resolves its references

  @gateway-api:BackendTLSPolicyInvalidCACertificateRef @extended
  Scenario: Without an authority nothing is sent
    Given the config:
      """
      apiVersion: gateway.networking.k8s.io/v1
      kind: Gateway
      metadata: {name: entry}
      spec:
        gatewayClassName: istio
        listeners:
        - {name: http, port: 80, protocol: HTTP}
      ---
      apiVersion: gateway.networking.k8s.io/v1
      kind: HTTPRoute
      metadata: {name: vault}
      spec:
        parentRefs: [{name: entry}]
        rules: [{backendRefs: [{name: vault, port: 443}]}]
      ---
      apiVersion: gateway.networking.k8s.io/v1
      kind: BackendTLSPolicy
      metadata: {name: vault}
      spec:
        targetRefs: [{group: "", kind: Service, name: vault}]
        validation: {hostname: vault.test, caCertificateRefs: [{group: "", kind: ConfigMap, name: nosuch}]}
      """
    When a client sends "GET /"
    Then the response status is 503
    And the request does not reach vault
    And BackendTLSPolicy "vault" is not accepted, because "NoValidCACertificate"
    And BackendTLSPolicy "vault" does not resolve its references, because "InvalidCACertificateRef"

  @spec @gateway-api:HTTPRouteHTTPSListenerDetectMisdirectedRequests @extended
  Scenario: A request for another listener's host is misdirected
    Given the TLS secret "shop" for "shop.test, vault.test"
    And the config:
      """
      apiVersion: gateway.networking.k8s.io/v1
      kind: Gateway
      metadata: {name: entry, namespace: istio-system}
      spec:
        gatewayClassName: istio
        listeners:
        - {name: shop, port: 443, protocol: HTTPS, hostname: shop.test, tls: {certificateRefs: [{name: shop}]}, allowedRoutes: {namespaces: {from: All}}}
        - {name: vault, port: 443, protocol: HTTPS, hostname: vault.test, tls: {certificateRefs: [{name: shop}]}, allowedRoutes: {namespaces: {from: All}}}
      ---
      apiVersion: gateway.networking.k8s.io/v1
      kind: HTTPRoute
      metadata: {name: shop, namespace: default}
      spec:
        parentRefs: [{name: entry, namespace: istio-system}]
        rules: [{backendRefs: [{name: shop, port: 80}]}]
      """
    When a client sends "GET https://shop.test/"
    Then the request reaches shop
    When a client sends "GET https://shop.test/" with headers:
      | host | vault.test |
    Then the response status is 421
    When a client sends "GET https://shop.test/" with headers:
      | host | other.test |
    Then the response status is 404

  @spec @extended
  Scenario: HTTPS listeners whose hostnames meet are told so
    Given the TLS secret "shop" for "*.shop.test, a.shop.test" in namespace "default"
    And the config:
      """
      apiVersion: gateway.networking.k8s.io/v1
      kind: Gateway
      metadata: {name: entry}
      spec:
        gatewayClassName: istio
        listeners:
        - {name: all, port: 443, protocol: HTTPS, hostname: "*.shop.test", tls: {certificateRefs: [{name: shop}]}}
        - {name: one, port: 443, protocol: HTTPS, hostname: a.shop.test, tls: {certificateRefs: [{name: shop}]}}
        - {name: grpc, port: 80, protocol: HTTP, allowedRoutes: {kinds: [{kind: GRPCRoute}]}}
      """
    Then listener "all" of Gateway "entry" has the condition "OverlappingTLSConfig", because "OverlappingHostnames"
    And listener "one" of Gateway "entry" has the condition "OverlappingTLSConfig", because "OverlappingHostnames"
    And listener "one" of Gateway "entry" takes routes of the kinds "HTTPRoute, GRPCRoute"
    And listener "grpc" of Gateway "entry" takes routes of the kinds "GRPCRoute"

  @spec
  Scenario: Of a route with a filter that is not supported the other rules act
    Given the config:
      """
      apiVersion: gateway.networking.k8s.io/v1
      kind: Gateway
      metadata: {name: entry}
      spec: {gatewayClassName: istio, listeners: [{name: http, port: 80, protocol: HTTP}]}
      ---
      apiVersion: gateway.networking.k8s.io/v1
      kind: HTTPRoute
      metadata: {name: shop}
      spec:
        parentRefs: [{name: entry}]
        rules:
        - backendRefs: [{name: shop, port: 80}]
        - matches: [{path: {value: /odd}}]
          filters: [{type: ExtensionRef, extensionRef: {group: filters.test, kind: Odd, name: odd}}]
          backendRefs: [{name: shop, port: 80}]
      """
    When a client sends "GET /"
    Then the request reaches shop
    When a client sends "GET /odd"
    Then the response status is 500
    And HTTPRoute "shop" is accepted
    And HTTPRoute "shop" has the condition "PartiallyInvalid", because "UnsupportedValue"
