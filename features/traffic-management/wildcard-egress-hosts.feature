@echo @istio:wildcard-egress-hosts @profile:ISTIO-TRAFFIC
Feature: Egress to wildcard hosts
  One entry opens every name below a domain.
  https://istio.io/latest/docs/tasks/traffic-management/egress/wildcard-egress-hosts/

  Background:
    Given the services:
      | service |
      | client  |
    And the mesh config:
      """
      outboundTrafficPolicy: { mode: REGISTRY_ONLY }
      """

  Scenario: What nobody has registered stays inside
    When client sends "GET https://en.wikipedia.org/wiki/Main_Page"
    Then the request gets no answer

  Scenario Outline: <resolution>: every name below the domain
    Given the config:
      """
      apiVersion: networking.istio.io/v1
      kind: ServiceEntry
      metadata: { name: wikipedia }
      spec:
        hosts: ["*.wikipedia.org"]
        ports:
          - { number: 443, name: tls, protocol: TLS }
          - { number: 80, name: http, protocol: HTTP }
        resolution: <resolution>
      """
    When client sends "GET http://en.wikipedia.org/wiki/Main_Page"
    Then the response status is 200
    When client sends "GET http://de.wikipedia.org/wiki/Wikipedia:Hauptseite"
    Then the response status is 200
    When client sends "GET http://www.example.com/"
    Then the response status is 502

    Examples:
      | resolution  |
      | NONE        |
      | DYNAMIC_DNS |

  Scenario: TLS to every name below the domain
    Given the config:
      """
      apiVersion: networking.istio.io/v1
      kind: ServiceEntry
      metadata: { name: wikipedia }
      spec:
        hosts: ["*.wikipedia.org"]
        ports: [{ number: 443, name: https, protocol: HTTPS }]
        resolution: NONE
      """
    When client sends "GET https://en.wikipedia.org/wiki/Main_Page"
    Then the response status is 200
    And the request arrives by TLS for "en.wikipedia.org"
    When client sends "GET https://www.example.com/"
    Then the request gets no answer

  Scenario Outline: Through an egress gateway, to the one server that serves them all (<api>)
    Given the config "egress-gateway.yaml"
    And the config "<api>/egress-wildcard.yaml"
    When client sends "GET https://en.wikipedia.org/wiki/Main_Page"
    Then the response status is 200
    And the request takes the path "client -> <gateway>"
    And the request arrives by TLS for "en.wikipedia.org"

    Examples: The API of Istio
      | api   | gateway             |
      | istio | istio-egressgateway |

    @gateway-api:TLSRouteSimpleSameNamespace @profile:GATEWAY-TLS
    Examples: The Gateway API
      | api         | gateway                  |
      | gateway-api | wikipedia-egress-gateway-istio |
