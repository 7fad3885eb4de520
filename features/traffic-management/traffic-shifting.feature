@istio:traffic-shifting @profile:ISTIO-TRAFFIC
Feature: Traffic shifting
  Traffic moves from one version to another, step by step.
  https://istio.io/latest/docs/tasks/traffic-management/traffic-shifting/

  Background:
    Given the Bookinfo application

  Scenario Outline: From version 1 over half and half to version 3 (<all>)
    Given the config "<versions>"
    And the config "<all>"
    When someone opens "/productpage" 100 times
    Then all requests reach reviews:v1
    And the page shows no stars
    When the config "<half>" is applied
    And someone opens "/productpage" 1600 times
    Then the requests are split:
      | reviews:v1 | 50% |
      | reviews:v2 | 0%  |
      | reviews:v3 | 50% |
    When the config "<v3>" is applied
    And someone opens "/productpage" 100 times
    Then all requests reach reviews:v3
    And the page shows red stars

    Examples: The API of Istio
      | versions                  | all                         | half                                 | v3                              |
      | destination-rule-all.yaml | virtual-service-all-v1.yaml | virtual-service-reviews-50-v3.yaml | virtual-service-reviews-v3.yaml |

    @gateway-api:MeshHTTPRouteWeight @profile:MESH-HTTP
    Examples: The Gateway API
      | versions               | all                           | half                                  | v3                                 |
      | bookinfo-versions.yaml | gateway-api/route-all-v1.yaml | gateway-api/route-reviews-50-v3.yaml | gateway-api/route-reviews-v3.yaml |

  Scenario: Nobody is left over in a split
    Given the config "destination-rule-all.yaml"
    And the config "virtual-service-reviews-50-v3.yaml"
    When productpage sends "GET http://reviews:9080/reviews/0" 1800 times, 20 at once
    Then the requests are split:
      | reviews:v1 | 50% |
      | reviews:v2 | 0%  |
      | reviews:v3 | 50% |

  Scenario Outline: <file>
    Given the config "<versions>"
    And the config "<file>"
    When productpage sends "GET http://reviews:9080/reviews/0" <times> times, 20 at once
    Then the requests are split:
      | reviews:v1 | <v1> |
      | reviews:v2 | <v2> |
      | reviews:v3 | <v3> |

    Examples: The API of Istio
      | versions                  | file                               | times | v1  | v2  | v3 |
      | destination-rule-all.yaml | virtual-service-reviews-80-20.yaml | 1300  | 80% | 20% | 0% |
      | destination-rule-all.yaml | virtual-service-reviews-90-10.yaml | 900   | 90% | 10% | 0% |

    @gateway-api:MeshHTTPRouteWeight @profile:MESH-HTTP
    Examples: The Gateway API
      | versions               | file                                 | times | v1  | v2  | v3 |
      | bookinfo-versions.yaml | gateway-api/route-reviews-80-20.yaml | 1300  | 80% | 20% | 0% |
      | bookinfo-versions.yaml | gateway-api/route-reviews-90-10.yaml | 900   | 90% | 10% | 0% |

  Scenario: Weights need not add up to 100
    Given the config "destination-rule-all.yaml"
    And the config:
      """
      apiVersion: networking.istio.io/v1
      kind: VirtualService
      metadata: {name: reviews}
      spec:
        hosts: [reviews]
        http:
        - route:
          - {destination: {host: reviews, subset: v1}, weight: 1}
          - {destination: {host: reviews, subset: v3}, weight: 9}
      """
    When productpage sends "GET http://reviews:9080/reviews/0" 900 times, 20 at once
    Then the requests are split:
      | reviews:v1 | 10% |
      | reviews:v3 | 90% |

  Scenario: The version with ratings is asked for them, the other is not
    Given the config "destination-rule-all.yaml"
    And the config:
      """
      apiVersion: networking.istio.io/v1
      kind: VirtualService
      metadata: {name: reviews}
      spec:
        hosts: [reviews]
        http:
        - route:
          - {destination: {host: reviews, subset: v1}, weight: 90}
          - {destination: {host: reviews, subset: v2}, weight: 10}
      """
    When productpage sends "GET http://reviews:9080/reviews/0" 900 times, 20 at once
    Then about 10% of the requests reach ratings

  Scenario: Weights that are all zero are refused
    Given the config "destination-rule-all.yaml"
    When the config is applied:
      """
      apiVersion: networking.istio.io/v1
      kind: VirtualService
      metadata: {name: reviews}
      spec:
        hosts: [reviews]
        http:
        - route:
          - {destination: {host: reviews, subset: v1}, weight: 0}
          - {destination: {host: reviews, subset: v3}, weight: 0}
      """
    Then the config is rejected with "total destination weight = 0"
