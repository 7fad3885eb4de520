@istio:authorization @profile:ISTIO-SECURITY
Feature: Authorization
  What nobody allows is refused where it arrives, by who calls and by what is called.
  https://istio.io/latest/docs/tasks/security/authorization/authz-http/
  https://istio.io/latest/docs/tasks/security/authorization/authz-tcp/
  https://istio.io/latest/docs/tasks/security/authorization/authz-deny/
  https://istio.io/latest/docs/tasks/security/authorization/authz-ingress/

  Rule: Access to Bookinfo is opened step by step
    Background:
      Given the Bookinfo application
      And the config "destination-rule-all.yaml"
      And the config "virtual-service-reviews-v3.yaml"
      And the config:
        """
        apiVersion: security.istio.io/v1
        kind: AuthorizationPolicy
        metadata: {name: allow-nothing}
        spec: {}
        """

    Scenario: Nothing is allowed
      When someone opens "/productpage"
      Then the response status is 403
      And the response body contains "RBAC: access denied"

    Scenario: The page may be read, and nothing behind it
      Given the config:
        """
        apiVersion: security.istio.io/v1
        kind: AuthorizationPolicy
        metadata: {name: productpage-viewer}
        spec:
          selector: {matchLabels: {app: productpage}}
          action: ALLOW
          rules: [{to: [{operation: {methods: [GET]}}]}]
        """
      When someone opens "/productpage"
      Then the page says "Error fetching product details!"
      And the page says "Error fetching product reviews!"
      And the request does not reach details

    Scenario: Each service lets in who needs it
      Given the config:
        """
        apiVersion: security.istio.io/v1
        kind: AuthorizationPolicy
        metadata: {name: productpage-viewer}
        spec:
          selector: {matchLabels: {app: productpage}}
          action: ALLOW
          rules: [{to: [{operation: {methods: [GET]}}]}]
        ---
        apiVersion: security.istio.io/v1
        kind: AuthorizationPolicy
        metadata: {name: details-viewer}
        spec:
          selector: {matchLabels: {app: details}}
          action: ALLOW
          rules:
          - from: [{source: {principals: ["cluster.local/ns/default/sa/bookinfo-productpage"]}}]
            to: [{operation: {methods: [GET]}}]
        ---
        apiVersion: security.istio.io/v1
        kind: AuthorizationPolicy
        metadata: {name: reviews-viewer}
        spec:
          selector: {matchLabels: {app: reviews}}
          action: ALLOW
          rules:
          - from: [{source: {principals: ["cluster.local/ns/default/sa/bookinfo-productpage"]}}]
            to: [{operation: {methods: [GET]}}]
        """
      When someone opens "/productpage"
      Then the page says "Book Details"
      And the page says "Ratings service is currently unavailable"
      And the request reaches reviews:v3
      And the request does not reach ratings
      When the config is applied:
        """
        apiVersion: security.istio.io/v1
        kind: AuthorizationPolicy
        metadata: {name: ratings-viewer}
        spec:
          selector: {matchLabels: {app: ratings}}
          action: ALLOW
          rules:
          - from: [{source: {principals: ["cluster.local/ns/default/sa/bookinfo-reviews"]}}]
            to: [{operation: {methods: [GET]}}]
        """
      And someone opens "/productpage"
      Then the page shows red stars
      And the request takes the path "productpage -> reviews:v3 -> ratings"

  Rule: Rules ask for anything that is known of a request
    Background:
      Given the services:
        | service | namespace |
        | client  | default   |
        | shop    | default   |
        | other   | legacy    |
      And namespace "legacy" has no sidecars

    Scenario Outline: Operations: <method> <path> is answered <status>
      Given the config:
        """
        apiVersion: security.istio.io/v1
        kind: AuthorizationPolicy
        metadata: {name: shop}
        spec:
          selector: {matchLabels: {app: shop}}
          rules:
          - to:
            - operation: {methods: [GET, HEAD], paths: ["/items", "/items/*", "*.html"]}
            - operation: {methods: [POST], paths: ["/carts/{*}/items"]}
          - to: [{operation: {paths: ["/files/{**}"], notPaths: ["/files/secret*"]}}]
        """
      When client sends "<method> http://shop<path>"
      Then the response status is <status>

      Examples:
        | method | path               | status |
        | GET    | /items             | 200    |
        | GET    | /items?sort=name   | 200    |
        | GET    | /items/1/2         | 200    |
        | GET    | /Items             | 403    |
        | GET    | /a/../items        | 200    |
        | GET    | //items            | 403    |
        | GET    | /about.html        | 200    |
        | POST   | /items             | 403    |
        | POST   | /carts/7/items     | 200    |
        | POST   | /carts/7/8/items   | 403    |
        | PUT    | /files/a/b         | 200    |
        | PUT    | /files/secret/b    | 403    |

    Scenario: What is denied is not allowed by others
      Given the config:
        """
        apiVersion: security.istio.io/v1
        kind: AuthorizationPolicy
        metadata: {name: everybody}
        spec: {selector: {matchLabels: {app: shop}}, rules: [{}]}
        ---
        apiVersion: security.istio.io/v1
        kind: AuthorizationPolicy
        metadata: {name: no-admin}
        spec:
          selector: {matchLabels: {app: shop}}
          action: DENY
          rules:
          - to: [{operation: {paths: ["/admin*"]}}]
            when: [{key: "request.headers[x-role]", notValues: [admin]}]
          - from: [{source: {notNamespaces: [default]}}]
        """
      When client sends "GET http://shop/"
      Then the request reaches shop
      When client sends "GET http://shop/admin"
      Then the response status is 403
      When client sends "GET http://shop/admin" with headers:
        | x-role | admin |
      Then the request reaches shop
      # Without mutual TLS nobody knows its namespace.
      When other.legacy sends "GET http://shop.default/"
      Then the response status is 403

    Scenario: A dry run and an audit refuse nothing
      Given the config:
        """
        apiVersion: security.istio.io/v1
        kind: AuthorizationPolicy
        metadata: {name: dry, annotations: {istio.io/dry-run: "true"}}
        spec: {selector: {matchLabels: {app: shop}}, action: DENY, rules: [{}]}
        ---
        apiVersion: security.istio.io/v1
        kind: AuthorizationPolicy
        metadata: {name: audit}
        spec: {selector: {matchLabels: {app: shop}}, action: AUDIT, rules: [{}]}
        """
      When client sends "GET http://shop/"
      Then the request reaches shop

    Scenario: A policy of the root namespace is everybody's
      Given the config:
        """
        apiVersion: security.istio.io/v1
        kind: AuthorizationPolicy
        metadata: {name: no-delete, namespace: istio-system}
        spec: {action: DENY, rules: [{to: [{operation: {methods: [DELETE]}}]}]}
        """
      When client sends "DELETE http://shop/items/1"
      Then the response status is 403
      And the request does not reach shop
      When client sends "GET http://shop/items/1"
      Then the request reaches shop

  Rule: Connections of which no HTTP is read
    Background:
      Given the services:
        | service  | protocol | port |
        | client   | http     | 80   |
        | tcp-echo | tcp      | 9000 |
        | second   | tcp      | 9001 |

    Scenario: By their ports
      Given the config:
        """
        apiVersion: security.istio.io/v1
        kind: AuthorizationPolicy
        metadata: {name: tcp-policy}
        spec:
          action: ALLOW
          rules: [{to: [{operation: {ports: ["9000"]}}]}]
        """
      When client sends "hello" over TCP to "tcp-echo:9000"
      Then the request reaches tcp-echo
      When client sends "hello" over TCP to "second:9001"
      Then the request gets no answer
      And the request does not reach second

    Scenario: What only requests have is void where it allows, and left out where it denies
      Given the config:
        """
        apiVersion: security.istio.io/v1
        kind: AuthorizationPolicy
        metadata: {name: allow}
        spec: {selector: {matchLabels: {app: tcp-echo}}, rules: [{to: [{operation: {methods: [GET]}}]}]}
        ---
        apiVersion: security.istio.io/v1
        kind: AuthorizationPolicy
        metadata: {name: deny}
        spec: {selector: {matchLabels: {app: second}}, action: DENY, rules: [{to: [{operation: {methods: [GET]}}]}]}
        """
      When client sends "hello" over TCP to "tcp-echo:9000"
      Then the request gets no answer
      When client sends "hello" over TCP to "second:9001"
      Then the request gets no answer

  Rule: At a gateway
    Background:
      Given the services:
        | service |
        | shop    |

    Scenario: By the address of the client
      Given the config:
        """
        apiVersion: networking.istio.io/v1
        kind: Gateway
        metadata: {name: shop}
        spec: {selector: {istio: ingressgateway}, servers: [{port: {number: 80, name: http, protocol: HTTP}, hosts: ["*"]}]}
        ---
        apiVersion: networking.istio.io/v1
        kind: VirtualService
        metadata: {name: shop}
        spec: {hosts: ["*"], gateways: [shop], http: [{route: [{destination: {host: shop}}]}]}
        ---
        apiVersion: security.istio.io/v1
        kind: AuthorizationPolicy
        metadata: {name: ingress, namespace: istio-system}
        spec:
          selector: {matchLabels: {istio: ingressgateway}}
          action: DENY
          rules:
          - from: [{source: {ipBlocks: ["192.0.2.0/24"]}}]
            to: [{operation: {paths: ["/never"]}}]
          - from: [{source: {notRemoteIpBlocks: ["192.0.2.0/24"]}}]
            to: [{operation: {paths: ["/admin"]}}]
        """
      When a client sends "GET /"
      Then the request reaches shop
      When a client sends "GET /never"
      Then the request reaches shop
      When a client sends "GET /admin"
      Then the response status is 403
      And the request does not reach shop

    Scenario: Of the Gateway API, which the policy names
      Given the config:
        """
        apiVersion: gateway.networking.k8s.io/v1
        kind: Gateway
        metadata: {name: shop}
        spec:
          gatewayClassName: istio
          listeners: [{name: http, port: 80, protocol: HTTP}]
        ---
        apiVersion: gateway.networking.k8s.io/v1
        kind: HTTPRoute
        metadata: {name: shop}
        spec:
          parentRefs: [{name: shop}]
          rules: [{backendRefs: [{name: shop, port: 80}]}]
        ---
        apiVersion: security.istio.io/v1
        kind: AuthorizationPolicy
        metadata: {name: shop}
        spec:
          targetRefs: [{group: gateway.networking.k8s.io, kind: Gateway, name: shop}]
          rules: [{to: [{operation: {hosts: ["shop.example.com"], methods: [GET]}}]}]
        """
      When a client sends "GET http://shop.example.com/"
      Then the request reaches shop
      When a client sends "GET http://SHOP.example.com/"
      Then the request reaches shop
      When a client sends "GET http://other.example.com/"
      Then the response status is 403

  Rule: Services are told apart by their accounts
    Background:
      Given the services:
        | service | service account |
        | shop    |                 |
        | cart    |                 |
        | till    | cashier         |
        | thief   |                 |
      And the config:
        """
        apiVersion: security.istio.io/v1
        kind: AuthorizationPolicy
        metadata: {name: shop}
        spec:
          selector: {matchLabels: {app: shop}}
          rules:
          - from:
            - source: {principals: [cluster.local/ns/default/sa/cart]}
            - source: {serviceAccounts: [cashier]}
        """

    Scenario: Each echo service has an account of its own name, or the one that the table gives it
      When cart sends "GET http://shop/"
      Then the request reaches shop
      And the identity of shop is "spiffe://cluster.local/ns/default/sa/shop"
      When till sends "GET http://shop/"
      Then the request reaches shop
      When thief sends "GET http://shop/"
      Then the response status is 403
