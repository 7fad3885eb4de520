@echo @istio:egress-control @profile:ISTIO-TRAFFIC
Feature: Egress control
  What a mesh lets out: everything, or what it knows.
  https://istio.io/latest/docs/tasks/traffic-management/egress/egress-control/

  Background:
    Given the services:
      | service |
      | client  |

  Scenario: Unknown hosts are passed on
    When client sends "GET http://httpbin.org/headers"
    Then the response status is 200

  Scenario: Hosts outside are named like services
    Given the config:
      """
      apiVersion: networking.istio.io/v1
      kind: ServiceEntry
      metadata: {name: partners}
      spec:
        hosts: [api.partner.example]
        ports: [{number: 80, name: http, protocol: HTTP}]
        resolution: STATIC
        location: MESH_EXTERNAL
        endpoints:
        - {address: 203.0.113.1, labels: {version: v1}}
        - {address: 203.0.113.2, labels: {version: v2}}
      ---
      apiVersion: networking.istio.io/v1
      kind: ServiceEntry
      metadata: {name: encyclopedia}
      spec:
        hosts: ["*.encyclopedia.example"]
        ports: [{number: 80, name: http, protocol: HTTP}]
        resolution: NONE
      """
    When client sends "GET http://api.partner.example/orders" 100 times
    Then all requests reach api.partner.example
    And about 50% of the requests reach api.partner.example:v2
    When client sends "GET http://en.encyclopedia.example/headers"
    Then the request reaches en.encyclopedia.example as "GET /headers"
    And the request reaches en.encyclopedia.example with header "host" set to "en.encyclopedia.example"
    And the request does not reach fr.encyclopedia.example
    When client sends "GET http://unknown.example/"
    Then the request takes the path "client -> unknown.example"
    Given api.partner.example answers 503
    When client sends "GET http://api.partner.example/orders"
    Then the response status is 503

  Rule: With REGISTRY_ONLY unknown hosts are blocked

    Background:
      Given the mesh config:
        """
        outboundTrafficPolicy: {mode: REGISTRY_ONLY}
        """

    Scenario: A host that nobody has registered
      When client sends "GET http://httpbin.org/headers"
      Then the response status is 502

    Scenario: A ServiceEntry opens a host, on its own ports
      Given the config:
        """
        apiVersion: networking.istio.io/v1
        kind: ServiceEntry
        metadata: {name: httpbin-ext}
        spec:
          hosts: [httpbin.org]
          ports: [{number: 80, name: http, protocol: HTTP}]
          resolution: DNS
          location: MESH_EXTERNAL
        """
      When client sends "GET http://httpbin.org/headers"
      Then the response status is 200
      When client sends "GET http://www.google.com/"
      Then the response status is 502

    Scenario: Rules act for external hosts, too
      Given the config:
        """
        apiVersion: networking.istio.io/v1
        kind: ServiceEntry
        metadata: {name: httpbin-ext}
        spec:
          hosts: [httpbin.org]
          ports: [{number: 80, name: http, protocol: HTTP}]
          resolution: DNS
          location: MESH_EXTERNAL
        ---
        apiVersion: networking.istio.io/v1
        kind: VirtualService
        metadata: {name: httpbin-ext}
        spec:
          hosts: [httpbin.org]
          http:
          - match: [{uri: {prefix: /blocked}}]
            directResponse: {status: 403}
          - route: [{destination: {host: httpbin.org}}]
        """
      When client sends "GET http://httpbin.org/headers"
      Then the response status is 200
      When client sends "GET http://httpbin.org/blocked"
      Then the response status is 403

    Scenario Outline: A timeout for an external host (<api>)
      Given the services:
        | service | sidecar |
        | httpbin | no      |
      And httpbin takes 5s to answer
      And the config:
        """
        apiVersion: networking.istio.io/v1
        kind: ServiceEntry
        metadata: {name: httpbin-ext}
        spec:
          hosts: [httpbin.example.com]
          ports: [{number: 80, name: http, protocol: HTTP}]
          resolution: STATIC
          location: MESH_EXTERNAL
          workloadSelector: {labels: {app: httpbin}}
        """
      When client sends "GET http://httpbin.example.com/delay/5"
      Then the response status is 200
      And the response takes about 5s
      When the config "<api>/egress-timeout.yaml" is applied
      And client sends "GET http://httpbin.example.com/delay/5"
      Then the response status is 504
      And the response takes about 3s

      Examples: The API of Istio
        | api   |
        | istio |

      @gateway-api:HTTPRouteTimeoutRequest @profile:MESH-HTTP @extended
      Examples: The Gateway API
        | api         |
        | gateway-api |

    Scenario: A wildcard opens every name below it
      Given the config:
        """
        apiVersion: networking.istio.io/v1
        kind: ServiceEntry
        metadata: {name: wikipedia}
        spec:
          hosts: ["*.wikipedia.org"]
          ports: [{number: 80, name: http, protocol: HTTP}]
          resolution: NONE
        """
      When client sends "GET http://en.wikipedia.org/wiki/Main_Page"
      Then the response status is 200
      When client sends "GET http://wikipedia.com/"
      Then the response status is 502

    Scenario: An ExternalName service is another name of what it leads to
      Given the config:
        """
        apiVersion: v1
        kind: Service
        metadata: {name: partner}
        spec: {type: ExternalName, externalName: api.partner.example}
        """
      When client sends "GET http://partner/"
      Then the response status is 502
      When the config is applied:
        """
        apiVersion: networking.istio.io/v1
        kind: ServiceEntry
        metadata: {name: partner}
        spec:
          hosts: [api.partner.example]
          ports: [{number: 80, name: http, protocol: HTTP}]
          resolution: DNS
        """
      And client sends "GET http://partner/"
      Then the response status is 200
