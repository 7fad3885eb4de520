@echo @istio:egress-kubernetes-services @profile:ISTIO-TRAFFIC
Feature: Kubernetes services for egress
  Hosts outside under the names of services of the cluster.
  https://istio.io/latest/docs/tasks/traffic-management/egress/egress-kubernetes-services/

  Background:
    Given the services:
      | service       | sidecar |
      | client        | yes     |
      | client.legacy | no      |

  Scenario: An ExternalName service
    Given the config:
      """
      apiVersion: v1
      kind: Service
      metadata: { name: my-httpbin }
      spec:
        type: ExternalName
        externalName: httpbin.org
        ports: [{ name: http, protocol: TCP, port: 80 }]
      ---
      apiVersion: networking.istio.io/v1
      kind: DestinationRule
      metadata: { name: my-httpbin }
      spec:
        host: my-httpbin.default.svc.cluster.local
        trafficPolicy: { tls: { mode: DISABLE } }
      """
    When client.legacy sends "GET http://my-httpbin.default.svc.cluster.local/headers"
    Then the response status is 200
    And the response body contains "my-httpbin.default.svc.cluster.local"
    When client sends "GET http://my-httpbin.default.svc.cluster.local/headers"
    Then the response status is 200
    And the response body contains "x-envoy-attempt-count"

  Scenario: A headless service with endpoints of one's own
    Given the config:
      """
      apiVersion: v1
      kind: Service
      metadata: { name: my-wikipedia }
      spec:
        ports: [{ name: tls, protocol: TCP, port: 443 }]
      ---
      apiVersion: v1
      kind: Endpoints
      metadata: { name: my-wikipedia }
      subsets:
        - addresses: [{ ip: 91.198.174.192 }, { ip: 198.35.26.96 }]
          ports: [{ name: tls, port: 443 }]
      """
    When client sends "GET https://my-wikipedia.default.svc.cluster.local/wiki/Main_Page" with headers:
      | host | en.wikipedia.org |
    Then the response status is 200
    And the request arrives by TLS for "my-wikipedia.default.svc.cluster.local"
