@istio:protocol-selection @profile:ISTIO-TRAFFIC @extended
Feature: Versions of HTTP
  The name of a port, or its appProtocol, says what a proxy speaks to the workload; rules and clients may decide otherwise.
  https://istio.io/latest/docs/ops/configuration/traffic-management/protocol-selection/

  Background:
    Given the services:
      | service | protocol          |
      | web     | http              |
      | h2      | http2             |
      | native  | kubernetes.io/h2c |
      | untold  | auto              |
      | client  | http              |

  Scenario Outline: The protocol of the port of <service> decides
    When client sends "GET http://<service>/ <sent>"
    Then the response status is 200
    And the request reaches <service> as "GET / <received>"

    Examples:
      | service | sent     | received |
      | web     | HTTP/1.1 | HTTP/1.1 |
      | web     | HTTP/2   | HTTP/1.1 |
      | h2      | HTTP/1.1 | HTTP/2   |
      | h2      | HTTP/2   | HTTP/2   |
      | native  | HTTP/1.1 | HTTP/2   |

  Scenario: Where nothing says what a port takes, the client decides
    When client sends "GET http://untold/ HTTP/1.1"
    Then the request reaches untold as "GET / HTTP/1.1"
    When client sends "GET http://untold/ HTTP/2"
    Then the request reaches untold as "GET / HTTP/2"

  Scenario: A rule lets the client decide, as far as to the workload
    Given the config:
      """
      apiVersion: networking.istio.io/v1
      kind: DestinationRule
      metadata: {name: web}
      spec:
        host: web
        trafficPolicy:
          connectionPool: {http: {useClientProtocol: true}}
      """
    When client sends "GET http://web/ HTTP/2"
    Then the request reaches web as "GET / HTTP/2"
    When client sends "GET http://web/"
    Then the request reaches web as "GET / HTTP/1.1"

  Scenario: What is upgraded between the sidecars arrives in the version of the port
    Given namespace "plain" has no sidecars
    And the services:
      | service    |
      | bare.plain |
    And the mesh config:
      """
      h2UpgradePolicy: UPGRADE
      """
    When client sends "GET http://web/"
    Then the request reaches web as "GET / HTTP/1.1"
    When client sends "GET http://bare.plain/"
    Then the request reaches bare.plain as "GET / HTTP/2"

  Scenario: A gateway takes HTTP/2 from clients that do not ask first
    Given the config:
      """
      apiVersion: networking.istio.io/v1
      kind: Gateway
      metadata: {name: shop}
      spec:
        selector: {istio: ingressgateway}
        servers:
          - port: {number: 80, name: http, protocol: HTTP}
            hosts: ["*"]
      ---
      apiVersion: networking.istio.io/v1
      kind: VirtualService
      metadata: {name: shop}
      spec:
        hosts: ["*"]
        gateways: [shop]
        http:
          - match: [{uri: {prefix: /h2}}]
            route: [{destination: {host: h2}}]
          - route: [{destination: {host: untold}}]
      """
    When a client sends "GET /h2 HTTP/2"
    Then the request reaches h2 as "GET /h2 HTTP/2"
    When a client sends "GET /any HTTP/2"
    Then the request reaches untold as "GET /any HTTP/1.1"
    When a client sends "GET /h2 HTTP/1.0"
    Then the response status is 426

  Scenario: To a sidecar HTTP/1.0 is no HTTP: it passes as bytes, and no rule sees it
    Given the services:
      | service | protocol | sidecar |
      | old     | auto     | no      |
    And the config:
      """
      apiVersion: networking.istio.io/v1
      kind: VirtualService
      metadata: {name: old}
      spec:
        hosts: [old]
        http:
          - directResponse: {status: 418}
      """
    When client sends "GET http://old/ HTTP/1.1"
    Then the response status is 418
    When client sends "GET http://old/ HTTP/1.0"
    Then the response status is 200
    And the request reaches old as "GET / HTTP/1.0"
