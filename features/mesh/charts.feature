@echo @istio:config-validation @profile:ISTIO-TRAFFIC
Feature: Charts
  What a Helm chart makes of its values, from one revision to the next.

  Background:
    Given the services:
      | service | versions |
      | shop    | v1, v2   |
      | cart    |          |
    And the chart "charts/shop" with values:
      """
      closed: true
      """

  Scenario: Values make the config
    When cart sends "GET http://shop/" 20 times
    Then all requests reach shop:v1
    When shop sends "GET http://cart/"
    Then the response status is 403

  Scenario: An upgrade changes some of it, and takes away what is no longer made
    When the chart release "shop" is upgraded with values:
      """
      canary: 100
      """
    Then the config is accepted
    When cart sends "GET http://shop/" 20 times
    Then all requests reach shop:v2
    When shop sends "GET http://cart/"
    Then the response status is 200

  Scenario: Of an upgrade that the mesh refuses nothing takes effect
    When the chart release "shop" is upgraded with values:
      """
      canary: 200
      """
    Then the config is rejected with "INVALID_WEIGHT"
    When cart sends "GET http://shop/" 20 times
    Then all requests reach shop:v1
    When shop sends "GET http://cart/"
    Then the response status is 403

  Scenario: A roll-back brings back what a revision had
    When the chart release "shop" is upgraded with values:
      """
      canary: 100
      """
    And the chart release "shop" is rolled back to revision 1
    And cart sends "GET http://shop/" 20 times
    Then all requests reach shop:v1
    When shop sends "GET http://cart/"
    Then the response status is 403
