@profile:ISTIO-OBSERVABILITY @istio:metrics
Feature: Metrics of requests
  What a mesh counts can be asked as Prometheus is asked: by who sent, who answered, and how.
  https://istio.io/latest/docs/tasks/observability/metrics/querying-metrics/

  Background:
    Given the Bookinfo application
    And the config "destination-rule-all.yaml"

  Scenario: Each version is counted on its own
    Given the config "virtual-service-reviews-v3.yaml"
    When productpage sends "GET http://reviews:9080/reviews/0" 20 times
    Then the metric istio_requests_total is 20 for:
      | destination_service | reviews.default.svc.cluster.local |
      | destination_version | v3                                |
      | source_app          | productpage                       |
    And the query "istio_requests_total{destination_app='reviews', destination_version='v1'}" gives no data

  Scenario: Both ends of a request count it
    Given the config "virtual-service-all-v1.yaml"
    When productpage sends "GET http://reviews:9080/reviews/0" 5 times
    Then the query "count(count by (reporter) (istio_requests_total{destination_workload='reviews-v1'}))" gives exactly 2
    And the query "sum by (connection_security_policy) (istio_requests_total{reporter='destination'})" gives exactly 5

  Scenario: A fault counts as an error of the client's side alone
    Given the config "virtual-service-ratings-test-abort.yaml"
    When productpage sends "GET http://ratings:9080/ratings/0" 4 times with headers:
      | end-user | jason |
    Then the metric istio_requests_total is 4 for:
      | response_code        | 500     |
      | response_flags       | FI      |
      | destination_workload | unknown |
    And the query "istio_requests_total{reporter='destination'}" gives no data

  Scenario: The rate of errors
    Given the config "virtual-service-all-v1.yaml"
    And ratings answers 503
    When productpage sends "GET http://ratings:9080/ratings/0" 10 times
    Then the query "sum(rate(istio_requests_total{reporter='source', response_code=~'5..'}[1m])) / sum(rate(istio_requests_total{reporter='source'}[1m]))" gives exactly 1

  Scenario: How long requests took
    Given the config "virtual-service-ratings-test-delay.yaml"
    When productpage sends "GET http://ratings:9080/ratings/0" with headers:
      | end-user | jason |
    Then the query "sum(istio_request_duration_milliseconds_sum{reporter='source'})" gives between 6500 and 7500
    And the query "histogram_quantile(0.5, sum by (le) (rate(istio_request_duration_milliseconds_bucket{reporter='source'}[1m])))" gives between 5000 and 10000

  Scenario: What leaves for no service that is known
    When productpage sends "GET http://unknown.example.com/"
    Then the metric istio_requests_total is 1 for:
      | destination_service_name | PassthroughCluster |
