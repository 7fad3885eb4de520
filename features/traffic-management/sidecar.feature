@echo @istio:sidecar-resource @profile:ISTIO-TRAFFIC @extended
Feature: The Sidecar resource
  What a workload's proxy knows of the mesh.
  https://istio.io/latest/docs/reference/config/networking/sidecar/

  Background:
    Given the services:
      | service | namespace |
      | client  | default   |
      | shop    | default   |
      | bank    | finance   |

  Scenario: A namespace that knows itself alone
    Given the config:
      """
      apiVersion: networking.istio.io/v1
      kind: Sidecar
      metadata: {name: default}
      spec:
        egress: [{hosts: ["./*"]}]
        outboundTrafficPolicy: {mode: REGISTRY_ONLY}
      """
    When client sends "GET http://shop/"
    Then the response status is 200
    When client sends "GET http://bank.finance/"
    Then the response status is 502

  Scenario: A single host of another namespace
    Given the config:
      """
      apiVersion: networking.istio.io/v1
      kind: Sidecar
      metadata: {name: client}
      spec:
        workloadSelector: {labels: {app: client}}
        egress: [{hosts: ["finance/bank.finance.svc.cluster.local"]}]
        outboundTrafficPolicy: {mode: REGISTRY_ONLY}
      """
    When client sends "GET http://bank.finance/"
    Then the request reaches bank.finance
    When client sends "GET http://shop/"
    Then the response status is 502
    When shop sends "GET http://client/"
    Then the response status is 200

  Scenario: A host without a namespace is refused
    When the config is applied:
      """
      apiVersion: networking.istio.io/v1
      kind: Sidecar
      metadata: {name: client}
      spec:
        egress: [{hosts: [shop]}]
      """
    Then the config is rejected with "host must be of form namespace/dnsName"
