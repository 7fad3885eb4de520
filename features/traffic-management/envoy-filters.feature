@echo @istio:envoy-filter @profile:ISTIO-TRAFFIC @extended
Feature: EnvoyFilters
  What istiod tells its proxies is changed in their own words, where Istio has none for it.
  https://istio.io/latest/docs/reference/config/networking/envoy-filter/

  Background:
    Given the services:
      | service | versions |
      | shop    | v1       |
      | client  | v1       |

  @istio:rate-limit
  Scenario: A bucket of tokens limits requests to a service
    https://istio.io/latest/docs/tasks/policy-enforcement/rate-limit/

    Given the config:
      """
      apiVersion: networking.istio.io/v1alpha3
      kind: EnvoyFilter
      metadata: {name: shop}
      spec:
        workloadSelector: {labels: {app: shop}}
        configPatches:
        - applyTo: HTTP_FILTER
          match: {context: SIDECAR_INBOUND, listener: {filterChain: {filter: {name: envoy.filters.network.http_connection_manager}}}}
          patch:
            operation: INSERT_BEFORE
            value:
              name: envoy.filters.http.local_ratelimit
              typed_config:
                "@type": type.googleapis.com/udpa.type.v1.TypedStruct
                type_url: type.googleapis.com/envoy.extensions.filters.http.local_ratelimit.v3.LocalRateLimit
                value:
                  stat_prefix: http_local_rate_limiter
                  token_bucket: {max_tokens: 4, tokens_per_fill: 4, fill_interval: 32s}
                  filter_enabled: {default_value: {numerator: 100, denominator: HUNDRED}}
                  filter_enforced: {default_value: {numerator: 100, denominator: HUNDRED}}
                  response_headers_to_add:
                  - append_action: OVERWRITE_IF_EXISTS_OR_ADD
                    header: {key: x-local-rate-limit, value: "true"}
      """
    When client sends "GET http://shop/" 4 times
    Then all requests reach shop
    When client sends "GET http://shop/"
    Then the response status is 429
    And the response header "x-local-rate-limit" is "true"
    And the request does not reach shop
    When 9s pass
    And client sends "GET http://shop/"
    Then the response status is 200

  Scenario: Headers and routes of one workload
    Given the config:
      """
      apiVersion: networking.istio.io/v1alpha3
      kind: EnvoyFilter
      metadata: {name: client}
      spec:
        workloadSelector: {labels: {app: client}}
        configPatches:
        - applyTo: VIRTUAL_HOST
          match: {context: SIDECAR_OUTBOUND, routeConfiguration: {vhost: {domainName: shop}}}
          patch:
            operation: MERGE
            value: {request_headers_to_add: [{header: {key: x-from, value: client}}]}
        - applyTo: HTTP_ROUTE
          match: {context: SIDECAR_OUTBOUND, routeConfiguration: {vhost: {domainName: shop}}}
          patch:
            operation: INSERT_FIRST
            value: {name: closed, match: {prefix: /closed}, direct_response: {status: 410, body: {inline_string: gone}}}
      """
    When client sends "GET http://shop/open"
    Then the request reaches shop with header "x-from" set to "client"
    When client sends "GET http://shop/closed"
    Then the response status is 410
    And the response body contains "gone"
    When shop sends "GET http://shop/closed"
    Then the response status is 200

  Scenario: Requests ask for faults, but where a route says otherwise
    Given the config:
      """
      apiVersion: networking.istio.io/v1
      kind: VirtualService
      metadata: {name: shop}
      spec:
        hosts: [shop]
        http:
        - {name: safe, match: [{uri: {prefix: /safe}}], route: [{destination: {host: shop}}]}
        - {name: other, route: [{destination: {host: shop}}]}
      ---
      apiVersion: networking.istio.io/v1alpha3
      kind: EnvoyFilter
      metadata: {name: client}
      spec:
        workloadSelector: {labels: {app: client}}
        configPatches:
        - applyTo: HTTP_FILTER
          match: {context: SIDECAR_OUTBOUND, listener: {filterChain: {filter: {name: envoy.filters.network.http_connection_manager, subFilter: {name: envoy.filters.http.router}}}}}
          patch:
            operation: INSERT_BEFORE
            value:
              name: envoy.filters.http.fault
              typed_config:
                "@type": type.googleapis.com/envoy.extensions.filters.http.fault.v3.HTTPFault
                abort: {header_abort: {}, percentage: {numerator: 100, denominator: HUNDRED}}
                delay: {header_delay: {}, percentage: {numerator: 100, denominator: HUNDRED}}
        - applyTo: HTTP_ROUTE
          match: {context: SIDECAR_OUTBOUND, routeConfiguration: {vhost: {route: {name: safe}}}}
          patch:
            operation: MERGE
            value:
              typed_per_filter_config:
                envoy.filters.http.fault: {"@type": type.googleapis.com/envoy.config.route.v3.FilterConfig, disabled: true}
      """
    When client sends "GET http://shop/" with headers:
      | x-envoy-fault-abort-request | 418 |
    Then the response status is 418
    When client sends "GET http://shop/" with headers:
      | x-envoy-fault-delay-request | 2000 |
    Then the response takes about 2s
    When client sends "GET http://shop/safe" with headers:
      | x-envoy-fault-abort-request | 418 |
    Then the request reaches shop

  Scenario: A filter writes headers of requests and answers
    Given the config:
      """
      apiVersion: networking.istio.io/v1alpha3
      kind: EnvoyFilter
      metadata: {name: shop}
      spec:
        workloadSelector: {labels: {app: client}}
        configPatches:
        - applyTo: HTTP_FILTER
          match: {context: SIDECAR_OUTBOUND, listener: {filterChain: {filter: {name: envoy.filters.network.http_connection_manager}}}}
          patch:
            operation: INSERT_FIRST
            value:
              name: envoy.filters.http.header_mutation
              typed_config:
                "@type": type.googleapis.com/envoy.extensions.filters.http.header_mutation.v3.HeaderMutation
                mutations:
                  request_mutations:
                  - append: {header: {key: x-team, value: "%REQ(x-user)%"}, append_action: OVERWRITE_IF_EXISTS_OR_ADD}
                  - remove: x-user
                  response_mutations:
                  - append: {header: {key: x-seen, value: "%RESPONSE_CODE%"}}
      """
    When client sends "GET http://shop/" with headers:
      | x-user | jason |
    Then the request reaches shop with header "x-team" set to "jason"
    And the response header "x-seen" is "200"

  Scenario: Answers tell the id of their requests
    Given the config:
      """
      apiVersion: networking.istio.io/v1alpha3
      kind: EnvoyFilter
      metadata: {name: ids}
      spec:
        workloadSelector: {labels: {app: client}}
        configPatches:
        - applyTo: NETWORK_FILTER
          match: {context: SIDECAR_OUTBOUND, listener: {filterChain: {filter: {name: envoy.filters.network.http_connection_manager}}}}
          patch:
            operation: MERGE
            value:
              typed_config:
                "@type": type.googleapis.com/envoy.extensions.filters.network.http_connection_manager.v3.HttpConnectionManager
                always_set_request_id_in_response: true
      ---
      apiVersion: networking.istio.io/v1
      kind: VirtualService
      metadata: {name: shop}
      spec:
        hosts: [shop]
        http:
        - match: [{uri: {prefix: /ours}}]
          headers: {request: {set: {x-request-id: ours}}}
          route: [{destination: {host: shop}}]
        - match: [{uri: {prefix: /none}}]
          headers: {request: {remove: [x-request-id]}}
          route: [{destination: {host: shop}}]
        - match: [{uri: {prefix: /closed}}]
          directResponse: {status: 403}
        - headers: {response: {set: {x-request-id: route}}}
          route: [{destination: {host: shop}}]
      """
    When client sends "GET http://shop/" with headers:
      | x-request-id | mine |
    Then the response header "x-request-id" is "mine"
    When client sends "GET http://shop/ours" with headers:
      | x-request-id | mine |
    Then the response header "x-request-id" is "ours"
    When client sends "GET http://shop/none" with headers:
      | x-request-id | mine |
    Then the response header "x-request-id" is absent
    When client sends "GET http://shop/closed" with headers:
      | x-request-id | mine |
    Then the response status is 403
    And the response header "x-request-id" is "mine"

  Scenario: The sidecar answers checks of health itself, and says for whom
    Given the config:
      """
      apiVersion: networking.istio.io/v1alpha3
      kind: EnvoyFilter
      metadata: {name: health}
      spec:
        workloadSelector: {labels: {app: shop}}
        configPatches:
        - applyTo: HTTP_FILTER
          match:
            context: SIDECAR_INBOUND
            listener: {filterChain: {filter: {name: envoy.filters.network.http_connection_manager, subFilter: {name: envoy.filters.http.router}}}}
          patch:
            operation: INSERT_BEFORE
            value:
              name: envoy.filters.http.health_check
              typed_config:
                "@type": type.googleapis.com/envoy.extensions.filters.http.health_check.v3.HealthCheck
                pass_through_mode: false
                headers:
                - {name: ":path", string_match: {exact: /healthz}}
      """
    When client sends "GET http://shop/healthz"
    Then the response status is 200
    And the response header "x-envoy-upstream-healthchecked-cluster" is "shop.default"
    And the request does not reach shop
    When client sends "GET http://shop/"
    Then the request reaches shop

  Scenario: Answers are compressed for who takes that
    Given the config:
      """
      apiVersion: networking.istio.io/v1alpha3
      kind: EnvoyFilter
      metadata: {name: gzip}
      spec:
        workloadSelector: {labels: {app: shop}}
        configPatches:
        - applyTo: HTTP_FILTER
          match:
            context: SIDECAR_INBOUND
            listener: {filterChain: {filter: {name: envoy.filters.network.http_connection_manager, subFilter: {name: envoy.filters.http.router}}}}
          patch:
            operation: INSERT_BEFORE
            value:
              name: envoy.filters.http.compressor
              typed_config:
                "@type": type.googleapis.com/envoy.extensions.filters.http.compressor.v3.Compressor
                response_direction_config: {common_config: {min_content_length: 30, content_type: [text/plain, application/json]}}
                compressor_library:
                  name: gzip
                  typed_config: {"@type": type.googleapis.com/envoy.extensions.compression.gzip.compressor.v3.Gzip}
      """
    When client sends "GET http://shop/" with headers:
      | accept-encoding | gzip |
    Then the response header "content-encoding" is "gzip"
    And the response body contains "shop"
    When client sends "GET http://shop/"
    Then the response header "content-encoding" is absent
    And the response body contains "shop"
