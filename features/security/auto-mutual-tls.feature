@istio:authn-policy @profile:ISTIO-SECURITY
Feature: Mutual TLS between workloads
  Sidecars speak mutual TLS with each other without being told to, and with nobody who has none.
  https://istio.io/latest/docs/tasks/security/authentication/authn-policy/#auto-mutual-tls

  Scenario: Workloads with sidecars prove who they are
    Given the Bookinfo application
    When productpage sends "GET http://reviews:9080/reviews/0"
    Then the connection from productpage to reviews uses mutual TLS
    And the identity of productpage is "spiffe://cluster.local/ns/default/sa/bookinfo-productpage"
    And the identity of reviews is "spiffe://cluster.local/ns/default/sa/bookinfo-reviews"

  Scenario: A DestinationRule turns it off
    Given the services:
      | service | versions |
      | client  | v1       |
      | shop    | v1       |
    And the config:
      """
      apiVersion: networking.istio.io/v1
      kind: DestinationRule
      metadata:
        name: shop
      spec:
        host: shop
        trafficPolicy:
          tls:
            mode: DISABLE
      """
    When client sends "GET http://shop/"
    Then the request reaches shop:v1 without header "x-forwarded-client-cert"
