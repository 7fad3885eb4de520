@istio:tcp-traffic-shifting @profile:ISTIO-TRAFFIC
Feature: TCP traffic
  Connections are routed by their port, their sender and the name that a TLS client asks for; what they carry is not looked at.
  https://istio.io/latest/docs/tasks/traffic-management/tcp-traffic-shifting/

  Background:
    Given the services:
      | service  | versions | port | protocol |
      | tcp-echo | v1, v2   | 9000 | tcp      |
      | curl     |          | 80   | http     |
      | shop     | v1       | 80   | http     |

  Scenario Outline: Everything goes to v1 (<api>)
    Given the config "<api>/tcp-echo-v1.yaml"
    When a client sends "world" over TCP to port 31400 20 times
    Then all requests reach tcp-echo:v1
    And the response body contains "tcp-echo-v1 world"

    Examples: The API of Istio
      | api   |
      | istio |

    @gateway-api:TCPRouteWeightedRouting @profile:GATEWAY-TCP
    Examples: The Gateway API
      | api         |
      | gateway-api |

  Scenario Outline: A fifth of the connections goes to v2 (<api>)
    Given the config "<api>/tcp-echo-v1.yaml"
    And the config "<api>/tcp-echo-20-v2.yaml"
    When a client sends "world" over TCP to port 31400 1300 times
    Then the requests are split:
      | tcp-echo:v1 | 80% |
      | tcp-echo:v2 | 20% |

    Examples: The API of Istio
      | api   |
      | istio |

    @gateway-api:TCPRouteWeightedRouting @profile:GATEWAY-TCP
    Examples: The Gateway API
      | api         |
      | gateway-api |

  Scenario: A port that no server has
    Given the config "istio/tcp-echo-v1.yaml"
    When a client sends "world" over TCP to port 31401
    Then the request gets no answer

  Scenario: Inside the mesh, by who sends
    Given the config "istio/tcp-echo-v1.yaml"
    And the config:
      """
      apiVersion: networking.istio.io/v1
      kind: VirtualService
      metadata:
        name: tcp-echo-mesh
      spec:
        hosts: [tcp-echo]
        tcp:
          - match:
              - port: 9000
                sourceLabels: { app: curl }
            route:
              - destination: { host: tcp-echo, subset: v2 }
          - route:
              - destination: { host: tcp-echo, subset: v1 }
      """
    When curl sends "hello" over TCP to "tcp-echo:9000" 10 times
    Then all requests reach tcp-echo:v2
    When shop sends "hello" over TCP to "tcp-echo:9000" 10 times
    Then all requests reach tcp-echo:v1

  Scenario: Bytes that are no HTTP pass the sender's sidecar, and the one of an HTTP service refuses them
    When curl sends "hello" over TCP to "shop:80"
    Then the response body contains "400 Bad Request"

  Scenario: A subset that nobody defines
    Given the config "istio/tcp-echo-v1.yaml"
    And the config:
      """
      apiVersion: networking.istio.io/v1
      kind: VirtualService
      metadata:
        name: tcp-echo-mesh
      spec:
        hosts: [tcp-echo]
        tcp:
          - route:
              - destination: { host: tcp-echo, subset: v9 }
      """
    When curl sends "hello" over TCP to "tcp-echo:9000"
    Then the request gets no answer
