@istio:authz-custom @profile:ISTIO-SECURITY
Feature: External authorization
  What a CUSTOM policy fits, a service of the mesh decides, before tokens and other policies are looked at.
  https://istio.io/latest/docs/tasks/security/authorization/authz-custom/

  Rule: Istio's sample of an authorizer
    Background:
      Given the services:
        | service | namespace |
        | httpbin | foo       |
        | curl    | foo       |
      And the mesh config:
        """
        extensionProviders:
        - name: sample-ext-authz-http
          envoyExtAuthzHttp:
            service: ext-authz.foo.svc.cluster.local
            port: 8000
            includeRequestHeadersInCheck: [x-ext-authz]
        - name: sample-ext-authz-grpc
          envoyExtAuthzGrpc:
            service: ext-authz.foo.svc.cluster.local
            port: 9000
        """
      And the config "ext-authz.yaml"

    Scenario Outline: The authorizer decides about what the policy fits, asked over <protocol>
      Given the config:
        """
        apiVersion: security.istio.io/v1
        kind: AuthorizationPolicy
        metadata: {name: ext-authz, namespace: foo}
        spec:
          selector: {matchLabels: {app: httpbin}}
          action: CUSTOM
          provider: {name: sample-ext-authz-<protocol>}
          rules: [{to: [{operation: {paths: ["/headers"]}}]}]
        """
      When curl.foo sends "GET http://httpbin.foo/headers" with headers:
        | x-ext-authz | deny |
      Then the response status is 403
      And the response body contains "denied by ext_authz for not found header `x-ext-authz: allow` in the request"
      And the response header "x-ext-authz-check-result" is "denied"
      And the request does not reach httpbin.foo
      When curl.foo sends "GET http://httpbin.foo/headers" with headers:
        | x-ext-authz | allow |
      Then the response status is 200
      And the request reaches httpbin.foo with header "x-ext-authz" set to "allow"
      When curl.foo sends "GET http://httpbin.foo/ip" with headers:
        | x-ext-authz | deny |
      Then the request reaches httpbin.foo

      Examples:
        | protocol |
        | http     |
        | grpc     |

    Scenario: Over gRPC the authorizer says itself which headers go on
      Given the config:
        """
        apiVersion: security.istio.io/v1
        kind: AuthorizationPolicy
        metadata: {name: ext-authz, namespace: foo}
        spec:
          selector: {matchLabels: {app: httpbin}}
          action: CUSTOM
          provider: {name: sample-ext-authz-grpc}
          rules: [{}]
        """
      When curl.foo sends "GET http://httpbin.foo/headers" with headers:
        | x-ext-authz | allow |
      Then the request reaches httpbin.foo with header "x-ext-authz-check-result" set to "allowed"
      And the request reaches httpbin.foo with header "x-ext-authz-check-received" set to "GET httpbin.foo/headers"

  Rule: An authorizer of one's own
    Background:
      Given the services:
        | service |
        | shop    |
        | client  |
        | guard   |
      And the config:
        """
        apiVersion: security.istio.io/v1
        kind: AuthorizationPolicy
        metadata: {name: guarded}
        spec:
          selector: {matchLabels: {app: shop}}
          action: CUSTOM
          provider: {name: guard}
          rules: [{}]
        """

    Scenario: The service decides by its status
      Given the mesh config:
        """
        extensionProviders:
        - name: guard
          envoyExtAuthzHttp: {service: guard.default.svc.cluster.local, port: 80}
        """
      And guard answers 401 to the first 1 request
      When client sends "GET http://shop/items"
      Then the response status is 401
      And the request does not reach shop
      When client sends "GET http://shop/items"
      Then the response status is 200
      And the request reaches shop

    Scenario: One that fails keeps out
      Given the mesh config:
        """
        extensionProviders:
        - name: guard
          envoyExtAuthzHttp: {service: guard.default.svc.cluster.local, port: 80, statusOnError: "503"}
        """
      And guard answers 500
      When client sends "GET http://shop/items"
      Then the response status is 503
      And the request does not reach shop

    Scenario: A call of gRPC that fails lets nobody in
      Given the services:
        | service | protocol |
        | warden  | grpc     |
      And the mesh config:
        """
        extensionProviders:
        - name: guard
          envoyExtAuthzGrpc: {service: warden.default.svc.cluster.local, port: 80, statusOnError: "503"}
        """
      When client sends "GET http://shop/items"
      Then the request reaches shop
      Given warden answers the gRPC status UNAVAILABLE
      When client sends "GET http://shop/items"
      Then the response status is 503
      And the request does not reach shop

    Scenario: Connections of bytes are asked about over gRPC
      Given the services:
        | service | protocol | port |
        | warden  | grpc     | 80   |
        | ledger  | tcp      | 9000 |
      And the mesh config:
        """
        extensionProviders:
        - name: guard
          envoyExtAuthzGrpc: {service: warden.default.svc.cluster.local, port: 80}
        """
      And the config:
        """
        apiVersion: security.istio.io/v1
        kind: AuthorizationPolicy
        metadata: {name: guarded-bytes}
        spec:
          selector: {matchLabels: {app: ledger}}
          action: CUSTOM
          provider: {name: guard}
          rules: [{}]
        """
      When client sends "hello" over TCP to "ledger:9000"
      Then the request reaches ledger
      Given warden answers the gRPC status UNAVAILABLE
      When client sends "hello" over TCP to "ledger:9000"
      Then the request gets no answer
      And the request does not reach ledger

    Scenario: One that fails open keeps nobody out
      Given the mesh config:
        """
        extensionProviders:
        - name: guard
          envoyExtAuthzHttp: {service: guard.default.svc.cluster.local, port: 80, failOpen: true}
        """
      And guard has no healthy endpoints
      When client sends "GET http://shop/items"
      Then the request reaches shop

    Scenario: Who takes too long is not waited for
      Given the mesh config:
        """
        extensionProviders:
        - name: guard
          envoyExtAuthzHttp: {service: guard.default.svc.cluster.local, port: 80, timeout: 1s}
        """
      And guard takes 3s to answer
      When client sends "GET http://shop/items"
      Then the response status is 403
      And the response takes about 1s

    Scenario Outline: At a gateway, asked by <kind>
      Given the mesh config:
        """
        extensionProviders:
        - name: guard
          <kind>: {service: guard.default.svc.cluster.local, port: 80}
        """
      And the config:
        """
        apiVersion: networking.istio.io/v1
        kind: Gateway
        metadata: {name: edge}
        spec:
          selector: {istio: ingressgateway}
          servers: [{port: {number: 80, name: http, protocol: HTTP}, hosts: ["*"]}]
        ---
        apiVersion: networking.istio.io/v1
        kind: VirtualService
        metadata: {name: edge}
        spec: {hosts: ["*"], gateways: [edge], http: [{route: [{destination: {host: client}}]}]}
        ---
        apiVersion: security.istio.io/v1
        kind: AuthorizationPolicy
        metadata: {name: guarded-edge, namespace: istio-system}
        spec:
          selector: {matchLabels: {istio: ingressgateway}}
          action: CUSTOM
          provider: {name: guard}
          rules: [{to: [{operation: {paths: ["/admin*"]}}]}]
        """
      And guard answers 403
      When a client sends "GET /admin"
      Then the response status is 403
      And the request does not reach client
      And guard received 1 request
      When a client sends "GET /"
      Then the request reaches client

      Examples:
        | kind              |
        | envoyExtAuthzHttp |
        | envoyExtAuthzGrpc |

    Scenario: A provider that the mesh does not have lets nobody in
      When client sends "GET http://shop/items"
      Then the response status is 403
      And the response body contains "RBAC: access denied"
