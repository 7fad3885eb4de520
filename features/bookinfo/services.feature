@bookinfo @istio:bookinfo @profile:ISTIO-TRAFFIC
Feature: Bookinfo's services, asked one by one from inside the mesh

  Background:
    Given the Bookinfo application

  Scenario Outline: <service> answers <path>
    When productpage sends "GET http://<service>:9080<path>"
    Then the response status is 200
    And the response body contains "<text>"
    And the request reaches <service>

    Examples:
      | service | path       | text                 |
      | details | /details/0 | William Shakespeare  |
      | details | /health    | Details is healthy   |
      | reviews | /reviews/0 | Reviewer2            |
      | reviews | /health    | Reviews is healthy   |
      | ratings | /ratings/0 | Reviewer1            |
      | ratings | /health    | Ratings is healthy   |

  Scenario Outline: <service> refuses a product that is no number
    When productpage sends "GET http://<service>:9080<path>"
    Then the response status is 400
    And the response body contains "please provide numeric product"

    Examples:
      | service | path         |
      | details | /details/abc |
      | ratings | /ratings/abc |

  Scenario: Nobody listens on another port of a service
    When productpage sends "GET http://ratings:1234/ratings/0"
    Then the request gets no answer

  Scenario: A service by its full name
    When productpage sends "GET http://ratings.default.svc.cluster.local:9080/ratings/0"
    Then the request reaches ratings:v1
