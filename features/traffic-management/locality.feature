@echo @istio:locality-load-balancing @profile:ISTIO-TRAFFIC @extended
Feature: Locality load balancing
  Near endpoints go before far ones as long as they are well, or each place gets the share that a rule gives it.
  https://istio.io/latest/docs/tasks/traffic-management/locality-load-balancing/

  Background:
    Given the config:
      """
      apiVersion: v1
      kind: Service
      metadata: {name: shop}
      spec: {selector: {app: shop}, ports: [{name: http, port: 80, targetPort: 8080}]}
      ---
      apiVersion: apps/v1
      kind: Deployment
      metadata: {name: shop-near}
      spec:
        selector: {matchLabels: {app: shop, version: near}}
        template:
          metadata: {labels: {app: shop, version: near, istio-locality: eu.a}}
          spec: {containers: [{name: app, image: echo, ports: [{containerPort: 8080}]}]}
      ---
      apiVersion: apps/v1
      kind: Deployment
      metadata: {name: shop-next}
      spec:
        selector: {matchLabels: {app: shop, version: next}}
        template:
          metadata: {labels: {app: shop, version: next, istio-locality: eu.b}}
          spec: {containers: [{name: app, image: echo, ports: [{containerPort: 8080}]}]}
      ---
      apiVersion: apps/v1
      kind: Deployment
      metadata: {name: shop-far}
      spec:
        selector: {matchLabels: {app: shop, version: far}}
        template:
          metadata: {labels: {app: shop, version: far, istio-locality: us.a}}
          spec: {containers: [{name: app, image: echo, ports: [{containerPort: 8080}]}]}
      ---
      apiVersion: v1
      kind: Service
      metadata: {name: client}
      spec: {selector: {app: client}, ports: [{name: http, port: 80, targetPort: 8080}]}
      ---
      apiVersion: apps/v1
      kind: Deployment
      metadata: {name: client}
      spec:
        selector: {matchLabels: {app: client}}
        template:
          metadata: {labels: {app: client, istio-locality: eu.a}}
          spec: {containers: [{name: app, image: echo, ports: [{containerPort: 8080}]}]}
      """

  Scenario: The nearest, then the next, then the rest
    Given the config:
      """
      apiVersion: networking.istio.io/v1
      kind: DestinationRule
      metadata: {name: shop}
      spec:
        host: shop
        trafficPolicy: {outlierDetection: {consecutive5xxErrors: 1, baseEjectionTime: 10m, maxEjectionPercent: 100}}
      """
    When client sends "GET http://shop/" 20 times
    Then all requests reach shop:near
    When shop:near has no healthy endpoints
    And client sends "GET http://shop/" 20 times
    Then all requests reach shop:next
    Given shop:next answers 500
    When client sends "GET http://shop/"
    Then the response status is 500
    When 1500ms pass
    And client sends "GET http://shop/" 20 times
    Then all requests reach shop:far

  Scenario: Shares of places
    Given the config:
      """
      apiVersion: networking.istio.io/v1
      kind: DestinationRule
      metadata: {name: shop}
      spec:
        host: shop
        trafficPolicy:
          loadBalancer:
            localityLbSetting: {distribute: [{from: "eu/*", to: {eu/a: 70, "us/*": 30}}]}
      """
    When client sends "GET http://shop/" 2000 times
    Then the requests are split:
      | shop:near | 70% |
      | shop:far  | 30% |
