@istio:secure-ingress @profile:ISTIO-TRAFFIC @profile:ISTIO-SECURITY
Feature: Secure gateways
  A gateway ends TLS for its hosts, each with a certificate of its own.
  https://istio.io/latest/docs/tasks/traffic-management/ingress/secure-ingress/

  Background:
    Given the services:
      | service    | versions | port |
      | httpbin    | v1       | 8000 |
      | helloworld | v1       | 5000 |
    And the TLS secret "httpbin-credential" for "httpbin.example.com"

  Scenario Outline: The gateway ends TLS and passes the request on (<api>)
    Given the config "<api>/secure-gateway.yaml"
    When a client sends "GET https://httpbin.example.com/status?status=418"
    Then the response status is 418
    And the request reaches httpbin with header "x-forwarded-proto" set to "https"

    Examples: The API of Istio
      | api   |
      | istio |

    @gateway-api:HTTPRouteHTTPSListener @profile:GATEWAY-HTTP
    Examples: The Gateway API
      | api         |
      | gateway-api |

  Scenario Outline: A path that no rule takes (<api>)
    Given the config "<api>/secure-gateway.yaml"
    When a client sends "GET https://httpbin.example.com/headers"
    Then the response status is 404

    Examples: The API of Istio
      | api   |
      | istio |

    @gateway-api:HTTPRouteHTTPSListener @profile:GATEWAY-HTTP
    Examples: The Gateway API
      | api         |
      | gateway-api |

  Scenario Outline: A name that the gateway does not serve gets no handshake (<api>)
    Given the config "<api>/secure-gateway.yaml"
    When a client sends "GET https://other.example.com/status"
    Then the request gets no answer

    Examples: The API of Istio
      | api   |
      | istio |

    @gateway-api:HTTPRouteHTTPSListener @profile:GATEWAY-HTTP
    Examples: The Gateway API
      | api         |
      | gateway-api |

  Scenario Outline: Plain HTTP on the TLS port gets no answer (<api>)
    Given the config "<api>/secure-gateway.yaml"
    When a client sends "GET http://httpbin.example.com:443/status"
    Then the request gets no answer

    Examples: The API of Istio
      | api   |
      | istio |

    @gateway-api:HTTPRouteHTTPSListener @profile:GATEWAY-HTTP
    Examples: The Gateway API
      | api         |
      | gateway-api |

  Scenario Outline: A certificate that the client does not trust (<api>)
    Given the config "<api>/secure-gateway.yaml"
    And the TLS secret "httpbin-credential" for "httpbin.example.com" from an authority that nobody trusts
    When a client sends "GET https://httpbin.example.com/status"
    Then the request gets no answer
    And the request does not reach httpbin

    Examples: The API of Istio
      | api   |
      | istio |

    @gateway-api:HTTPRouteHTTPSListener @profile:GATEWAY-HTTP
    Examples: The Gateway API
      | api         |
      | gateway-api |

  Scenario Outline: A certificate for another name (<api>)
    Given the config "<api>/secure-gateway.yaml"
    And the TLS secret "httpbin-credential" for "helloworld.example.com"
    When a client sends "GET https://httpbin.example.com/status"
    Then the request gets no answer

    Examples: The API of Istio
      | api   |
      | istio |

    @gateway-api:HTTPRouteHTTPSListener @profile:GATEWAY-HTTP
    Examples: The Gateway API
      | api         |
      | gateway-api |

  Scenario Outline: The certificate is replaced by another one that the client trusts (<api>)
    Given the config "<api>/secure-gateway.yaml"
    And the TLS secret "httpbin-credential" for "httpbin.example.com"
    When a client sends "GET https://httpbin.example.com/status"
    Then the response status is 200

    Examples: The API of Istio
      | api   |
      | istio |

    @gateway-api:HTTPRouteHTTPSListener @profile:GATEWAY-HTTP
    Examples: The Gateway API
      | api         |
      | gateway-api |

  Scenario: Several hosts, each with its certificate
    Given the TLS secret "helloworld-credential" for "helloworld.example.com"
    And the config "istio/secure-gateway.yaml"
    And the config:
      """
      apiVersion: networking.istio.io/v1
      kind: Gateway
      metadata:
        name: mygateway
      spec:
        selector:
          istio: ingressgateway
        servers:
          - port: { number: 443, name: https-httpbin, protocol: HTTPS }
            tls: { mode: SIMPLE, credentialName: httpbin-credential }
            hosts: [httpbin.example.com]
          - port: { number: 443, name: https-helloworld, protocol: HTTPS }
            tls: { mode: SIMPLE, credentialName: helloworld-credential }
            hosts: [helloworld.example.com]
      ---
      apiVersion: networking.istio.io/v1
      kind: VirtualService
      metadata:
        name: helloworld
      spec:
        hosts: [helloworld.example.com]
        gateways: [mygateway]
        http:
          - match:
              - uri: { exact: /hello }
            route:
              - destination: { host: helloworld, port: { number: 5000 } }
      """
    When a client sends "GET https://helloworld.example.com/hello"
    Then the request reaches helloworld
    When a client sends "GET https://httpbin.example.com/status"
    Then the request reaches httpbin
    When a client sends "GET https://httpbin.example.com/hello" with headers:
      | host | helloworld.example.com |
    Then the response status is 404

  Scenario: A Secret that is not there
    Given the config "istio/secure-gateway.yaml"
    And the config:
      """
      apiVersion: networking.istio.io/v1
      kind: Gateway
      metadata:
        name: mygateway
      spec:
        selector:
          istio: ingressgateway
        servers:
          - port: { number: 443, name: https, protocol: HTTPS }
            tls: { mode: SIMPLE, credentialName: httpbin-credential }
            hosts: [httpbin.example.com]
          - port: { number: 443, name: https-missing, protocol: HTTPS }
            tls: { mode: SIMPLE, credentialName: missing-credential }
            hosts: [missing.example.com]
      """
    When a client sends "GET https://missing.example.com/status"
    Then the request gets no answer
    When a client sends "GET https://httpbin.example.com/status"
    Then the response status is 200

  Rule: Clients show certificates, too

    Background:
      Given the config "istio/secure-gateway.yaml"
      And the config:
        """
        apiVersion: networking.istio.io/v1
        kind: Gateway
        metadata:
          name: mygateway
        spec:
          selector:
            istio: ingressgateway
          servers:
            - port: { number: 443, name: https, protocol: HTTPS }
              tls: { mode: MUTUAL, credentialName: httpbin-credential, subjectAltNames: [partner.example.com] }
              hosts: [httpbin.example.com]
        """

    Scenario: Without one there is no answer
      When a client sends "GET https://httpbin.example.com/status"
      Then the request gets no answer

    Scenario: With the wanted one there is
      When a client with the certificate "partner.example.com" sends "GET https://httpbin.example.com/status"
      Then the response status is 200

    Scenario: One for another name will not do
      When a client with the certificate "stranger.example.com" sends "GET https://httpbin.example.com/status"
      Then the request gets no answer

  Rule: A list of revoked certificates goes before the authority that has issued them

    Background:
      Given the config "istio/secure-gateway.yaml"
      And the config:
        """
        apiVersion: networking.istio.io/v1
        kind: Gateway
        metadata:
          name: mygateway
        spec:
          selector:
            istio: ingressgateway
          servers:
            - port: { number: 443, name: https, protocol: HTTPS }
              tls: { mode: MUTUAL, credentialName: httpbin-credential }
              hosts: [httpbin.example.com]
        """

    Scenario: What is on the list in the secret is not taken, all else is
      Given the TLS secret "httpbin-credential" for "httpbin.example.com" that revokes the certificate "former.example.com"
      When a client with the certificate "former.example.com" sends "GET https://httpbin.example.com/status"
      Then the request gets no answer
      When a client with the certificate "partner.example.com" sends "GET https://httpbin.example.com/status"
      Then the response status is 200

    Scenario: The list is taken back
      Given the TLS secret "httpbin-credential" for "httpbin.example.com" that revokes the certificate "former.example.com"
      And the TLS secret "httpbin-credential" for "httpbin.example.com"
      When a client with the certificate "former.example.com" sends "GET https://httpbin.example.com/status"
      Then the response status is 200

  Rule: Certificates may stand in files that the gateway's pod mounts
    Background:
      Given the services:
        | service |
        | files   |
      And the config:
        """
        apiVersion: networking.istio.io/v1
        kind: VirtualService
        metadata: {name: files}
        spec: {hosts: ["*"], gateways: [files], http: [{route: [{destination: {host: files, port: {number: 80}}}]}]}
        """

    Scenario: A server's own
      Given the TLS secret "istio-ingressgateway-certs" for "files.example.com"
      And the config:
        """
        apiVersion: networking.istio.io/v1
        kind: Gateway
        metadata: {name: files}
        spec:
          selector: {istio: ingressgateway}
          servers:
          - port: {number: 443, name: https, protocol: HTTPS}
            hosts: ["*"]
            tls: {mode: SIMPLE, serverCertificate: /etc/istio/ingressgateway-certs/tls.crt, privateKey: /etc/istio/ingressgateway-certs/tls.key}
        """
      When a client sends "GET https://files.example.com/"
      Then the request reaches files

    Scenario: Clients are asked for theirs
      Given the TLS secret "istio-ingressgateway-certs" for "files.example.com"
      And the TLS secret "istio-ingressgateway-ca-certs" for "unused.example.com"
      And the config:
        """
        apiVersion: networking.istio.io/v1
        kind: Gateway
        metadata: {name: files}
        spec:
          selector: {istio: ingressgateway}
          servers:
          - port: {number: 443, name: https, protocol: HTTPS}
            hosts: ["*"]
            tls:
              mode: MUTUAL
              serverCertificate: /etc/istio/ingressgateway-certs/tls.crt
              privateKey: /etc/istio/ingressgateway-certs/tls.key
              caCertificates: /etc/istio/ingressgateway-ca-certs/ca.crt
        """
      When a client with the certificate "jason" sends "GET https://files.example.com/"
      Then the request reaches files
      When a client sends "GET https://files.example.com/"
      Then the request gets no answer

    Scenario: A list of what is revoked stands in a file, too
      Given the TLS secret "istio-ingressgateway-certs" for "files.example.com"
      And the TLS secret "istio-ingressgateway-ca-certs" for "unused.example.com" that revokes the certificate "former.example.com"
      And the config:
        """
        apiVersion: networking.istio.io/v1
        kind: Gateway
        metadata: {name: files}
        spec:
          selector: {istio: ingressgateway}
          servers:
          - port: {number: 443, name: https, protocol: HTTPS}
            hosts: ["*"]
            tls:
              mode: MUTUAL
              serverCertificate: /etc/istio/ingressgateway-certs/tls.crt
              privateKey: /etc/istio/ingressgateway-certs/tls.key
              caCertificates: /etc/istio/ingressgateway-ca-certs/ca.crt
              caCrl: /etc/istio/ingressgateway-ca-certs/ca.crl
        """
      When a client with the certificate "jason" sends "GET https://files.example.com/"
      Then the request reaches files
      When a client with the certificate "former.example.com" sends "GET https://files.example.com/"
      Then the request gets no answer

    Scenario: A file that no volume gives
      Given the config:
        """
        apiVersion: networking.istio.io/v1
        kind: Gateway
        metadata: {name: files}
        spec:
          selector: {istio: ingressgateway}
          servers:
          - port: {number: 443, name: https, protocol: HTTPS}
            hosts: ["*"]
            tls: {mode: SIMPLE, serverCertificate: /elsewhere/tls.crt, privateKey: /elsewhere/tls.key}
        """
      When a client sends "GET https://files.example.com/"
      Then the request gets no answer
