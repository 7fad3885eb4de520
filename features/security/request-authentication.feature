@istio:authn-policy @profile:ISTIO-SECURITY
Feature: Request authentication
  Tokens are held to the keys of whoever issues them.
  https://istio.io/latest/docs/tasks/security/authentication/authn-policy/#end-user-authentication

  Background:
    Given the services:
      | service |
      | shop    |
      | client  |
    And the config:
      """
      apiVersion: security.istio.io/v1
      kind: RequestAuthentication
      metadata: {name: shop}
      spec:
        selector: {matchLabels: {app: shop}}
        jwtRules:
        - issuer: shop
          jwksUri: https://issuer.example.com/.well-known/jwks.json
      ---
      apiVersion: security.istio.io/v1
      kind: AuthorizationPolicy
      metadata: {name: shop}
      spec:
        selector: {matchLabels: {app: shop}}
        rules: [{from: [{source: {requestPrincipals: ["shop/jason"]}}]}]
      """

  # The keys of these tokens were thrown away; they are good until 2100.
  Rule: The keys are at the address that the rule names
    Background:
      Given the JWKS at "https://issuer.example.com/.well-known/jwks.json":
        """
        {"keys":[{"kty":"EC","crv":"P-256","x":"WQosAfuhlJ0aglffYLtWULUjI29gKdpEh47GcLHJt6w","y":"ZtkXqvdqaU1cbGtgjcwaGweGIclHXtlOlF5-dOztmNY"}]}
        """

    Scenario: A token that one of them has signed is taken
      When client sends "GET http://shop/" with headers:
        | authorization | Bearer eyJhbGciOiJFUzI1NiJ9.eyJpc3MiOiJzaG9wIiwic3ViIjoiamFzb24iLCJncm91cHMiOlsiYWRtaW4iLCJkZXYiXSwiZXhwIjo0MTAyNDQ0ODAwfQ.svp0xLvVLsXLMySHilqtT15RRouaKNtzthfowPH57zRLdHbAhM6ZwAWTa1VnFYDm4HYcaDfC_b1W96k7fBUGyg |
      Then the request reaches shop

    Scenario: Another signature is refused
      When client sends "GET http://shop/" with headers:
        | authorization | Bearer eyJhbGciOiJFUzI1NiJ9.eyJpc3MiOiJzaG9wIiwic3ViIjoiamFzb24iLCJncm91cHMiOlsiYWRtaW4iLCJkZXYiXSwiZXhwIjo0MTAyNDQ0ODAwfQ.svp0xLvVLsXLMySHilqtT15RRouaKNtzthfowPH57zRLdHbAhM6ZwAWTa1VnFYDm4HYcaDfC_b1W96k7fBUGyQ |
      Then the response status is 401
      And the response body contains "Jwt verification fails"

    Scenario: Without a token nobody is known
      When client sends "GET http://shop/"
      Then the response status is 403

    Scenario: Keys change
      Given the JWKS at "https://issuer.example.com/.well-known/jwks.json":
        """
        {"keys":[{"kty":"oct","k":"YW5vdGhlciBrZXk"}]}
        """
      When client sends "GET http://shop/" with headers:
        | authorization | Bearer eyJhbGciOiJFUzI1NiJ9.eyJpc3MiOiJzaG9wIiwic3ViIjoiamFzb24iLCJncm91cHMiOlsiYWRtaW4iLCJkZXYiXSwiZXhwIjo0MTAyNDQ0ODAwfQ.svp0xLvVLsXLMySHilqtT15RRouaKNtzthfowPH57zRLdHbAhM6ZwAWTa1VnFYDm4HYcaDfC_b1W96k7fBUGyg |
      Then the response status is 401
