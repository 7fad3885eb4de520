@echo @istio:egress-gateway @profile:ISTIO-TRAFFIC
Feature: Egress gateways
  Traffic to the world outside leaves the mesh through a gateway of its own.
  https://istio.io/latest/docs/tasks/traffic-management/egress/egress-gateway/

  Background:
    Given the services:
      | service |
      | client  |
    And the config "egress-gateway.yaml"
    And the config:
      """
      apiVersion: networking.istio.io/v1
      kind: ServiceEntry
      metadata: { name: cnn }
      spec:
        hosts: [edition.cnn.com]
        ports:
          - { number: 80, name: http-port, protocol: HTTP }
          - { number: 443, name: https, protocol: HTTPS }
        resolution: DNS
      ---
      apiVersion: networking.istio.io/v1
      kind: DestinationRule
      metadata: { name: egressgateway-for-cnn }
      spec:
        host: istio-egressgateway.istio-system.svc.cluster.local
        subsets: [{ name: cnn }]
      """

  Scenario Outline: Plain HTTP through the gateway (<api>)
    Given the config "<api>/egress-http.yaml"
    When client sends "GET http://edition.cnn.com/politics"
    Then the response status is 200
    And the request takes the path "client -> <gateway>"
    And the request arrives without TLS
    And the response body contains "\"x-envoy-external-address\""
    When client sends "GET http://www.cnn.com/politics"
    Then the request does not reach <gateway>

    Examples: The API of Istio
      | api   | gateway             |
      | istio | istio-egressgateway |

    @gateway-api:HTTPRouteSimpleSameNamespace @profile:GATEWAY-HTTP
    Examples: The Gateway API
      | api         | gateway                  |
      | gateway-api | cnn-egress-gateway-istio |

  Scenario: What the sender's own sidecar answers does not come to the gateway
    Given the config "istio/egress-http.yaml"
    And the config:
      """
      apiVersion: networking.istio.io/v1
      kind: VirtualService
      metadata: { name: direct-cnn-through-egress-gateway }
      spec:
        hosts: [edition.cnn.com]
        gateways: [istio-egressgateway, mesh]
        http:
          - match: [{ gateways: [mesh], uri: { exact: /weather } }]
            directResponse: { status: 410 }
          - match: [{ gateways: [mesh], uri: { exact: /sport } }]
            fault: { abort: { httpStatus: 451, percentage: { value: 100 } } }
            route:
              - destination: { host: istio-egressgateway.istio-system.svc.cluster.local, subset: cnn, port: { number: 80 } }
          - match: [{ gateways: [mesh], port: 80 }]
            route:
              - destination: { host: istio-egressgateway.istio-system.svc.cluster.local, subset: cnn, port: { number: 80 } }
          - match: [{ gateways: [istio-egressgateway], port: 80 }]
            route:
              - destination: { host: edition.cnn.com, port: { number: 80 } }
      """
    When client sends "GET http://edition.cnn.com/politics"
    Then the request takes the path "client -> istio-egressgateway"
    When client sends "GET http://edition.cnn.com/weather"
    Then the response status is 410
    And the request does not reach istio-egressgateway
    When client sends "GET http://edition.cnn.com/sport"
    Then the response status is 451
    And the request does not reach istio-egressgateway

  Scenario: Without a route at the gateway nothing leaves
    Given the config:
      """
      apiVersion: networking.istio.io/v1
      kind: Gateway
      metadata: { name: istio-egressgateway }
      spec:
        selector: { istio: egressgateway }
        servers:
          - port: { number: 80, name: http, protocol: HTTP }
            hosts: [edition.cnn.com]
      ---
      apiVersion: networking.istio.io/v1
      kind: VirtualService
      metadata: { name: direct-cnn-through-egress-gateway }
      spec:
        hosts: [edition.cnn.com]
        http:
          - route:
              - destination: { host: istio-egressgateway.istio-system.svc.cluster.local, subset: cnn, port: { number: 80 } }
      """
    When client sends "GET http://edition.cnn.com/politics"
    Then the response status is 404
    And the request takes the path "client -> istio-egressgateway"

  Scenario Outline: TLS of the application passes the gateway unread (<api>)
    Given the config "<api>/egress-tls.yaml"
    When client sends "GET https://edition.cnn.com/politics"
    Then the response status is 200
    And the request takes the path "client -> <gateway>"
    And the request arrives by TLS for "edition.cnn.com"

    Examples: The API of Istio
      | api   | gateway             |
      | istio | istio-egressgateway |

    @gateway-api:TLSRouteSimpleSameNamespace @profile:GATEWAY-TLS
    Examples: The Gateway API
      | api         | gateway                  |
      | gateway-api | cnn-egress-gateway-istio |
