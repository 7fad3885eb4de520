@istio:ingress-sni-passthrough @profile:ISTIO-TRAFFIC @profile:ISTIO-SECURITY
Feature: TLS that a gateway passes on
  A gateway reads the name that a client asks for and nothing else: the service ends TLS.
  https://istio.io/latest/docs/tasks/traffic-management/ingress/ingress-sni-passthrough/

  Background:
    Given the services:
      | service  | versions | port | protocol |
      | my-nginx | v1       | 443  | https    |

  Scenario Outline: The service sees TLS, and the request inside (<api>)
    Given the config "<api>/nginx-passthrough.yaml"
    When a client sends "GET https://nginx.example.com/"
    Then the response status is 200
    And the request reaches my-nginx

    Examples: The API of Istio
      | api   |
      | istio |

    @gateway-api:TLSRouteSimpleSameNamespace @profile:GATEWAY-TLS
    Examples: The Gateway API
      | api         |
      | gateway-api |

  Scenario Outline: Another name is not served (<api>)
    Given the config "<api>/nginx-passthrough.yaml"
    When a client sends "GET https://other.example.com/"
    Then the request gets no answer
    And the request does not reach my-nginx

    Examples: The API of Istio
      | api   |
      | istio |

    @gateway-api:TLSRouteSimpleSameNamespace @profile:GATEWAY-TLS
    Examples: The Gateway API
      | api         |
      | gateway-api |
