@istio:authn-policy @profile:ISTIO-SECURITY
Feature: What a workload asks of those who call it
  A PeerAuthentication says whether a workload takes mutual TLS alone, plaintext as well, or no TLS: for the mesh, a namespace, a workload, or one of its ports.
  https://istio.io/latest/docs/tasks/security/authentication/mtls-migration/
  https://istio.io/latest/docs/tasks/security/authentication/authn-policy/

  Background:
    Given the services:
      | service | versions | sidecar | port |
      | shop    | v1       | yes     | 80   |
      | client  | v1       | yes     | 80   |
      | legacy  | v1       | no      | 80   |

  Scenario: Without a policy both are taken
    When legacy sends "GET http://shop/"
    Then the request reaches shop:v1 without header "x-forwarded-client-cert"
    When client sends "GET http://shop/"
    Then the connection from client to shop uses mutual TLS

  Scenario: A namespace that is locked to mutual TLS
    Given the config:
      """
      apiVersion: security.istio.io/v1
      kind: PeerAuthentication
      metadata: {name: default}
      spec:
        mtls: {mode: STRICT}
      """
    When legacy sends "GET http://shop/"
    Then the request does not reach shop
    When client sends "GET http://shop/"
    Then the connection from client to shop uses mutual TLS
    # Who has no sidecar is not asked for what it could not do.
    When client sends "GET http://legacy/"
    Then the request reaches legacy:v1 without header "x-forwarded-client-cert"

  Scenario: A workload goes before its namespace
    Given the config:
      """
      apiVersion: security.istio.io/v1
      kind: PeerAuthentication
      metadata: {name: default}
      spec:
        mtls: {mode: STRICT}
      ---
      apiVersion: security.istio.io/v1
      kind: PeerAuthentication
      metadata: {name: shop}
      spec:
        selector: {matchLabels: {app: shop}}
        mtls: {mode: PERMISSIVE}
      """
    When legacy sends "GET http://shop/"
    Then the request reaches shop:v1
    When legacy sends "GET http://client/"
    Then the request does not reach client

  Scenario: A workload that looks for no TLS is called in plaintext
    Given the config:
      """
      apiVersion: security.istio.io/v1
      kind: PeerAuthentication
      metadata: {name: shop}
      spec:
        selector: {matchLabels: {app: shop}}
        mtls: {mode: DISABLE}
      """
    When client sends "GET http://shop/"
    Then the request reaches shop:v1 without header "x-forwarded-client-cert"

  Scenario: A policy that comes takes effect, and so does its end
    When the config is applied:
      """
      apiVersion: security.istio.io/v1
      kind: PeerAuthentication
      metadata: {name: default}
      spec:
        mtls: {mode: STRICT}
      """
    And legacy sends "GET http://shop/"
    Then the request does not reach shop
    When the config is applied:
      """
      apiVersion: security.istio.io/v1
      kind: PeerAuthentication
      metadata: {name: default}
      spec:
        mtls: {mode: PERMISSIVE}
      """
    And legacy sends "GET http://shop/"
    Then the request reaches shop:v1

  Scenario: A rule that begins no TLS with a workload that takes nothing else
    Given the config:
      """
      apiVersion: security.istio.io/v1
      kind: PeerAuthentication
      metadata: {name: default}
      spec:
        mtls: {mode: STRICT}
      ---
      apiVersion: networking.istio.io/v1
      kind: DestinationRule
      metadata: {name: shop}
      spec:
        host: shop
        trafficPolicy:
          tls: {mode: DISABLE}
      """
    When client sends "GET http://shop/"
    Then the response status is 503
    And the response body contains "upstream connect error or disconnect/reset before headers"
    And the request does not reach shop

  Scenario: A rule that begins mutual TLS with a workload that looks for none
    Given the config:
      """
      apiVersion: security.istio.io/v1
      kind: PeerAuthentication
      metadata: {name: shop}
      spec:
        selector: {matchLabels: {app: shop}}
        mtls: {mode: DISABLE}
      ---
      apiVersion: networking.istio.io/v1
      kind: DestinationRule
      metadata: {name: shop}
      spec:
        host: shop
        trafficPolicy:
          tls: {mode: ISTIO_MUTUAL}
      """
    When client sends "GET http://shop/"
    Then the response status is 503
    And the request does not reach shop

  Scenario: A port of the workload goes before the workload
    Given the config:
      """
      apiVersion: security.istio.io/v1
      kind: PeerAuthentication
      metadata: {name: shop}
      spec:
        selector: {matchLabels: {app: shop}}
        mtls: {mode: STRICT}
        portLevelMtls:
          80: {mode: DISABLE}
      """
    When legacy sends "GET http://shop/"
    Then the request reaches shop:v1
