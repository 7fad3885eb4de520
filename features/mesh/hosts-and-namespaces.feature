@echo @istio:hosts-and-namespaces @profile:ISTIO-TRAFFIC
Feature: Names of services, in config and in requests

  Background:
    Given the services:
      | service | namespace | versions |
      | shop    | prod      | v1       |
      | shop    | test      | v1       |
      | client  | prod      | v1       |

  Scenario: A short name means the service of one's own namespace
    When client.prod sends "GET http://shop/"
    Then the request reaches shop.prod
    And the request does not reach shop.test

  Scenario Outline: <host> means the other one
    When client.prod sends "GET http://<host>/"
    Then the request reaches shop.test
    And the request does not reach shop.prod

    Examples:
      | host                        |
      | shop.test                   |
      | shop.test.svc               |
      | shop.test.svc.cluster.local |

  Scenario: A short name in a rule is completed with the rule's namespace
    Given the config:
      """
      apiVersion: networking.istio.io/v1
      kind: VirtualService
      metadata: {name: shop, namespace: prod}
      spec:
        hosts: [shop]
        http:
        - directResponse: {status: 418}
      """
    When client.prod sends "GET http://shop/"
    Then the response status is 418
    When client.prod sends "GET http://shop.test/"
    Then the response status is 200

  Scenario: A name with a dot is not completed
    Given the config:
      """
      apiVersion: networking.istio.io/v1
      kind: VirtualService
      metadata: {name: shop, namespace: prod}
      spec:
        hosts: [shop]
        http:
        - route: [{destination: {host: shop.test}}]
      """
    When client.prod sends "GET http://shop/"
    Then the response status is 503
    And shop.test received 0 requests

  Scenario: What a rule sends to another service is taken by that one alone
    Given the services:
      | service | namespace | protocol | port |
      | ledger  | test      | tcp      | 9000 |
      | archive | test      | tcp      | 9001 |
    And the config:
      """
      apiVersion: networking.istio.io/v1
      kind: VirtualService
      metadata: {name: shop, namespace: prod}
      spec:
        hosts: [shop]
        http: [{route: [{destination: {host: client}}]}]
      ---
      apiVersion: networking.istio.io/v1
      kind: VirtualService
      metadata: {name: ledger, namespace: test}
      spec:
        hosts: [ledger]
        tcp: [{route: [{destination: {host: archive}}]}]
      ---
      apiVersion: networking.istio.io/v1
      kind: Gateway
      metadata: {name: entry, namespace: prod}
      spec:
        selector: {istio: ingressgateway}
        servers: [{port: {number: 80, name: http, protocol: HTTP}, hosts: [shop.example.com]}]
      ---
      apiVersion: networking.istio.io/v1
      kind: VirtualService
      metadata: {name: entry, namespace: prod}
      spec:
        hosts: [shop.example.com]
        gateways: [entry]
        http: [{route: [{destination: {host: client}}]}]
      """
    When client.prod sends "GET http://shop/"
    Then the request reaches client.prod
    And the request does not reach shop
    And shop received 0 requests
    When client.prod sends "hello" over TCP to "ledger.test:9000"
    Then the request reaches archive.test
    And the request does not reach ledger.test
    When a client sends "GET http://shop.example.com/"
    Then the request reaches client.prod
    And the request does not reach shop
    And shop received 0 requests

  Scenario: Unknown hosts are passed on to where they lead
    When client.prod sends "GET http://www.example.com/"
    Then the response status is 200

  Scenario: Unknown hosts are refused where only the registry counts
    Given the mesh config:
      """
      outboundTrafficPolicy:
        mode: REGISTRY_ONLY
      """
    When client.prod sends "GET http://www.example.com/"
    Then the response status is 502
    When client.prod sends "GET http://shop/"
    Then the response status is 200

  Scenario: A rule that is exported to nobody else acts at home only
    Given the services:
      | service | namespace | versions |
      | client  | test      | v1       |
    And the config:
      """
      apiVersion: networking.istio.io/v1
      kind: VirtualService
      metadata: {name: shop, namespace: prod}
      spec:
        hosts: [shop]
        exportTo: ["."]
        http:
        - directResponse: {status: 418}
      """
    When client.prod sends "GET http://shop/"
    Then the response status is 418
    When client.test sends "GET http://shop.prod/"
    Then the response status is 200

  Scenario: A namespace whose name begins other words, too
    Given the services:
      | service | namespace |
      | cart    | apps      |
    And the config:
      """
      apiVersion: security.istio.io/v1
      kind: AuthorizationPolicy
      metadata: {name: cart, namespace: apps}
      spec:
        action: DENY
        rules: [{when: [{key: source.namespace, values: [prod]}], to: [{operation: {paths: [/apps/v1]}}]}]
      """
    When client.prod sends "GET http://cart.apps/apps/v1"
    Then the response status is 403
    When client.prod sends "GET http://cart.apps/apps/v2"
    Then the request reaches cart.apps as "GET /apps/v2"

  Scenario: A name without a namespace is that of the scenario's own
    Given the services:
      | service | namespace | versions |
      | shop    | default   | v1       |
      | shop    | east      | v1, v2   |
      | depot   | east      | v1       |
      | client  | default   | v1       |
    When client sends "GET http://shop.east/" 3 times
    Then the request does not reach shop
    And shop received 0 requests
    And shop.east received 3 requests
    And the service graph has the edge "client -> shop.east"
    When client sends "GET http://shop/"
    Then the request reaches shop
    And the request takes the path "client -> shop"
    # Where only one namespace has it, there is nothing to tell apart.
    When client sends "GET http://depot.east/"
    Then the request reaches depot
