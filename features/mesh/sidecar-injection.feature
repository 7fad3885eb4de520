@istio:sidecar-injection @profile:ISTIO-TRAFFIC
Feature: Sidecar injection
  Rules act in the caller's sidecar; who has none goes past them.
  https://istio.io/latest/docs/setup/additional-setup/sidecar-injection/

  Background:
    Given the config:
      """
      apiVersion: networking.istio.io/v1
      kind: VirtualService
      metadata: {name: shop, namespace: default}
      spec:
        hosts: [shop]
        http:
        - directResponse: {status: 418}
      """

  Scenario: With a sidecar the rule acts
    Given the services:
      | service | namespace |
      | shop    | default   |
      | client  | default   |
    When client sends "GET http://shop/"
    Then the response status is 418
    And the pods are:
      | name      | ready |
      | shop-v1   | 2/2   |
      | client-v1 | 2/2   |

  Scenario: A namespace without sidecars knows no rules
    Given the services:
      | service | namespace |
      | shop    | default   |
      | client  | legacy    |
    And namespace "legacy" has no sidecars
    When client.legacy sends "GET http://shop.default/"
    Then the response status is 200
    And the request reaches shop.default
    And the pods are:
      | name      | ready |
      | client-v1 | 1/1   |

  Scenario: The label turns injection on
    Given the services:
      | service | namespace |
      | shop    | default   |
      | client  | legacy    |
    And namespace "legacy" has no sidecars
    And namespace "legacy" has the label "istio-injection=enabled"
    When client.legacy sends "GET http://shop.default/"
    Then the response status is 418

  Scenario: One workload without a sidecar
    Given the services:
      | service | sidecar |
      | shop    |         |
      | client  | no      |
    When client sends "GET http://shop/"
    Then the response status is 200
    And the pods are:
      | name      | ready |
      | client-v1 | 1/1   |
      | shop-v1   | 2/2   |

  Scenario Outline: A namespace with several labels
    Given namespace "prod" has the label "<one>"
    And namespace "prod" has the label "<other>"
    And the services:
      | service | namespace |
      | orders  | prod      |
    Then the pods are:
      | name      | ready   | namespace |
      | orders-v1 | <ready> | prod      |

    Examples:
      | one                      | other                    | ready |
      | team=a                   | access=shared            | 2/2   |
      | istio-injection=enabled  | team=a                   | 2/2   |
      | istio-injection=disabled | istio.io/rev=default     | 1/1   |
      | team=a                   | istio-injection=disabled | 1/1   |
