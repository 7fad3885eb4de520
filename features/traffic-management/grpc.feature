@istio:grpc @profile:ISTIO-TRAFFIC @extended
Feature: gRPC
  A method of gRPC is a path, its metadata are headers, and how a call ended stands in trailers, or in the headers of an answer that has nothing else.
  https://github.com/grpc/grpc/blob/master/doc/PROTOCOL-HTTP2.md

  Background:
    Given the services:
      | service | protocol | versions | port |
      | stock   | grpc     | v1, v2   | 7070 |
      | shop    | http     |          | 80   |
    And the config:
      """
      apiVersion: networking.istio.io/v1
      kind: DestinationRule
      metadata: {name: stock}
      spec:
        host: stock
        subsets:
          - {name: v1, labels: {version: v1}}
          - {name: v2, labels: {version: v2}}
      """

  Scenario: Calls are routed by their methods
    Given the config:
      """
      apiVersion: networking.istio.io/v1
      kind: VirtualService
      metadata: {name: stock}
      spec:
        hosts: [stock]
        http:
          - match: [{uri: {prefix: /shop.Stock/}}]
            route: [{destination: {host: stock, subset: v2}}]
          - match: [{uri: {prefix: /shop.Old}}]
            route: [{destination: {host: stock, subset: v1}}]
      """
    When shop calls "grpc://stock:7070/shop.Stock/Get" with the message "tea"
    Then the gRPC status is OK
    And the stream answers "stock-v2 tea"
    When shop calls "grpc://stock:7070/shop.OldStock/Get" with the message "tea"
    Then the stream answers "stock-v1 tea"
    When shop calls "grpc://stock:7070/shop.Other/Get" with the message "tea"
    Then the gRPC status is UNIMPLEMENTED
    And the request does not reach stock

  Scenario: Streams of the server, of the client, and of both
    Given the config:
      """
      apiVersion: networking.istio.io/v1
      kind: VirtualService
      metadata: {name: stock}
      spec:
        hosts: [stock]
        http:
          - route: [{destination: {host: stock, subset: v1}}]
      """
    When shop calls "grpc://stock:7070/shop.Stock/Repeat" with the message "tea"
    Then the stream answers:
      | stock-v1 tea |
      | stock-v1 tea |
      | stock-v1 tea |
    When shop calls "grpc://stock:7070/shop.Stock/Join" with the messages:
      | tea    |
      | coffee |
    Then the stream answers "stock-v1 tea coffee"
    When shop calls "grpc://stock:7070/shop.Stock/Chat" with the messages:
      | tea    |
      | coffee |
    Then the gRPC status is OK
    And the stream answers:
      | stock-v1 tea    |
      | stock-v1 coffee |

  Scenario: A proxy that answers itself says so in gRPC's words
    Given the config:
      """
      apiVersion: networking.istio.io/v1
      kind: VirtualService
      metadata: {name: stock}
      spec:
        hosts: [stock]
        http:
          - match: [{uri: {prefix: /shop.Abort}}]
            fault: {abort: {grpcStatus: RESOURCE_EXHAUSTED, percentage: {value: 100}}}
            route: [{destination: {host: stock, subset: v1}}]
          - match: [{uri: {prefix: /shop.Busy}}]
            directResponse: {status: 429, body: {string: "100% busy"}}
          - match: [{uri: {prefix: /shop.Gone}}]
            route: [{destination: {host: stock, subset: v9}}]
          - route: [{destination: {host: stock, subset: v1}}]
      """
    When shop calls "grpc://stock:7070/shop.Abort/Get" with the message "tea"
    Then the gRPC status is RESOURCE_EXHAUSTED
    And the gRPC message is "fault filter abort"
    And the response status is 200
    When shop calls "grpc://stock:7070/shop.Busy/Get" with the message "tea"
    Then the gRPC status is UNAVAILABLE
    And the gRPC message is "100% busy"
    And the response header "grpc-message" is "100%25 busy"
    When shop calls "grpc://stock:7070/shop.Gone/Get" with the message "tea"
    Then the gRPC status is UNAVAILABLE
    Given stock has no healthy endpoints
    When shop calls "grpc://stock:7070/shop.Stock/Get" with the message "tea"
    Then the gRPC status is UNAVAILABLE
    And the gRPC message is "no healthy upstream"

  Scenario: A status that the rule names is tried again
    Given the config:
      """
      apiVersion: networking.istio.io/v1
      kind: VirtualService
      metadata: {name: stock}
      spec:
        hosts: [stock]
        http:
          - retries: {attempts: 2, retryOn: "resource-exhausted"}
            route: [{destination: {host: stock, subset: v1}}]
      """
    And stock:v1 answers the gRPC status RESOURCE_EXHAUSTED to the first 2 requests
    When shop calls "grpc://stock:7070/shop.Stock/Get" with the message "tea"
    Then the gRPC status is OK
    And stock received 3 requests
    Given stock:v1 answers the gRPC status ABORTED
    When shop calls "grpc://stock:7070/shop.Stock/Get" with the message "tea"
    Then the gRPC status is ABORTED
    And stock received 1 request

  Scenario: A call has the time that its client gives it, and no more than the rule does
    # Where the receiver has a sidecar, that one counts the client's time as well, and either may be the first to end the call.
    Given the services:
      | service | protocol | port | sidecar |
      | slow    | grpc     | 7070 | no      |
    And the config:
      """
      apiVersion: networking.istio.io/v1
      kind: VirtualService
      metadata: {name: slow}
      spec:
        hosts: [slow]
        http:
          - timeout: 1s
            route: [{destination: {host: slow}}]
      """
    And slow takes 3s to answer
    When shop calls "grpc://slow:7070/shop.Stock/Get" with the message "tea" and headers:
      | grpc-timeout | 200m |
    Then the gRPC status is UNAVAILABLE
    And the gRPC message is "upstream request timeout"
    And the response takes less than 1s
    When shop calls "grpc://slow:7070/shop.Stock/Get" with the message "tea" and headers:
      | grpc-timeout | 9S |
    Then the gRPC status is UNAVAILABLE
    And the response takes about 1s

  Scenario: Where the receiver's sidecar counts as well, either ends the call
    Given the services:
      | service | protocol | port |
      | stock   | grpc     | 7070 |
    And the config:
      """
      apiVersion: networking.istio.io/v1
      kind: VirtualService
      metadata: {name: stock}
      spec:
        hosts: [stock]
        http:
          - timeout: 1s
            route: [{destination: {host: stock}}]
      """
    And stock takes 3s to answer
    When shop calls "grpc://stock:7070/shop.Stock/Get" with the message "tea"
    Then the gRPC status is UNAVAILABLE or DEADLINE_EXCEEDED
    And the response takes about 1s

  Scenario: Through the gateway
    Given the config:
      """
      apiVersion: networking.istio.io/v1
      kind: Gateway
      metadata: {name: shop}
      spec:
        selector: {istio: ingressgateway}
        servers:
          - port: {number: 80, name: grpc, protocol: GRPC}
            hosts: ["*"]
      ---
      apiVersion: networking.istio.io/v1
      kind: VirtualService
      metadata: {name: shop}
      spec:
        hosts: ["*"]
        gateways: [shop]
        http:
          - match: [{uri: {prefix: /shop.Stock/}}]
            route: [{destination: {host: stock, subset: v2, port: {number: 7070}}}]
      """
    When a client calls "/shop.Stock/Get" with the message "tea"
    Then the gRPC status is OK
    And the stream answers "stock-v2 tea"
    When a client calls "/shop.Stock/Chat" with the messages:
      | tea    |
      | coffee |
    Then the stream answers:
      | stock-v2 tea    |
      | stock-v2 coffee |
    When a client calls "/shop.Other/Get" with the message "tea"
    Then the gRPC status is UNIMPLEMENTED
