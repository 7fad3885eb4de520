@bookinfo @istio:bookinfo @profile:ISTIO-TRAFFIC
Feature: Bookinfo
  Four services, three versions of one of them, and a page that shows which of them answered.
  https://istio.io/latest/docs/examples/bookinfo/

  Background:
    Given the Bookinfo application

  Scenario: The page has its title
    When someone opens "/productpage"
    Then the response status is 200
    And the page title is "Simple Bookstore App"

  Scenario: The product page shows details and reviews
    Given the config "destination-rule-all.yaml"
    And the config "virtual-service-all-v1.yaml"
    When someone opens "/productpage"
    Then the page says "The Comedy of Errors"
    And the page says "Book Details"
    And the page says "Book Reviews"
    And the page says "An extremely entertaining play by Shakespeare."
    And the page says "Sign in"

  Scenario: Signing in shows the user's name
    When user "jason" opens "/productpage"
    Then the page says "jason"
    And the page says "Sign out"

  Scenario: All six workloads run, each with a sidecar
    Then the pods are:
      | name           | ready |
      | productpage-v1 | 2/2   |
      | details-v1     | 2/2   |
      | reviews-v1     | 2/2   |
      | reviews-v2     | 2/2   |
      | reviews-v3     | 2/2   |
      | ratings-v1     | 2/2   |

  Scenario: A page asks all four services
    Given the config "destination-rule-all.yaml"
    And the config "virtual-service-reviews-v3.yaml"
    When someone opens "/productpage"
    Then the request takes the path "productpage -> details"
    And the request takes the path "productpage -> reviews:v3 -> ratings"

  Scenario: reviews v1 never asks for ratings
    Given the config "destination-rule-all.yaml"
    And the config "virtual-service-all-v1.yaml"
    When someone opens "/productpage"
    Then the request reaches reviews:v1
    And the request does not reach ratings

  Scenario: Without a rule all versions of reviews answer
    When productpage sends "GET http://reviews:9080/reviews/0" 1500 times
    Then about 33% of the requests reach reviews:v1
    And about 33% of the requests reach reviews:v2
    And about 33% of the requests reach reviews:v3

  Scenario Outline: The API answers at <path>
    When a client sends "GET <path>"
    Then the response status is 200
    And the response header "content-type" is "application/json"
    And the response body contains "<text>"

    Examples:
      | path                       | text                 |
      | /api/v1/products           | The Comedy of Errors |
      | /api/v1/products/0         | William Shakespeare  |
      | /api/v1/products/0/reviews | Reviewer1            |
      | /api/v1/products/0/ratings | Reviewer2            |

  Scenario: Paths that the gateway does not name lead nowhere
    When a client sends "GET /reviews/0"
    Then the response status is 404
    And the request does not reach productpage

  Scenario: The session is what carries the user to the services
    Given the config "destination-rule-all.yaml"
    And the config "virtual-service-all-v1.yaml"
    When user "jason" opens "/productpage"
    Then the request reaches reviews:v1 with header "end-user" set to "jason"

  Scenario: A header that the browser sends makes nobody a user
    When a client sends "GET /productpage" with headers:
      | end-user | jason |
    Then the request reaches reviews without header "end-user"
