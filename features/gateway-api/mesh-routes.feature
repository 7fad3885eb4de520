@istio:gateway-api @profile:MESH-HTTP
Feature: Routes in the mesh
  An HTTPRoute whose parent is a Service is followed by the clients of that Service.
  https://gateway-api.sigs.k8s.io/mesh/

  Background:
    Given the services:
      | service | versions | namespace |
      | shop    | v1, v2   | default   |
      | shop-v2 | v2       | default   |
      | client  | v1       | default   |
      | guest   | v1       | other     |

  @gateway-api:MeshHTTPRouteMatching
  Scenario: A route of the Service's namespace is for every client
    Given the config:
      """
      apiVersion: gateway.networking.k8s.io/v1
      kind: HTTPRoute
      metadata: {name: shop}
      spec:
        parentRefs: [{group: "", kind: Service, name: shop}]
        rules:
        - backendRefs: [{name: shop-v2, port: 80}]
      """
    When client sends "GET http://shop/"
    Then the request reaches shop-v2
    When guest.other sends "GET http://shop.default/"
    Then the request reaches shop-v2
    And HTTPRoute "shop" is accepted

  @gateway-api:MeshConsumerRoute
  Scenario: A route of another namespace is for the clients of that namespace
    Given the config:
      """
      apiVersion: gateway.networking.k8s.io/v1
      kind: HTTPRoute
      metadata: {name: shop, namespace: other}
      spec:
        parentRefs: [{group: "", kind: Service, name: shop, namespace: default}]
        rules:
        - backendRefs: [{name: shop-v2, namespace: default, port: 80}]
      """
    When guest.other sends "GET http://shop.default/"
    Then the request reaches shop-v2
    When client sends "GET http://shop/"
    Then the request reaches shop
