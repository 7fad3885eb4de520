@profile:ISTIO-OBSERVABILITY @istio:telemetry-api
Feature: What is told of traffic
  Telemetries of the mesh, of a namespace and of a workload say what their proxies count, under which labels, and whether they report spans; the more special one prevails.
  https://istio.io/latest/docs/tasks/observability/metrics/telemetry-api/
  https://istio.io/latest/docs/tasks/observability/metrics/customize-metrics/

  Background:
    Given the services:
      | service | versions | namespace |
      | client  | v1       |           |
      | shop    | v1, v2   |           |
      | legacy  |          | old       |

  Scenario: Metrics have labels of one's own, and go without others
    Given the config:
      """
      apiVersion: telemetry.istio.io/v1
      kind: Telemetry
      metadata: {name: tags, namespace: istio-system}
      spec:
        metrics:
        - providers: [{name: prometheus}]
          overrides:
          - match: {metric: REQUEST_COUNT}
            tagOverrides:
              request_host: {value: request.host}
              tenant: {value: "'x-tenant' in request.headers ? request.headers['x-tenant'] : 'nobody'"}
              response_flags: {operation: REMOVE}
          - match: {metric: REQUEST_COUNT, mode: CLIENT}
            tagOverrides:
              destination_port: {value: string(destination.port)}
              to: {value: "filter_state.upstream_peer.labels['version']"}
      """
    When client sends "GET http://shop/" with headers:
      | x-tenant | acme |
    Then the metric istio_requests_total is 1 for:
      | reporter         | source |
      | request_host     | shop   |
      | destination_port | 80     |
      | tenant           | acme   |
    And the metric istio_requests_total is 1 for:
      | reporter     | destination |
      | request_host | shop        |
      | tenant       | acme        |
    And the query "count(istio_requests_total{to=~'v1|v2'})" gives exactly 1
    And the query "count(istio_requests_total{response_flags='-'})" gives no data
    And the query "count(istio_request_duration_milliseconds_count{response_flags='-'})" gives exactly 2
    When client sends "GET http://shop/"
    Then the metric istio_requests_total is 1 for:
      | reporter | source |
      | tenant   | nobody |

  Scenario Outline: Counting ends where a Telemetry says so: <match>
    Given the config:
      """
      apiVersion: telemetry.istio.io/v1
      kind: Telemetry
      metadata: {name: nothing}
      spec:
        metrics:
        - overrides:
          - match: <match>
            disabled: true
      """
    When client sends "GET http://shop/"
    Then the query "count(istio_requests_total{reporter='source'})" gives <sources>
    And the query "count(istio_requests_total{reporter='destination'})" gives <destinations>
    And the query "count(istio_request_duration_milliseconds_count)" gives <durations>

    Examples:
      | match                         | sources   | destinations | durations |
      | {metric: ALL_METRICS}         | no data   | no data      | no data   |
      | {mode: CLIENT}                | no data   | exactly 1    | exactly 1 |
      | {mode: SERVER}                | exactly 1 | no data      | exactly 1 |
      | {metric: REQUEST_COUNT}       | no data   | no data      | exactly 2 |
      | {metric: TCP_SENT_BYTES}      | exactly 1 | exactly 1    | exactly 2 |

  Scenario: A namespace takes back what the mesh says, and a workload what the namespace says
    Given the config:
      """
      apiVersion: telemetry.istio.io/v1
      kind: Telemetry
      metadata: {name: nothing, namespace: istio-system}
      spec:
        metrics: [{providers: [{name: prometheus}], overrides: [{disabled: true}]}]
      ---
      apiVersion: telemetry.istio.io/v1
      kind: Telemetry
      metadata: {name: counts, namespace: old}
      spec:
        metrics: [{overrides: [{match: {metric: REQUEST_COUNT}, disabled: false}]}]
      ---
      apiVersion: telemetry.istio.io/v1
      kind: Telemetry
      metadata: {name: shop, namespace: default}
      spec:
        selector: {matchLabels: {app: shop}}
        metrics: [{overrides: [{match: {metric: REQUEST_COUNT}, disabled: false}]}]
      """
    When client sends "GET http://legacy.old/"
    Then the query "count(istio_requests_total)" gives exactly 1
    And the metric istio_requests_total is 1 for:
      | reporter             | destination |
      | destination_workload | legacy      |
    When client sends "GET http://shop/"
    Then the query "count(istio_requests_total{reporter='destination', destination_service_name='shop'})" gives exactly 1
    And the query "count(istio_requests_total{reporter='source'})" gives no data

  Scenario: Providers that are none of Prometheus count nothing for it
    Given the mesh config:
      """
      extensionProviders:
      - name: logs
        opencensus: {service: collector.example.com, port: 4317}
      """
    And the config:
      """
      apiVersion: telemetry.istio.io/v1
      kind: Telemetry
      metadata: {name: elsewhere, namespace: istio-system}
      spec:
        metrics: [{providers: [{name: logs}]}]
      """
    When client sends "GET http://shop/"
    Then the query "count(istio_requests_total)" gives no data

  Scenario: A workload whose spans are not reported is in no trace
    Given the Bookinfo application
    And the config:
      """
      apiVersion: telemetry.istio.io/v1
      kind: Telemetry
      metadata: {name: quiet}
      spec:
        selector: {matchLabels: {app: details}}
        tracing: [{disableSpanReporting: true}]
      ---
      apiVersion: telemetry.istio.io/v1
      kind: Telemetry
      metadata: {name: productpage}
      spec:
        selector: {matchLabels: {app: productpage}}
        tracing: [{match: {mode: CLIENT}, disableSpanReporting: true}]
      """
    When someone opens "/productpage"
    Then a trace shows:
      | productpage | reviews |
    And the request reaches details
