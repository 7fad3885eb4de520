@istio:ingress-control @profile:ISTIO-TRAFFIC
Feature: Gateways
  https://istio.io/latest/docs/tasks/traffic-management/ingress/ingress-control/

  Background:
    Given the services:
      | service | versions | port |
      | httpbin | v1       | 8000 |

  Scenario Outline: A host and a path that the gateway knows (<api>)
    Given the config "<api>/httpbin-gateway.yaml"
    When a client sends "GET http://httpbin.example.com/status/200"
    Then the response status is 200
    And the request reaches httpbin:v1

    Examples: The API of Istio
      | api   |
      | istio |

    @gateway-api:HTTPRouteSimpleSameNamespace @profile:GATEWAY-HTTP
    Examples: The Gateway API
      | api         |
      | gateway-api |

  Scenario Outline: A path that no rule names (<api>)
    Given the config "<api>/httpbin-gateway.yaml"
    When a client sends "GET http://httpbin.example.com/headers"
    Then the response status is 404
    And httpbin received 0 requests

    Examples: The API of Istio
      | api   |
      | istio |

    @gateway-api:HTTPRouteMatching @profile:GATEWAY-HTTP
    Examples: The Gateway API
      | api         |
      | gateway-api |

  Scenario Outline: A host that the gateway does not know (<api>)
    Given the config "<api>/httpbin-gateway.yaml"
    When a client sends "GET http://other.example.com/status/200"
    Then the response status is 404

    Examples: The API of Istio
      | api   |
      | istio |

    @gateway-api:HTTPRouteListenerHostnameMatching @profile:GATEWAY-HTTP
    Examples: The Gateway API
      | api         |
      | gateway-api |

  Scenario Outline: Hosts are compared without regard to case (<api>)
    Given the config "<api>/httpbin-gateway.yaml"
    When a client sends "GET http://HTTPBIN.example.com/status/200"
    Then the response status is 200

    Examples: The API of Istio
      | api   |
      | istio |

    @gateway-api:HTTPRouteListenerHostnameMatching @profile:GATEWAY-HTTP
    Examples: The Gateway API
      | api         |
      | gateway-api |

  Scenario Outline: A rule for the gateway is none for the mesh (<api>)
    Given the config "<api>/httpbin-gateway.yaml"
    Given the services:
      | service |
      | client  |
    When client sends "GET http://httpbin:8000/headers"
    Then the response status is 200
    And the request reaches httpbin

    Examples: The API of Istio
      | api   |
      | istio |

    @gateway-api:HTTPRouteSimpleSameNamespace @profile:GATEWAY-HTTP
    Examples: The Gateway API
      | api         |
      | gateway-api |
