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
