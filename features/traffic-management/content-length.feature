@echo @istio:header-operations @profile:ISTIO-TRAFFIC
Feature: How long messages are
  A proxy tells of its own answers how long their bodies are, of one without a body that it has none, and of requests without a body whose methods have one as a
  rule.

  Background:
    Given the services:
      | service | versions |
      | client  | v1       |
      | shop    | v1       |
    And the config:
      """
      apiVersion: networking.istio.io/v1
      kind: VirtualService
      metadata: {name: shop}
      spec:
        hosts: [shop]
        http:
        - match: [{uri: {prefix: /closed}}]
          directResponse: {status: 503, body: {string: "no shop today"}}
        - match: [{uri: {prefix: /old}}]
          redirect: {uri: /new}
        - match: [{uri: {prefix: /empty}}]
          directResponse: {status: 204}
        - match: [{uri: {prefix: /failing}}]
          fault: {abort: {httpStatus: 418, percentage: {value: 100}}}
          route: [{destination: {host: shop}}]
        - route: [{destination: {host: shop}}]
      """

  Scenario Outline: <method> <path> is answered by the proxy
    When client sends "<method> http://shop<path>"
    Then the response status is <status>
    And the response header "content-length" is "<length>"

    Examples:
      | method | path     | status | length |
      | GET    | /closed  | 503    | 13     |
      | HEAD   | /closed  | 503    | 13     |
      | GET    | /failing | 418    | 18     |
      | GET    | /old     | 301    | 0      |

  Scenario Outline: <method> <path> is answered by the proxy, and nothing follows
    When client sends "<method> http://shop<path>"
    Then the response status is <status>
    And the response header "content-length" is absent

    Examples:
      | method | path   | status |
      | HEAD   | /old   | 301    |
      | GET    | /empty | 204    |

  Scenario Outline: <method> without a body
    When client sends "<method> http://shop/"
    Then the request reaches shop with header "content-length" set to "0"

    Examples:
      | method  |
      | POST    |
      | OPTIONS |

  Scenario: A method whose requests have no body
    When client sends "DELETE http://shop/"
    Then the request reaches shop without header "content-length"
