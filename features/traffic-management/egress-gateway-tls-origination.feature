@echo @istio:egress-gateway-tls-origination @profile:ISTIO-TRAFFIC
Feature: Egress gateways with TLS origination
  Sidecars lead plain HTTP to the egress gateway, which begins TLS with the server outside.
  https://istio.io/latest/docs/tasks/traffic-management/egress/egress-gateway-tls-origination/

  Background:
    Given the services:
      | service                | port | protocol | sidecar |
      | client                 | 80   | http     | yes     |
      | my-nginx.mesh-external | 443  | https    | no      |
    And the config "egress-gateway.yaml"

  Scenario Outline: Mutual TLS of the mesh to the gateway, and TLS from there on (<api>)
    Given the config "<api>/egress-tls-origination.yaml"
    When client sends "GET http://edition.cnn.com/politics"
    Then the response status is 200
    And the request takes the path "client -> <gateway>"
    And the request arrives by TLS for "edition.cnn.com"

    Examples: The API of Istio
      | api   | gateway             |
      | istio | istio-egressgateway |

    @gateway-api:HTTPRouteHTTPSListener @profile:GATEWAY-HTTP
    Examples: The Gateway API
      | api         | gateway                  |
      | gateway-api | cnn-egress-gateway-istio |

  Rule: Mutual TLS from the gateway on

    Background:
      Given my-nginx.mesh-external shows a certificate for "my-nginx.mesh-external.svc.cluster.local" and asks clients for theirs
      And the config:
        """
        apiVersion: networking.istio.io/v1
        kind: Gateway
        metadata: { name: istio-egressgateway }
        spec:
          selector: { istio: egressgateway }
          servers:
            - port: { number: 443, name: https, protocol: HTTPS }
              hosts: [my-nginx.mesh-external.svc.cluster.local]
              tls: { mode: ISTIO_MUTUAL }
        ---
        apiVersion: networking.istio.io/v1
        kind: DestinationRule
        metadata: { name: egressgateway-for-nginx }
        spec:
          host: istio-egressgateway.istio-system.svc.cluster.local
          subsets:
            - name: nginx
              trafficPolicy:
                portLevelSettings:
                  - port: { number: 443 }
                    tls: { mode: ISTIO_MUTUAL, sni: my-nginx.mesh-external.svc.cluster.local }
        ---
        apiVersion: networking.istio.io/v1
        kind: VirtualService
        metadata: { name: direct-nginx-through-egress-gateway }
        spec:
          hosts: [my-nginx.mesh-external.svc.cluster.local]
          gateways: [istio-egressgateway, mesh]
          http:
            - match: [{ gateways: [mesh], port: 80 }]
              route:
                - destination: { host: istio-egressgateway.istio-system.svc.cluster.local, subset: nginx, port: { number: 443 } }
            - match: [{ gateways: [istio-egressgateway], port: 443 }]
              route:
                - destination: { host: my-nginx.mesh-external.svc.cluster.local, port: { number: 443 } }
        ---
        apiVersion: networking.istio.io/v1
        kind: DestinationRule
        metadata: { name: originate-mtls-for-nginx, namespace: istio-system }
        spec:
          host: my-nginx.mesh-external.svc.cluster.local
          exportTo: ["."]
          trafficPolicy:
            portLevelSettings:
              - port: { number: 443 }
                tls: { mode: MUTUAL, credentialName: client-credential, sni: my-nginx.mesh-external.svc.cluster.local }
        ---
        apiVersion: rbac.authorization.k8s.io/v1
        kind: Role
        metadata: { name: istio-egressgateway-sds, namespace: istio-system }
        rules: [{ apiGroups: [""], resources: [secrets], verbs: [get, watch, list] }]
        ---
        apiVersion: rbac.authorization.k8s.io/v1
        kind: RoleBinding
        metadata: { name: istio-egressgateway-sds, namespace: istio-system }
        roleRef: { apiGroup: rbac.authorization.k8s.io, kind: Role, name: istio-egressgateway-sds }
        subjects: [{ kind: ServiceAccount, name: default, namespace: istio-system }]
        """

    Scenario: With the credential of the gateway's namespace
      Given the TLS secret "client-credential" for "client.example.com"
      When client sends "GET http://my-nginx.mesh-external.svc.cluster.local/"
      Then the response status is 200
      And the request takes the path "client -> istio-egressgateway -> my-nginx"
      And the request arrives by TLS for "my-nginx.mesh-external.svc.cluster.local" with the certificate "client.example.com"

    Scenario: Without the credential the gateway begins nothing
      When client sends "GET http://my-nginx.mesh-external.svc.cluster.local/"
      Then the response status is 503
      And the request does not reach my-nginx.mesh-external
