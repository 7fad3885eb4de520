@profile:ISTIO-OBSERVABILITY
Feature: What a mesh tells of its traffic
  Every sidecar counts the requests that it sees, and tells of each what a trace is made of.
  https://istio.io/latest/docs/tasks/observability/

  Background:
    Given the Bookinfo application
    And the config "destination-rule-all.yaml"
    And the config "virtual-service-all-v1.yaml"

  @istio:metrics
  Scenario: Requests are counted by where they went and how they were answered
    When productpage sends "GET http://reviews:9080/reviews/0" 10 times
    Then the metric istio_requests_total is 10 for:
      | reporter             | destination |
      | destination_workload | reviews-v1  |
      | response_code        | 200         |

  @istio:metrics
  Scenario: A version that got nothing has no series
    When productpage sends "GET http://reviews:9080/reviews/0"
    Then the query "istio_requests_total{destination_workload='reviews-v3'}" gives no data

  @istio:distributed-tracing
  Scenario: A trace shows the way of a request
    When someone opens "/productpage"
    Then a trace shows:
      | productpage | reviews |

  @istio:service-graph @extended
  Scenario: The graph of services has the version that answered
    When someone opens "/productpage"
    Then the service graph has the edge "productpage -> reviews:v1"
