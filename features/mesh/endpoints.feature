@echo @istio:service-discovery @profile:ISTIO-TRAFFIC
Feature: Endpoints that are ill, gone or never were

  Background:
    Given the services:
      | service | versions | replicas |
      | shop    | v1, v2   | 2        |
      | client  | v1       |          |

  Scenario: No endpoint is ready
    Given shop has no healthy endpoints
    When client sends "GET http://shop/"
    Then the response status is 503
    And the response body contains "no healthy upstream"

  Scenario: One version is gone, the other still answers
    Given shop:v2 has no healthy endpoints
    When client sends "GET http://shop/" 50 times
    Then all requests reach shop:v1

  Scenario: A subset whose labels no pod has
    Given the config:
      """
      apiVersion: networking.istio.io/v1
      kind: DestinationRule
      metadata: {name: shop}
      spec:
        host: shop
        subsets: [{name: v9, labels: {version: v9}}]
      ---
      apiVersion: networking.istio.io/v1
      kind: VirtualService
      metadata: {name: shop}
      spec:
        hosts: [shop]
        http:
        - route: [{destination: {host: shop, subset: v9}}]
      """
    When client sends "GET http://shop/"
    Then the response status is 503
    And the response body contains "no healthy upstream"

  Scenario: A slow service is slow, and nothing more
    Given shop takes 3s to answer
    When client sends "GET http://shop/" 20 times, 10 at once
    Then the response takes about 3s
    And the response status is 200

  Scenario: Services that the config names
    Given the config:
      """
      apiVersion: networking.istio.io/v1
      kind: DestinationRule
      metadata: {name: cart}
      spec:
        host: cart
        subsets:
        - {name: stable, labels: {version: v1}}
        - {name: canary, labels: {version: v2}}
      ---
      apiVersion: networking.istio.io/v1
      kind: VirtualService
      metadata: {name: cart}
      spec:
        hosts: [cart]
        http:
        - match: [{headers: {x-canary: {exact: "1"}}}]
          route: [{destination: {host: cart, subset: canary}}]
        - route: [{destination: {host: cart, subset: stable}}]
      """
    And the services that the config names
    When client sends "GET http://cart/" with headers:
      | x-canary | 1 |
    Then the request reaches cart:v2
    When client sends "GET http://cart/"
    Then the request reaches cart:v1

  Scenario: Services that a later config names may be slow and ill before they are there
    Given the services that the config names
    And the config:
      """
      apiVersion: networking.istio.io/v1
      kind: VirtualService
      metadata: {name: stock}
      spec:
        hosts: [stock]
        http: [{route: [{destination: {host: stock}}], timeout: 100ms}]
      """
    And stock takes 300ms to answer
    When client sends "GET http://stock/"
    Then the response status is 504

  Scenario: Services that a later config names
    Given the services that the config names
    And the config:
      """
      apiVersion: networking.istio.io/v1
      kind: VirtualService
      metadata: {name: stock}
      spec:
        hosts: [stock]
        http:
        - match: [{uri: {prefix: /blue}}]
          route: [{destination: {host: stock, subset: blue, port: {number: 8080}}}]
        - route: [{destination: {host: stock, port: {number: 8080}}}]
      """
    And the config:
      """
      apiVersion: networking.istio.io/v1
      kind: DestinationRule
      metadata: {name: stock}
      spec:
        host: stock
        subsets: [{name: blue, labels: {version: v2}}]
      """
    Then the config is accepted
    When stock sends "GET http://stock:8080/blue"
    Then the request reaches stock:v2

  Scenario: Pods of a StatefulSet and a DaemonSet serve as those of a Deployment
    Given the config:
      """
      apiVersion: v1
      kind: Service
      metadata: {name: ledger}
      spec: {selector: {app: ledger}, ports: [{name: http, port: 80}]}
      ---
      apiVersion: apps/v1
      kind: StatefulSet
      metadata: {name: ledger}
      spec:
        replicas: 2
        serviceName: ledger
        selector: {matchLabels: {app: ledger}}
        template:
          metadata: {labels: {app: ledger, version: v1}}
          spec: {containers: [{name: app, image: ledger, ports: [{containerPort: 80}]}]}
      ---
      apiVersion: apps/v1
      kind: DaemonSet
      metadata: {name: ledger-cache}
      spec:
        selector: {matchLabels: {app: ledger, version: v2}}
        template:
          metadata: {labels: {app: ledger, version: v2}}
          spec: {containers: [{name: app, image: ledger, ports: [{containerPort: 80}]}]}
      ---
      apiVersion: networking.istio.io/v1
      kind: DestinationRule
      metadata: {name: ledger}
      spec: {host: ledger, subsets: [{name: v1, labels: {version: v1}}, {name: v2, labels: {version: v2}}]}
      ---
      apiVersion: networking.istio.io/v1
      kind: VirtualService
      metadata: {name: ledger}
      spec:
        hosts: [ledger]
        http:
        - match: [{uri: {prefix: /cached}}]
          route: [{destination: {host: ledger, subset: v2}}]
        - route: [{destination: {host: ledger, subset: v1}}]
      """
    And the services:
      | service |
      | client  |
    When client sends "GET http://ledger/cached" 5 times
    Then all requests reach ledger:v2
    When client sends "GET http://ledger/" 10 times
    Then all requests reach ledger:v1
    Given endpoint 2 of ledger:v1 answers 503
    When client sends "GET http://ledger/" 10 times
    Then the response status is 200 or 503
    When 1s pass
    And client sends "GET http://ledger/cached"
    Then the response status is 200

  Scenario: A pod of a StatefulSet is reached by a name of its own
    Given the config:
      """
      apiVersion: v1
      kind: Service
      metadata: {name: db}
      spec: {clusterIP: None, selector: {app: db}, ports: [{name: http, port: 80}, {name: tcp-sql, port: 5432}]}
      ---
      apiVersion: apps/v1
      kind: StatefulSet
      metadata: {name: db}
      spec:
        replicas: 3
        serviceName: db
        selector: {matchLabels: {app: db}}
        template:
          metadata: {labels: {app: db, version: v1}}
          spec: {containers: [{name: app, image: db, ports: [{containerPort: 80}, {containerPort: 5432}]}]}
      """
    And the services:
      | service |
      | client  |
    When client sends "GET http://db-1.db/" 5 times
    Then all requests reach db:v1
    And the response body contains "db-1"
    When client sends "GET http://db-2.db.default.svc.cluster.local/"
    Then the request reaches db
    And the response body contains "db-2"
    When client sends "hello" over TCP to "db-0.db:5432"
    Then the request reaches db
    When client sends "GET http://db-3.db/"
    Then the request gets no answer
