@istio:gateway-api @profile:GATEWAY-HTTP
Feature: HTTPRoutes
  A Gateway of the Kubernetes Gateway API takes what comes from outside, and HTTPRoutes say where it goes.
  https://istio.io/latest/docs/tasks/traffic-management/ingress/gateway-api/

  Background:
    Given the services:
      | service | versions | namespace |
      | shop-v1 | v1       | default   |
      | shop-v2 | v2       | default   |
      | stock   | v1       | other     |
    And the config:
      """
      apiVersion: gateway.networking.k8s.io/v1
      kind: Gateway
      metadata: {name: entry}
      spec:
        gatewayClassName: istio
        listeners:
        - {name: http, port: 80, protocol: HTTP}
      """

  @gateway-api:HTTPRouteMatching
  Scenario Outline: Whichever rule comes first, the most exact match is taken
    Given the config:
      """
      apiVersion: gateway.networking.k8s.io/v1
      kind: HTTPRoute
      metadata: {name: shop}
      spec:
        parentRefs: [{name: entry}]
        rules:
        - matches: [{path: {type: PathPrefix, value: /}}]
          backendRefs: [{name: shop-v1, port: 80}]
        - matches:
          - path: {type: PathPrefix, value: /new}
          - headers: [{name: version, value: two}]
          backendRefs: [{name: shop-v2, port: 80}]
      """
    When a client sends "GET http://shop.example.com<path>" with headers:
      | version | <version> |
    Then the request reaches <service>

    Examples:
      | path   | version | service |
      | /      | one     | shop-v1 |
      | /      | two     | shop-v2 |
      | /new   | one     | shop-v2 |
      | /new/x | one     | shop-v2 |
      | /newer | one     | shop-v1 |

  @gateway-api:HTTPRouteWeight
  Scenario: Backends share by their weights
    Given the config:
      """
      apiVersion: gateway.networking.k8s.io/v1
      kind: HTTPRoute
      metadata: {name: shop}
      spec:
        parentRefs: [{name: entry}]
        rules:
        - backendRefs: [{name: shop-v1, port: 80, weight: 9}, {name: shop-v2, port: 80, weight: 1}]
      """
    When a client sends "GET http://shop.example.com/" 1000 times
    Then the requests are split:
      | shop-v1 | 90% |
      | shop-v2 | 10% |

  @gateway-api:HTTPRouteRedirectHostAndStatus
  Scenario: A redirect
    Given the config:
      """
      apiVersion: gateway.networking.k8s.io/v1
      kind: HTTPRoute
      metadata: {name: shop}
      spec:
        parentRefs: [{name: entry}]
        rules:
        - filters: [{type: RequestRedirect, requestRedirect: {hostname: shop.example.org, statusCode: 301}}]
      """
    When a client sends "GET http://shop.example.com/cart"
    Then the request is redirected to "http://shop.example.org/cart" with status 301

  @gateway-api:HTTPRouteRewritePath
  Scenario: A prefix is replaced
    Given the config:
      """
      apiVersion: gateway.networking.k8s.io/v1
      kind: HTTPRoute
      metadata: {name: shop}
      spec:
        parentRefs: [{name: entry}]
        rules:
        - matches: [{path: {value: /shop}}]
          filters: [{type: URLRewrite, urlRewrite: {path: {type: ReplacePrefixMatch, replacePrefixMatch: /}}}]
          backendRefs: [{name: shop-v1, port: 80}]
      """
    When a client sends "GET http://shop.example.com/shop/cart"
    Then the request reaches shop-v1 as "GET /cart"

  @gateway-api:HTTPRouteReferenceGrant
  Scenario: A backend of another namespace needs a grant
    Given the config:
      """
      apiVersion: gateway.networking.k8s.io/v1
      kind: HTTPRoute
      metadata: {name: stock}
      spec:
        parentRefs: [{name: entry}]
        rules:
        - backendRefs: [{name: stock, namespace: other, port: 80}]
      """
    When a client sends "GET http://shop.example.com/"
    Then the response status is 500
    And HTTPRoute "stock" is accepted
    And HTTPRoute "stock" does not resolve its references, because "RefNotPermitted"
    When the config is applied:
      """
      apiVersion: gateway.networking.k8s.io/v1
      kind: ReferenceGrant
      metadata: {name: routes, namespace: other}
      spec:
        from: [{group: gateway.networking.k8s.io, kind: HTTPRoute, namespace: default}]
        to: [{group: "", kind: Service}]
      """
    And a client sends "GET http://shop.example.com/"
    Then the request reaches stock.other
    And HTTPRoute "stock" resolves its references

  @gateway-api:HTTPRouteInvalidNonExistentBackendRef
  Scenario: A backend that does not exist
    Given the config:
      """
      apiVersion: gateway.networking.k8s.io/v1
      kind: HTTPRoute
      metadata: {name: shop}
      spec:
        parentRefs: [{name: entry}]
        rules:
        - backendRefs: [{name: nosuch, port: 80}]
      """
    When a client sends "GET http://shop.example.com/"
    Then the response status is 500
    And HTTPRoute "shop" does not resolve its references, because "BackendNotFound"

  @gateway-api:HTTPRouteInvalidParentRefNotMatchingSectionName
  Scenario: A listener that the Gateway does not have
    Given the config:
      """
      apiVersion: gateway.networking.k8s.io/v1
      kind: HTTPRoute
      metadata: {name: shop}
      spec:
        parentRefs: [{name: entry, sectionName: https}]
        rules:
        - backendRefs: [{name: shop-v1, port: 80}]
      """
    When a client sends "GET http://shop.example.com/"
    Then the response status is 404
    And HTTPRoute "shop" is not accepted, because "NoMatchingParent"

  @gateway-api:HTTPRouteInvalidCrossNamespaceParentRef
  Scenario: A route of a namespace that the listener does not take
    Given the config:
      """
      apiVersion: gateway.networking.k8s.io/v1
      kind: HTTPRoute
      metadata: {name: stock, namespace: other}
      spec:
        parentRefs: [{name: entry, namespace: default}]
        rules:
        - backendRefs: [{name: stock, port: 80}]
      """
    When a client sends "GET http://shop.example.com/"
    Then the response status is 404
    And HTTPRoute "other/stock" is not accepted, because "NotAllowedByListeners"

  @gateway-api:GatewayListenerUnsupportedProtocol
  Scenario: A listener of a protocol that nobody serves
    Given the config:
      """
      apiVersion: gateway.networking.k8s.io/v1
      kind: Gateway
      metadata: {name: odd}
      spec:
        gatewayClassName: istio
        listeners:
        - {name: odd, port: 1111, protocol: example.com/odd}
      """
    Then listener "odd" of Gateway "odd" is not accepted, because "UnsupportedProtocol"
    And Gateway "odd" is not accepted, because "ListenersNotValid"

  Scenario: Routes of the namespaces that have a label
    Given namespace "other" has the label "routes=ours"
    And the config:
      """
      apiVersion: gateway.networking.k8s.io/v1
      kind: Gateway
      metadata: {name: choosy}
      spec:
        gatewayClassName: istio
        listeners:
        - name: http
          port: 80
          protocol: HTTP
          hostname: stock.example.com
          allowedRoutes: {namespaces: {from: Selector, selector: {matchLabels: {routes: ours}}}}
      ---
      apiVersion: gateway.networking.k8s.io/v1
      kind: HTTPRoute
      metadata: {name: stock, namespace: other}
      spec:
        parentRefs: [{name: choosy, namespace: default}]
        rules:
        - backendRefs: [{name: stock, port: 80}]
      ---
      apiVersion: gateway.networking.k8s.io/v1
      kind: HTTPRoute
      metadata: {name: shop}
      spec:
        parentRefs: [{name: choosy}]
        rules:
        - backendRefs: [{name: shop-v1, port: 80}]
      """
    When a client sends "GET http://stock.example.com/"
    Then the request reaches stock.other
    And HTTPRoute "other/stock" is accepted
    And HTTPRoute "shop" is not accepted, because "NotAllowedByListeners"
    And listener "http" of Gateway "choosy" has 1 attached route
