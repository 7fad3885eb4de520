@echo @istio:rewrites-and-redirects @profile:ISTIO-TRAFFIC
Feature: Rewrites, redirects and direct responses

  Background:
    Given the services:
      | service | versions |
      | shop    | v1       |
      | client  | v1       |

  Scenario Outline: <path> arrives as <arrives>
    Given the config:
      """
      apiVersion: networking.istio.io/v1
      kind: VirtualService
      metadata: {name: shop}
      spec:
        hosts: [shop]
        http:
        - match: [{uri: {prefix: /old}}]
          rewrite: {uri: /new}
          route: [{destination: {host: shop}}]
        - match: [{uri: {prefix: /cut/}}]
          rewrite: {uri: /}
          route: [{destination: {host: shop}}]
        - match: [{uri: {exact: /one}}]
          rewrite: {uri: /two}
          route: [{destination: {host: shop}}]
        - match: [{uri: {prefix: /user}}]
          rewrite: {uriRegexRewrite: {match: "^/user/([^/]+)/(.*)$", rewrite: "/\\2/\\1"}}
          route: [{destination: {host: shop}}]
        - route: [{destination: {host: shop}}]
      """
    When client sends "GET http://shop<path>"
    Then the request reaches shop as "GET <arrives>"

    Examples:
      | path            | arrives          |
      | /old            | /new             |
      | /old/items?a=1  | /new/items?a=1   |
      | /older          | /newer           |
      | /cut/items      | /items           |
      | /one?x=y        | /two?x=y         |
      | /user/anna/cart | /cart/anna       |
      | /other          | /other           |

  Scenario: The host that the service sees
    Given the config:
      """
      apiVersion: networking.istio.io/v1
      kind: VirtualService
      metadata: {name: shop}
      spec:
        hosts: [shop]
        http:
        - rewrite: {authority: shop.example.com}
          route: [{destination: {host: shop}}]
      """
    When client sends "GET http://shop/items"
    Then the request reaches shop as "GET http://shop.example.com/items"

  Scenario Outline: A redirect with <code>
    Given the config:
      """
      apiVersion: networking.istio.io/v1
      kind: VirtualService
      metadata: {name: shop}
      spec:
        hosts: [shop]
        http:
        - redirect: {uri: /new, authority: shop.example.com, scheme: https, redirectCode: <code>}
      """
    When client sends "GET http://shop/old?x=1"
    Then the request is redirected to "https://shop.example.com/new?x=1" with status <code>
    And shop received 0 requests

    Examples:
      | code |
      | 301  |
      | 302  |
      | 307  |
      | 308  |

  Scenario: 301 where no code is given
    Given the config:
      """
      apiVersion: networking.istio.io/v1
      kind: VirtualService
      metadata: {name: shop}
      spec:
        hosts: [shop]
        http:
        - redirect: {uri: /new}
      """
    When client sends "GET http://shop/old"
    Then the request is redirected to "http://shop/new" with status 301

  Scenario: An answer of the proxy's own
    Given the config:
      """
      apiVersion: networking.istio.io/v1
      kind: VirtualService
      metadata: {name: shop}
      spec:
        hosts: [shop]
        http:
        - match: [{uri: {prefix: /health}}]
          directResponse: {status: 418, body: {string: "I am a teapot"}}
        - route: [{destination: {host: shop}}]
      """
    When client sends "GET http://shop/health"
    Then the response status is 418
    And the response body contains "I am a teapot"
    And shop received 0 requests
    When client sends "GET http://shop/items"
    Then the response status is 200
