@istio:sidecar-resource @profile:ISTIO-TRAFFIC @extended
Feature: The ports that a Sidecar takes
  A list of ingress takes the place of the ports that services name: where they lead, and as what they are read.
  https://istio.io/latest/docs/reference/config/networking/sidecar/#IstioIngressListener

  Background:
    Given the config:
      """
      apiVersion: v1
      kind: Service
      metadata: {name: shop}
      spec:
        selector: {app: shop}
        ports:
        - {name: http, port: 80, targetPort: 7000}
        - {name: http-direct, port: 8080, targetPort: 8080}
      ---
      apiVersion: apps/v1
      kind: Deployment
      metadata: {name: shop}
      spec:
        selector: {matchLabels: {app: shop}}
        template:
          metadata: {labels: {app: shop}}
          spec: {containers: [{name: shop, image: echo, ports: [{containerPort: 8080}]}]}
      ---
      apiVersion: apps/v1
      kind: Deployment
      metadata: {name: client}
      spec:
        selector: {matchLabels: {app: client}}
        template:
          metadata: {labels: {app: client}}
          spec: {containers: [{name: client, image: echo}]}
      """

  Scenario: Nobody listens on the port of the service
    When client sends "GET http://shop/"
    Then the response status is 503

  Scenario Outline: A port leads to where the application listens, <way>
    Given the config:
      """
      apiVersion: networking.istio.io/v1
      kind: Sidecar
      metadata: {name: shop}
      spec:
        workloadSelector: {labels: {app: shop}}
        ingress:
        - port: {number: 7000, name: http, protocol: HTTP}
          defaultEndpoint: <endpoint>
      """
    When client sends "GET http://shop/"
    Then the request reaches shop
    And the response status is 200
    # What the list leaves out passes through.
    When client sends "GET http://shop:8080/"
    Then the response status is 200

    Examples:
      | way                       | endpoint       |
      | at the address of the pod | 0.0.0.0:8080   |
      | at the loopback           | 127.0.0.1:8080 |

  Scenario: A port of an endpoint without an address counts for nothing
    Given the config:
      """
      apiVersion: networking.istio.io/v1
      kind: Sidecar
      metadata: {name: shop}
      spec:
        workloadSelector: {labels: {app: shop}}
        ingress:
        - port: {number: 7000, name: http, protocol: HTTP}
          defaultEndpoint: ":8080"
      """
    When client sends "GET http://shop/"
    Then the response status is 503

  Scenario: A Sidecar without a list leaves the ports of the services
    Given the config:
      """
      apiVersion: networking.istio.io/v1
      kind: Sidecar
      metadata: {name: shop}
      spec:
        workloadSelector: {labels: {app: shop}}
        egress: [{hosts: ["./*"]}]
        ingress: []
      """
    When client sends "GET http://shop/"
    Then the response status is 503
    When client sends "GET http://shop:8080/"
    Then the response status is 200
