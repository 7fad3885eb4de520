@echo @istio:lua-scripts @profile:ISTIO-TRAFFIC
Feature: Scripts in Lua
  A script that a TrafficExtension, or an EnvoyFilter, gives to proxies looks at requests and answers, and changes them.
  https://istio.io/latest/docs/tasks/extensibility/lua-scripts/

  Background:
    Given the services:
      | service | versions |
      | client  | v1       |
      | shop    | v1, v2   |
      | keeper  | v1       |

  Rule: Whether a number is even, the proxy knows
    Background:
      Given the config:
        """
        apiVersion: extensions.istio.io/v1alpha1
        kind: TrafficExtension
        metadata: {name: parity}
        spec:
          selector: {matchLabels: {app: shop}}
          match: [{mode: SERVER}]
          lua:
            inlineCode: |
              function envoy_on_request(handle)
                local number = tonumber(handle:headers():get("x-number"))
                if number == nil then return end
                local parity = number % 2 == 0 and "even" or "odd"
                handle:streamInfo():dynamicMetadata():set("parity", "parity", parity)
              end
              function envoy_on_response(handle)
                local known = handle:streamInfo():dynamicMetadata():get("parity")
                if known ~= nil then handle:headers():add("x-parity", known["parity"]) end
              end
        """

    Scenario Outline: <number> is <parity>
      When client sends "GET http://shop/" with headers:
        | x-number | <number> |
      Then the response status is 200
      And the response header "x-parity" is "<parity>"

      Examples:
        | number | parity |
        | 42     | even   |
        | 7      | odd    |

    Scenario: Of a request without a number it says nothing
      When client sends "GET http://shop/"
      Then the response header "x-parity" is absent

  Rule: A script decides where a request goes
    Background:
      Given the config:
        """
        apiVersion: networking.istio.io/v1
        kind: DestinationRule
        metadata: {name: shop}
        spec:
          host: shop
          subsets:
          - {name: v1, labels: {version: v1}}
          - {name: v2, labels: {version: v2}}
        ---
        apiVersion: networking.istio.io/v1
        kind: VirtualService
        metadata: {name: shop}
        spec:
          hosts: [shop]
          http:
          - match: [{headers: {x-group: {exact: testers}}}]
            route: [{destination: {host: shop, subset: v2}}]
          - route: [{destination: {host: shop, subset: v1}}]
        ---
        apiVersion: extensions.istio.io/v1alpha1
        kind: TrafficExtension
        metadata: {name: groups}
        spec:
          selector: {matchLabels: {app: client}}
          match: [{mode: CLIENT, ports: [{number: 80}]}]
          lua:
            inlineCode: |
              local testers = {jason = true, nora = true}
              function envoy_on_request(handle)
                if testers[handle:headers():get("end-user")] then handle:headers():replace("x-group", "testers") end
              end
        """

    Scenario Outline: <user> gets shop <version>
      When client sends "GET http://shop/" with headers:
        | end-user | <user> |
      Then the request reaches shop:<version>

      Examples:
        | user  | version |
        | jason | v2      |
        | nora  | v2      |
        | peter | v1      |

  Rule: Scripts have their places among a proxy's filters
    Background:
      Given the config:
        """
        apiVersion: security.istio.io/v1
        kind: AuthorizationPolicy
        metadata: {name: shop}
        spec:
          selector: {matchLabels: {app: shop}}
          rules: [{when: [{key: "request.headers[x-badge]", values: [gold]}]}]
        """

    Scenario Outline: In phase <phase> the status is <status>
      Given the config:
        """
        apiVersion: extensions.istio.io/v1alpha1
        kind: TrafficExtension
        metadata: {name: badge}
        spec:
          selector: {matchLabels: {app: shop}}
          match: [{mode: SERVER}]
          phase: <phase>
          lua:
            inlineCode: |
              function envoy_on_request(handle) handle:headers():replace("x-badge", "gold") end
        """
      When client sends "GET http://shop/"
      Then the response status is <status>

      Examples:
        | phase | status |
        | AUTHN | 200    |
        | AUTHZ | 200    |
        | STATS | 403    |

    Scenario: The one of the larger priority goes first
      Given the config:
        """
        apiVersion: extensions.istio.io/v1alpha1
        kind: TrafficExtension
        metadata: {name: asks}
        spec:
          priority: 1
          selector: {matchLabels: {app: client}}
          match: [{mode: CLIENT}]
          lua:
            inlineCode: |
              function envoy_on_request(handle)
                if handle:headers():get(":authority") == "shop" and handle:headers():get("x-mark") == "made" then handle:respond({[":status"] = "418"}, "found it") end
              end
        ---
        apiVersion: extensions.istio.io/v1alpha1
        kind: TrafficExtension
        metadata: {name: marks}
        spec:
          priority: 2
          selector: {matchLabels: {app: client}}
          match: [{mode: CLIENT}]
          lua:
            inlineCode: |
              function envoy_on_request(handle) handle:headers():add("x-mark", "made") end
        """
      When client sends "GET http://shop/"
      Then the response status is 418

  Rule: A script asks a service, and answers in its stead
    Background:
      Given the config:
        """
        apiVersion: networking.istio.io/v1alpha3
        kind: EnvoyFilter
        metadata: {name: keeper}
        spec:
          workloadSelector: {labels: {app: client}}
          configPatches:
          - applyTo: HTTP_FILTER
            match:
              context: SIDECAR_OUTBOUND
              listener: {filterChain: {filter: {name: envoy.filters.network.http_connection_manager, subFilter: {name: envoy.filters.http.router}}}}
            patch:
              operation: INSERT_BEFORE
              value:
                name: envoy.filters.http.lua
                typed_config:
                  "@type": type.googleapis.com/envoy.extensions.filters.http.lua.v3.Lua
                  default_source_code:
                    inline_string: |
                      function envoy_on_request(handle)
                        if handle:headers():get(":authority") ~= "shop" then return end
                        local answer = handle:httpCall("outbound|80||keeper.default.svc.cluster.local",
                          {[":method"] = "GET", [":path"] = "/may", [":authority"] = "keeper"}, nil, 1000)
                        if answer[":status"] ~= "200" then
                          handle:respond({[":status"] = "403", ["x-keeper"] = answer[":status"]}, "the keeper says no")
                        end
                        handle:headers():add("x-let-in", "yes")
                      end
        """

    Scenario: The service lets it in
      When client sends "GET http://shop/"
      Then the request reaches shop with header "x-let-in" set to "yes"

    Scenario: The service does not
      Given endpoint 1 of keeper answers 500
      When client sends "GET http://shop/"
      Then the response status is 403
      And the response header "x-keeper" is "500"
      And shop received 0 requests

    Scenario: An error ends a script, and the request goes on
      Given the config:
        """
        apiVersion: extensions.istio.io/v1alpha1
        kind: TrafficExtension
        metadata: {name: broken}
        spec:
          selector: {matchLabels: {app: client}}
          match: [{mode: CLIENT}]
          lua:
            inlineCode: |
              function envoy_on_request(handle)
                handle:headers():add("x-first", "1")
                local nothing = nil
                nothing.x = 1
                handle:headers():add("x-second", "1")
              end
        """
      When client sends "GET http://shop/"
      Then the request reaches shop with header "x-first" set to "1"
      And the request reaches shop without header "x-second"
