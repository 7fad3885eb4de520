@istio:request-routing @profile:ISTIO-TRAFFIC
Feature: Request routing
  All traffic of one user goes to one version, everyone else's to another.
  https://istio.io/latest/docs/tasks/traffic-management/request-routing/

  Background:
    Given the Bookinfo application
    And the config "destination-rule-all.yaml"
    And the config "virtual-service-all-v1.yaml"

  Scenario: All requests go to version 1
    When someone opens "/productpage" 20 times
    Then all requests reach reviews:v1
    And the page shows no stars

  Scenario: Only jason sees the stars
    Given the config "virtual-service-reviews-test-v2.yaml"
    When user "jason" opens "/productpage"
    Then the page shows black stars
    And the request takes the path "productpage -> reviews:v2 -> ratings"
    When user "anna" opens "/productpage"
    Then the page shows no stars
    And the request reaches reviews:v1

  Scenario: Signed out, nobody sees stars
    Given the config "virtual-service-reviews-test-v2.yaml"
    When someone opens "/productpage"
    Then the page shows no stars
    And the request reaches reviews:v1

  Scenario Outline: The user's name is compared whole and to the letter: "<user>"
    Given the config "virtual-service-reviews-test-v2.yaml"
    When user "<user>" opens "/productpage"
    Then the request reaches reviews:v1

    Examples:
      | user   |
      | Jason  |
      | jason2 |
      | mjason |

  Scenario: Everyone else gets version 3
    Given the config "virtual-service-reviews-jason-v2-v3.yaml"
    When user "jason" opens "/productpage"
    Then the page shows black stars
    When user "anna" opens "/productpage"
    Then the page shows red stars

  Scenario: Rules act on requests between services, not only on pages
    Given the config "virtual-service-reviews-test-v2.yaml"
    When productpage sends "GET http://reviews:9080/reviews/0" with headers:
      | end-user | jason |
    Then the request reaches reviews:v2
    And the response body contains "black"

  Scenario: A version that no DestinationRule names cannot be routed to
    When the config "destination-rule-all.yaml" is deleted
    And productpage sends "GET http://reviews:9080/reviews/0"
    Then the response status is 503
    And reviews received 0 requests
    When someone opens "/productpage"
    Then the page says "Sorry, product reviews are currently unavailable for this book."
