@istio:config-validation @profile:ISTIO-TRAFFIC
Feature: Config that is refused
  Nothing of a refused change takes effect.

  Background:
    Given the Bookinfo application
    And the config "destination-rule-all.yaml"
    And the config "virtual-service-all-v1.yaml"

  Scenario Outline: <what>
    When the config is applied:
      """
      apiVersion: networking.istio.io/v1
      kind: VirtualService
      metadata: {name: reviews}
      spec:
        hosts: [reviews]
        http:
        - <rule>
      """
    Then the config is rejected with "<code>"
    When someone opens "/productpage"
    Then the request reaches reviews:v1

    Examples:
      | what                            | rule                                                                            | code              |
      | A field that nobody knows       | {rout: [{destination: {host: reviews, subset: v3}}]}                            | UNKNOWN_FIELD     |
      | A text where a number is wanted | {route: [{destination: {host: reviews, subset: v3}, weight: many}]}             | SCHEMA_TYPE       |
      | A duration without a unit       | {timeout: "5", route: [{destination: {host: reviews, subset: v3}}]}             | timeout           |
      | A regex that RE2 does not know  | {match: [{uri: {regex: "(?=x)"}}], route: [{destination: {host: reviews}}]}     | INVALID_REGEX     |

  Scenario: YAML that is none
    When the config is applied:
      """
      apiVersion: networking.istio.io/v1
      kind: [VirtualService
      """
    Then the config is rejected with "YAML_SYNTAX"

  Scenario: One bad document spoils the whole change
    When the config is applied:
      """
      apiVersion: networking.istio.io/v1
      kind: VirtualService
      metadata: {name: reviews}
      spec:
        hosts: [reviews]
        http: [{route: [{destination: {host: reviews, subset: v3}}]}]
      ---
      apiVersion: networking.istio.io/v1
      kind: VirtualService
      metadata: {name: ratings}
      spec:
        hosts: [ratings]
        http: [{rute: []}]
      """
    Then the config is rejected with "UNKNOWN_FIELD"
    When someone opens "/productpage"
    Then the request reaches reviews:v1

  Scenario: A config that is in order
    When the config "virtual-service-reviews-v3.yaml" is applied
    Then the config is accepted
    When someone opens "/productpage"
    Then the request reaches reviews:v3
