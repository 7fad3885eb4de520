@istio:websocket @profile:ISTIO-TRAFFIC @extended
Feature: WebSocket
  Proxies of the mesh let WebSockets pass: rules act on the request that opens them, and what is said afterwards is nobody's business.
  https://istio.io/latest/docs/ops/configuration/traffic-management/protocol-selection/

  Background:
    Given the services:
      | service | versions |
      | chat    | v1, v2   |
      | shop    |          |
    And the config:
      """
      apiVersion: networking.istio.io/v1
      kind: DestinationRule
      metadata: {name: chat}
      spec:
        host: chat
        subsets:
          - {name: v1, labels: {version: v1}}
          - {name: v2, labels: {version: v2}}
      """

  Scenario: Rules act on the request that opens it
    Given the config:
      """
      apiVersion: networking.istio.io/v1
      kind: VirtualService
      metadata: {name: chat}
      spec:
        hosts: [chat]
        http:
          - match: [{uri: {prefix: /room}}]
            rewrite: {uri: /rooms}
            headers: {request: {set: {x-room: lobby}}}
            route: [{destination: {host: chat, subset: v2}}]
          - directResponse: {status: 403}
      """
    When shop opens a WebSocket to "ws://chat/room/1" and sends:
      | hello |
      | bye   |
    Then the response status is 101
    And the stream answers:
      | chat-v2 hello |
      | chat-v2 bye   |
    And the request reaches chat:v2 as "GET /rooms/1"
    And the request reaches chat:v2 with header "x-room" set to "lobby"
    When shop opens a WebSocket to "ws://chat/other" and sends "hello"
    Then the response status is 403
    And the request does not reach chat

  Scenario: The time of a route is for its opening, and tries are, too
    Given the config:
      """
      apiVersion: networking.istio.io/v1
      kind: VirtualService
      metadata: {name: chat}
      spec:
        hosts: [chat]
        http:
          - timeout: 1s
            retries: {attempts: 1, retryOn: 5xx}
            route: [{destination: {host: chat, subset: v1}}]
      """
    And chat answers 503 to the first 1 request
    When shop opens a WebSocket to "ws://chat/room" and sends "hello"
    Then the stream answers "chat-v1 hello"
    And chat received 2 requests
    Given chat takes 3s to answer
    When shop opens a WebSocket to "ws://chat/room" and sends "hello"
    Then the response status is 504
    And the response takes about 1s

  Scenario: Through the gateway, as a service that says so
    Given the services:
      | service | protocol         | port |
      | live    | kubernetes.io/ws | 8082 |
    And the config:
      """
      apiVersion: networking.istio.io/v1
      kind: Gateway
      metadata: {name: chat}
      spec:
        selector: {istio: ingressgateway}
        servers:
          - port: {number: 80, name: http, protocol: HTTP}
            hosts: ["*"]
      ---
      apiVersion: networking.istio.io/v1
      kind: VirtualService
      metadata: {name: chat}
      spec:
        hosts: ["*"]
        gateways: [chat]
        http:
          - match: [{uri: {prefix: /live}}]
            route: [{destination: {host: live, port: {number: 8082}}}]
      """
    When a client opens a WebSocket to "/live" and sends "hello"
    Then the response status is 101
    And the stream answers "live-v1 hello"
    When a client opens a WebSocket to "ws://chat.example.com/none" and sends "hello"
    Then the response status is 404

  Scenario: Sidecars take none over HTTP/2
    Given the config:
      """
      apiVersion: networking.istio.io/v1
      kind: DestinationRule
      metadata: {name: chat}
      spec:
        host: chat
        trafficPolicy: {connectionPool: {http: {h2UpgradePolicy: UPGRADE}}}
      """
    When shop opens a WebSocket to "ws://chat/room" and sends "hello"
    Then the response status is 503
    And the request does not reach chat

  Scenario: Nothing else is upgraded to
    When shop sends "GET http://chat/" with headers:
      | connection | Upgrade |
      | upgrade    | jazz    |
    Then the response status is 403
    And the request does not reach chat
