@echo @istio:service-discovery @profile:ISTIO-TRAFFIC
Feature: Endpoints come, go, fall ill and recover
  Whoever is scaled, taken out of service or put back is so for the next request.
  https://kubernetes.io/docs/concepts/services-networking/service/

  Background:
    Given the services:
      | service | versions | replicas |
      | shop    | v1, v2   | 1        |
      | client  | v1       |          |

  Scenario: A version is scaled to nothing, and back
    Given shop:v2 is scaled to 0 replicas
    When client sends "GET http://shop/" 30 times
    Then all requests reach shop:v1
    When shop:v2 is scaled to 2 replicas
    And client sends "GET http://shop/" 1600 times
    Then about 67% of the requests reach shop:v2

  Scenario: What is scaled to nothing is known all the same
    Given shop:v2 is scaled to 0 replicas
    When client sends "GET http://shop/" 30 times
    Then the request does not reach shop:v2
    And shop:v2 received 0 requests
    And about 0% of the requests reach shop:v2
    When shop is scaled to 1 replica
    And client sends "GET http://shop/" 1600 times
    Then about 50% of the requests reach shop:v2

  Scenario: A Deployment that begins with no pods
    Given the config:
      """
      apiVersion: v1
      kind: Service
      metadata: {name: cart}
      spec: {selector: {app: cart}, ports: [{name: http, port: 80, targetPort: 8080}]}
      ---
      apiVersion: apps/v1
      kind: Deployment
      metadata: {name: cart}
      spec:
        replicas: 0
        selector: {matchLabels: {app: cart}}
        template:
          metadata: {labels: {app: cart, version: v7}}
          spec: {containers: [{name: cart, image: cart, ports: [{containerPort: 8080}]}]}
      """
    And cart answers 201
    When client sends "GET http://cart/"
    Then the response status is 503
    And the request does not reach cart:v7
    When cart:v7 is scaled to 2 replicas
    And client sends "GET http://cart/" 10 times
    Then all requests reach cart:v7
    And the response status is 201

  Scenario: What is said of a service is so for its later pods
    Given shop:v1 answers 201
    And shop takes 30ms to answer
    When shop:v1 is scaled to 3 replicas
    And shop:v2 is scaled to 0 replicas
    And client sends "GET http://shop/" 30 times
    Then the response status is 201
    And the response takes at least 30ms

  Scenario: What is said of a service adds to what is said of one endpoint
    Given shop:v1 is scaled to 2 replicas
    And shop:v2 is scaled to 0 replicas
    And endpoint 1 of shop answers 201
    And shop takes 30ms to answer
    When client sends "GET http://shop/" 1600 times, 50 at once
    Then about 50% of the requests have status 201
    And about 50% of the requests have status 200

  Scenario: One endpoint of several is not ready for a while
    Given shop:v1 is scaled to 3 replicas
    And endpoint 1 of shop:v1 is not ready
    Then the pods are:
      | name      | ready |
      | shop-v1-2 | 2/2   |
      | shop-v1-3 | 2/2   |
    When shop:v2 has no healthy endpoints
    And endpoint 2 of shop:v1 is not ready
    And endpoint 3 of shop:v1 is not ready
    And client sends "GET http://shop/"
    Then the response status is 503
    When endpoint 3 of shop:v1 is ready again
    And client sends "GET http://shop/" 10 times
    Then all requests reach shop:v1

  Scenario: A service recovers
    Given shop has no healthy endpoints
    When client sends "GET http://shop/"
    Then the response status is 503
    When shop has healthy endpoints again
    And client sends "GET http://shop/"
    Then the response status is 200

  Scenario: An endpoint that fails is retried elsewhere, and trusted again
    Given endpoint 1 of shop answers 503
    And the config:
      """
      apiVersion: networking.istio.io/v1
      kind: VirtualService
      metadata: {name: shop}
      spec:
        hosts: [shop]
        http: [{retries: {attempts: 3, retryOn: 5xx}, route: [{destination: {host: shop}}]}]
      """
    When client sends "GET http://shop/" 20 times
    Then the response status is 200
    When endpoint 1 of shop answers 200
    And client sends "GET http://shop/" 1600 times
    Then about 50% of the requests reach shop:v1

  Scenario: Endpoints that a ServiceEntry lists come and go with it
    Given the config:
      """
      apiVersion: networking.istio.io/v1
      kind: ServiceEntry
      metadata: {name: vm}
      spec:
        hosts: [vm.example.com]
        ports: [{number: 80, name: http, protocol: HTTP}]
        resolution: STATIC
        location: MESH_INTERNAL
        workloadSelector: {labels: {app: vm}}
      """
    When client sends "GET http://vm.example.com/"
    Then the response status is 503
    When the config is applied:
      """
      apiVersion: networking.istio.io/v1
      kind: WorkloadEntry
      metadata: {name: vm-one}
      spec: {address: 192.0.2.11, labels: {app: vm, version: v1}}
      """
    And client sends "GET http://vm.example.com/"
    Then the request reaches vm:v1
    When vm:v1 answers 500
    And client sends "GET http://vm.example.com/"
    Then the response status is 500
