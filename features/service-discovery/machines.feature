@echo @istio:service-discovery @profile:ISTIO-TRAFFIC
Feature: Machines
  Machines outside of Kubernetes are what entries say of them.
  https://istio.io/latest/docs/reference/config/networking/workload-entry/

  Scenario: Two entries of one address are two workloads, each with its own labels and ports
    Given the services:
      | service |
      | client  |
    And the config:
      """
      apiVersion: networking.istio.io/v1
      kind: ServiceEntry
      metadata: {name: s}
      spec:
        hosts: [s.example.com]
        addresses: [240.1.1.1]
        ports: [{number: 80, name: http, protocol: HTTP}]
        location: MESH_INTERNAL
        resolution: STATIC
        workloadSelector: {labels: {app: s}}
      ---
      apiVersion: networking.istio.io/v1
      kind: WorkloadEntry
      metadata: {name: e1}
      spec: {address: 192.0.2.1, labels: {app: s, version: v1}, ports: {http: 8081}}
      ---
      apiVersion: networking.istio.io/v1
      kind: WorkloadEntry
      metadata: {name: e2}
      spec: {address: 192.0.2.1, labels: {app: s, version: v2}, ports: {http: 8082}}
      ---
      apiVersion: networking.istio.io/v1
      kind: DestinationRule
      metadata: {name: s}
      spec:
        host: s.example.com
        subsets: [{name: v1, labels: {version: v1}}, {name: v2, labels: {version: v2}}]
      ---
      apiVersion: networking.istio.io/v1
      kind: VirtualService
      metadata: {name: s}
      spec:
        hosts: [s.example.com]
        http:
        - {match: [{uri: {prefix: /v1}}], route: [{destination: {host: s.example.com, subset: v1}}]}
        - {route: [{destination: {host: s.example.com, subset: v2}}]}
      """
    When client sends "GET http://s.example.com/v1"
    Then the request reaches s:v1
    When client sends "GET http://s.example.com/v2"
    Then the request reaches s:v2
    Given s:v2 answers 503
    When client sends "GET http://s.example.com/v1"
    Then the response status is 200
