@istio:jwt-route @profile:ISTIO-SECURITY
Feature: JWT claim based routing
  A gateway checks the tokens of requests, and routes by what they claim. A token that is no good is refused; a request without one has no claims.
  https://istio.io/latest/docs/tasks/security/authentication/jwt-route/

  Background:
    Given the services:
      | service | versions |
      | shop    | v1, v2   |
      | back    | v1       |
    And the config:
      """
      apiVersion: networking.istio.io/v1
      kind: Gateway
      metadata: {name: shop}
      spec:
        selector: {istio: ingressgateway}
        servers: [{port: {number: 80, name: http, protocol: HTTP}, hosts: [shop.example.com]}]
      ---
      apiVersion: networking.istio.io/v1
      kind: VirtualService
      metadata: {name: shop}
      spec:
        hosts: [shop.example.com]
        gateways: [shop]
        http:
        - match: [{uri: {prefix: /admin}, headers: {"@request.auth.claims.groups": {exact: admin}}}]
          route: [{destination: {host: back}}]
        - match: [{uri: {prefix: /gold}, headers: {"@request.auth.claims[https://shop/roles][level]": {exact: gold}}}]
          route: [{destination: {host: back}}]
        - match: [{uri: {prefix: /public}, withoutHeaders: {"@request.auth.claims.groups": {exact: admin}}}]
          route: [{destination: {host: shop}}]
      ---
      apiVersion: security.istio.io/v1
      kind: RequestAuthentication
      metadata: {name: shop, namespace: istio-system}
      spec:
        selector: {matchLabels: {istio: ingressgateway}}
        jwtRules:
        - issuer: shop
          jwks: '{"keys":[{"kty":"EC","crv":"P-256","x":"WQosAfuhlJ0aglffYLtWULUjI29gKdpEh47GcLHJt6w","y":"ZtkXqvdqaU1cbGtgjcwaGweGIclHXtlOlF5-dOztmNY"}]}'
          outputClaimToHeaders: [{header: x-user, claim: sub}]
      """

  # The keys of these tokens were thrown away; they are good until 2100.
  Scenario Outline: <whose> token opens <path>: <status>
    When a client sends "GET http://shop.example.com<path>" with headers:
      | authorization | Bearer <token> |
    Then the response status is <status>

    Examples:
      | whose      | path    | status | token |
      | jason's    | /admin  | 200    | eyJhbGciOiJFUzI1NiJ9.eyJpc3MiOiJzaG9wIiwic3ViIjoiamFzb24iLCJncm91cHMiOlsiYWRtaW4iLCJkZXYiXSwiZXhwIjo0MTAyNDQ0ODAwfQ.svp0xLvVLsXLMySHilqtT15RRouaKNtzthfowPH57zRLdHbAhM6ZwAWTa1VnFYDm4HYcaDfC_b1W96k7fBUGyg |
      | anna's     | /admin  | 404    | eyJhbGciOiJFUzI1NiJ9.eyJpc3MiOiJzaG9wIiwic3ViIjoiYW5uYSIsImdyb3VwcyI6WyJkZXYiXSwiZXhwIjo0MTAyNDQ0ODAwfQ.IhFn7Z6Y5g3EczytSnV8TLLkwLz94mp-3qTx-F5MxaMfnAmkkxw4QQXKyN8aAvxGLa-nbMrKAIxQs7BzLJcG9A |
      | an expired | /admin  | 401    | eyJhbGciOiJFUzI1NiJ9.eyJpc3MiOiJzaG9wIiwiZ3JvdXBzIjpbImFkbWluIl0sImV4cCI6MTAwMDAwMDAwMH0.saHVeiMT8ruiAdw6peeVFEKl-uS3DGlJvgFn2F3azbaw8h44THfY2LUdMuryKyyy_SZQXL14cna02iXk1iHs6w |
      | a strange  | /admin  | 401    | eyJhbGciOiJFUzI1NiJ9.eyJpc3MiOiJlbHNld2hlcmUiLCJncm91cHMiOlsiYWRtaW4iXSwiZXhwIjo0MTAyNDQ0ODAwfQ.SNNkC0av47EZI8TDehX9terWFgc5ZJQeMldTB1X7LlcYYLAbv-3-l8UK9xhjmr1R4gaxDUQZslbYs3N88cQn-Q |
      | a golden   | /gold   | 200    | eyJhbGciOiJFUzI1NiJ9.eyJpc3MiOiJzaG9wIiwiaHR0cHM6Ly9zaG9wL3JvbGVzIjp7ImxldmVsIjoiZ29sZCJ9LCJleHAiOjQxMDI0NDQ4MDB9.MAuPajLYV3VU7V637shgzmOvEcxovWZzq8yC6fn8lCHdv2l5aybk5UpahnJNHthCgdJG3N3X_ViBLNCTwJVH4A |
      | jason's    | /gold   | 404    | eyJhbGciOiJFUzI1NiJ9.eyJpc3MiOiJzaG9wIiwic3ViIjoiamFzb24iLCJncm91cHMiOlsiYWRtaW4iLCJkZXYiXSwiZXhwIjo0MTAyNDQ0ODAwfQ.svp0xLvVLsXLMySHilqtT15RRouaKNtzthfowPH57zRLdHbAhM6ZwAWTa1VnFYDm4HYcaDfC_b1W96k7fBUGyg |
      | jason's    | /public | 404    | eyJhbGciOiJFUzI1NiJ9.eyJpc3MiOiJzaG9wIiwic3ViIjoiamFzb24iLCJncm91cHMiOlsiYWRtaW4iLCJkZXYiXSwiZXhwIjo0MTAyNDQ0ODAwfQ.svp0xLvVLsXLMySHilqtT15RRouaKNtzthfowPH57zRLdHbAhM6ZwAWTa1VnFYDm4HYcaDfC_b1W96k7fBUGyg |
      | anna's     | /public | 200    | eyJhbGciOiJFUzI1NiJ9.eyJpc3MiOiJzaG9wIiwic3ViIjoiYW5uYSIsImdyb3VwcyI6WyJkZXYiXSwiZXhwIjo0MTAyNDQ0ODAwfQ.IhFn7Z6Y5g3EczytSnV8TLLkwLz94mp-3qTx-F5MxaMfnAmkkxw4QQXKyN8aAvxGLa-nbMrKAIxQs7BzLJcG9A |
      | an expired | /none   | 401    | eyJhbGciOiJFUzI1NiJ9.eyJpc3MiOiJzaG9wIiwiZ3JvdXBzIjpbImFkbWluIl0sImV4cCI6MTAwMDAwMDAwMH0.saHVeiMT8ruiAdw6peeVFEKl-uS3DGlJvgFn2F3azbaw8h44THfY2LUdMuryKyyy_SZQXL14cna02iXk1iHs6w |

  Scenario: Without a token there are no claims
    When a client sends "GET http://shop.example.com/admin"
    Then the response status is 404
    When a client sends "GET http://shop.example.com/public"
    Then the request reaches shop

  Scenario: No header stands for a claim
    When a client sends "GET http://shop.example.com/admin" with headers:
      | request.auth.claims.groups | admin |
    Then the response status is 404

  Scenario: The application is told who it was, and does not get the token
    When a client sends "GET http://shop.example.com/admin" with headers:
      | authorization | Bearer eyJhbGciOiJFUzI1NiJ9.eyJpc3MiOiJzaG9wIiwic3ViIjoiamFzb24iLCJncm91cHMiOlsiYWRtaW4iLCJkZXYiXSwiZXhwIjo0MTAyNDQ0ODAwfQ.svp0xLvVLsXLMySHilqtT15RRouaKNtzthfowPH57zRLdHbAhM6ZwAWTa1VnFYDm4HYcaDfC_b1W96k7fBUGyg |
      | x-user        | somebody else |
    Then the request reaches back with header "x-user" set to "jason"
    And the request reaches back without header "authorization"

  Scenario: A token that is no good is named
    When a client sends "GET http://shop.example.com/admin" with headers:
      | authorization | Bearer eyJhbGciOiJFUzI1NiJ9.eyJpc3MiOiJzaG9wIiwiZ3JvdXBzIjpbImFkbWluIl0sImV4cCI6MTAwMDAwMDAwMH0.saHVeiMT8ruiAdw6peeVFEKl-uS3DGlJvgFn2F3azbaw8h44THfY2LUdMuryKyyy_SZQXL14cna02iXk1iHs6w |
    Then the response status is 401
    And the response body contains "Jwt is expired"
    And the response header "www-authenticate" is "Bearer realm=\"http://shop.example.com/admin\", error=\"invalid_token\""

  Scenario: Tokens are checked at a workload, too
    Given the config:
      """
      apiVersion: security.istio.io/v1
      kind: RequestAuthentication
      metadata: {name: back}
      spec:
        selector: {matchLabels: {app: back}}
        jwtRules:
        - issuer: shop
          jwks: '{"keys":[{"kty":"EC","crv":"P-256","x":"WQosAfuhlJ0aglffYLtWULUjI29gKdpEh47GcLHJt6w","y":"ZtkXqvdqaU1cbGtgjcwaGweGIclHXtlOlF5-dOztmNY"}]}'
      """
    When shop sends "GET http://back/" with headers:
      | authorization | Bearer eyJhbGciOiJFUzI1NiJ9.eyJpc3MiOiJlbHNld2hlcmUiLCJncm91cHMiOlsiYWRtaW4iXSwiZXhwIjo0MTAyNDQ0ODAwfQ.SNNkC0av47EZI8TDehX9terWFgc5ZJQeMldTB1X7LlcYYLAbv-3-l8UK9xhjmr1R4gaxDUQZslbYs3N88cQn-Q |
    Then the response status is 401
    When shop sends "GET http://back/"
    Then the request reaches back
