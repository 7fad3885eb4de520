@echo @istio:egress-tls-origination @profile:ISTIO-TRAFFIC
Feature: TLS origination for egress
  Applications speak plain HTTP, and their sidecars begin TLS with the server outside.
  https://istio.io/latest/docs/tasks/traffic-management/egress/egress-tls-origination/

  Background:
    Given the services:
      | service |
      | client  |
    And the config:
      """
      apiVersion: networking.istio.io/v1
      kind: ServiceEntry
      metadata: { name: edition-cnn-com }
      spec:
        hosts: [edition.cnn.com]
        ports:
          - { number: 80, name: http-port, protocol: HTTP, targetPort: 443 }
          - { number: 443, name: https-port, protocol: HTTPS }
        resolution: DNS
      """

  Scenario: Without a rule the server is spoken to in plain text, which it refuses
    When client sends "GET http://edition.cnn.com/politics"
    Then the response status is 400
    And the response body contains "Client sent an HTTP request to an HTTPS server"

  Scenario: The sidecar begins TLS for the name that is asked for
    Given the config:
      """
      apiVersion: networking.istio.io/v1
      kind: DestinationRule
      metadata: { name: edition-cnn-com }
      spec:
        host: edition.cnn.com
        trafficPolicy:
          portLevelSettings:
            - port: { number: 80 }
              tls: { mode: SIMPLE }
      """
    When client sends "GET http://edition.cnn.com/politics"
    Then the response status is 200
    And the request arrives by TLS for "edition.cnn.com"

  Scenario: TLS that the application begins itself passes the sidecar
    When client sends "GET https://edition.cnn.com/politics"
    Then the response status is 200
    And the request arrives by TLS for "edition.cnn.com"

  Scenario Outline: A server that is not who the rule expects it to be: <tls>
    Given the config:
      """
      apiVersion: networking.istio.io/v1
      kind: DestinationRule
      metadata: { name: edition-cnn-com }
      spec:
        host: edition.cnn.com
        trafficPolicy:
          tls: <tls>
      """
    When client sends "GET http://edition.cnn.com/politics"
    Then the response status is <status>

    Examples:
      | tls                                                                             | status |
      | { mode: SIMPLE, subjectAltNames: [edition.cnn.com] }                            | 200    |
      | { mode: SIMPLE, subjectAltNames: [www.cnn.com] }                                | 503    |
      | { mode: SIMPLE, sni: www.cnn.com }                                              | 200    |
      | { mode: SIMPLE, sni: www.cnn.com, subjectAltNames: [edition.cnn.com] }          | 503    |
      | { mode: SIMPLE, insecureSkipVerify: true }      | 200    |
      | { mode: SIMPLE, caCertificates: /etc/certs/missing.pem }                        | 503    |
      | { mode: ISTIO_MUTUAL }                                                          | 503    |

  Rule: Mutual TLS with a server of one's own

    Background:
      Given the services:
        | service                | port | protocol | sidecar |
        | my-nginx.mesh-external | 443  | https    | no      |
      And my-nginx.mesh-external shows a certificate for "nginx.example.com" and asks clients for theirs
      And the TLS secret "client-credential" for "client.example.com" in namespace "default"
      And the config:
        """
        apiVersion: networking.istio.io/v1
        kind: ServiceEntry
        metadata: { name: nginx, namespace: mesh-external }
        spec:
          hosts: [nginx.example.com]
          ports:
            - { number: 80, name: http-port, protocol: HTTP, targetPort: 443 }
          resolution: STATIC
          location: MESH_EXTERNAL
          workloadSelector: { labels: { app: my-nginx } }
        ---
        apiVersion: rbac.authorization.k8s.io/v1
        kind: Role
        metadata: { name: client-credential-role }
        rules: [{ apiGroups: [""], resources: [secrets], verbs: [list] }]
        ---
        apiVersion: rbac.authorization.k8s.io/v1
        kind: RoleBinding
        metadata: { name: client-credential-role-binding }
        roleRef: { apiGroup: rbac.authorization.k8s.io, kind: Role, name: client-credential-role }
        subjects: [{ kind: ServiceAccount, name: client, namespace: default }]
        """

    # Of a pod that an entry selects the certificate of its service account is expected, unless a rule names another.
    Scenario: With the credential of a rule that selects the workload
      Given the config:
        """
        apiVersion: networking.istio.io/v1
        kind: DestinationRule
        metadata: { name: originate-mtls-for-nginx }
        spec:
          workloadSelector: { matchLabels: { app: client } }
          host: nginx.example.com
          trafficPolicy:
            portLevelSettings:
              - port: { number: 80 }
                tls: { mode: MUTUAL, credentialName: client-credential, sni: nginx.example.com, subjectAltNames: [nginx.example.com] }
        """
      When client sends "GET http://nginx.example.com/"
      Then the response status is 200
      And the request arrives by TLS for "nginx.example.com" with the certificate "client.example.com"

    Scenario: A rule for every workload gives none of them a credential
      Given the config:
        """
        apiVersion: networking.istio.io/v1
        kind: DestinationRule
        metadata: { name: originate-mtls-for-nginx }
        spec:
          host: nginx.example.com
          trafficPolicy:
            tls: { mode: MUTUAL, credentialName: client-credential, sni: nginx.example.com, subjectAltNames: [nginx.example.com] }
        """
      When client sends "GET http://nginx.example.com/"
      Then the response status is 400

    Scenario: A server that asks for a certificate, and a client that shows none
      Given the config:
        """
        apiVersion: networking.istio.io/v1
        kind: DestinationRule
        metadata: { name: originate-tls-for-nginx }
        spec:
          workloadSelector: { matchLabels: { app: client } }
          host: nginx.example.com
          trafficPolicy:
            tls: { mode: SIMPLE, credentialName: client-credential, sni: nginx.example.com, subjectAltNames: [nginx.example.com] }
        """
      When client sends "GET http://nginx.example.com/"
      Then the response status is 503
      And the request does not reach my-nginx.mesh-external

    Scenario: A credential that does not exist
      Given the config:
        """
        apiVersion: networking.istio.io/v1
        kind: DestinationRule
        metadata: { name: originate-mtls-for-nginx }
        spec:
          workloadSelector: { matchLabels: { app: client } }
          host: nginx.example.com
          trafficPolicy:
            tls: { mode: MUTUAL, credentialName: missing-credential, sni: nginx.example.com, subjectAltNames: [nginx.example.com] }
        """
      When client sends "GET http://nginx.example.com/"
      Then the response status is 503

    Scenario: A server whose certificate comes from somebody else
      Given my-nginx.mesh-external shows a certificate for "nginx.example.com" from an authority that nobody trusts
      And the config:
        """
        apiVersion: networking.istio.io/v1
        kind: DestinationRule
        metadata: { name: originate-tls-for-nginx }
        spec:
          workloadSelector: { matchLabels: { app: client } }
          host: nginx.example.com
          trafficPolicy:
            tls: { mode: SIMPLE, credentialName: client-credential, sni: nginx.example.com, subjectAltNames: [nginx.example.com] }
        """
      When client sends "GET http://nginx.example.com/"
      Then the response status is 503
