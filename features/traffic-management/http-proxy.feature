@echo @istio:http-proxy @profile:ISTIO-TRAFFIC
Feature: An external HTTPS proxy
  Applications that go out through a proxy speak to it by CONNECT: to the mesh that is a TCP service.
  https://istio.io/latest/docs/tasks/traffic-management/egress/http-proxy/

  Background:
    Given the services:
      | service        | port | protocol | sidecar |
      | client         | 80   | http     | yes     |
      | squid.external | 3128 | tcp      | no      |
    And the mesh config:
      """
      outboundTrafficPolicy: { mode: REGISTRY_ONLY }
      """

  Scenario: The proxy is a TCP service with an entry
    Given the config:
      """
      apiVersion: networking.istio.io/v1
      kind: ServiceEntry
      metadata: { name: proxy, namespace: external }
      spec:
        hosts: [my-company-proxy.com]
        addresses: [240.240.0.9]
        ports: [{ number: 3128, name: tcp, protocol: TCP }]
        location: MESH_EXTERNAL
        resolution: STATIC
        workloadSelector: { labels: { app: squid } }
      """
    When client sends "CONNECT en.wikipedia.org:443 HTTP/1.1" over TCP to "240.240.0.9:3128"
    Then the request reaches squid.external

  Scenario: Without an entry nothing gets there
    When client sends "CONNECT en.wikipedia.org:443 HTTP/1.1" over TCP to "240.240.0.9:3128"
    Then the request gets no answer

  Rule: Sidecars may ask for the tunnel in the application's stead

    Background:
      Given the config:
        """
        apiVersion: networking.istio.io/v1
        kind: ServiceEntry
        metadata: { name: wikipedia }
        spec:
          hosts: [en.wikipedia.org]
          addresses: [240.240.0.10]
          ports: [{ number: 443, name: tls, protocol: TLS }, { number: 9000, name: tcp, protocol: TCP }]
          location: MESH_EXTERNAL
          resolution: DNS
        ---
        apiVersion: networking.istio.io/v1
        kind: DestinationRule
        metadata: { name: squid }
        spec:
          host: squid.external.svc.cluster.local
          subsets:
          - name: to-wikipedia
            trafficPolicy:
              tunnel: { protocol: CONNECT, targetHost: en.wikipedia.org, targetPort: 443 }
        ---
        apiVersion: networking.istio.io/v1
        kind: VirtualService
        metadata: { name: wikipedia }
        spec:
          hosts: [en.wikipedia.org]
          tls:
          - match: [{ port: 443, sniHosts: [en.wikipedia.org] }]
            route: [{ destination: { host: squid.external.svc.cluster.local, port: { number: 3128 }, subset: to-wikipedia } }]
          tcp:
          - match: [{ port: 9000 }]
            route: [{ destination: { host: squid.external.svc.cluster.local, port: { number: 3128 }, subset: to-wikipedia } }]
        """

    Scenario: Bytes go through it
      When client sends "hello" over TCP to "en.wikipedia.org:9000"
      Then the request reaches squid as "CONNECT en.wikipedia.org:443"
      And the response body contains "squid-v1 hello"
      And squid received 2 requests

    Scenario: TLS that the application has begun goes through it, too
      When client sends "GET https://en.wikipedia.org/wiki/Istio"
      Then the request reaches squid as "CONNECT en.wikipedia.org:443"
      And the request reaches squid as "GET /wiki/Istio"
      And the request arrives by TLS for "en.wikipedia.org"

    Scenario: A proxy that does not let them through
      Given squid.external answers 403
      When client sends "hello" over TCP to "en.wikipedia.org:9000"
      Then the request reaches squid as "CONNECT en.wikipedia.org:443"
      And the request gets no answer
      And squid received 1 request

    Scenario: What the application says of its own accord is passed on as it is
      When client sends "hello" over TCP to "squid.external:3128"
      Then the response body contains "squid-v1 hello"
      And squid received 1 request

    Scenario: A proxy that is spoken to in HTTP/2
      Given the services:
        | service          | port | protocol | sidecar |
        | modern.external  | 8080 | http2    | no      |
      And the config:
        """
        apiVersion: networking.istio.io/v1
        kind: DestinationRule
        metadata: { name: modern }
        spec:
          host: modern.external.svc.cluster.local
          trafficPolicy:
            tunnel: { targetHost: de.wikipedia.org, targetPort: 80 }
        ---
        apiVersion: networking.istio.io/v1
        kind: VirtualService
        metadata: { name: wikipedia }
        spec:
          hosts: [en.wikipedia.org]
          tcp:
          - match: [{ port: 9000 }]
            route: [{ destination: { host: modern.external.svc.cluster.local, port: { number: 8080 } } }]
        """
      When client sends "hello" over TCP to "en.wikipedia.org:9000"
      Then the request reaches modern as "CONNECT de.wikipedia.org:80 HTTP/2"
      And the response body contains "modern-v1 hello"
