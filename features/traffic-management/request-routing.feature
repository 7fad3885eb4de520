@istio:request-routing @profile:ISTIO-TRAFFIC
Feature: Request routing
  All traffic of one user goes to one version, everyone else's to another.
  https://istio.io/latest/docs/tasks/traffic-management/request-routing/

  Background:
    Given the Bookinfo application

  Rule: By either API

    Scenario Outline: All requests go to version 1 (<all>)
      Given the config "<versions>"
      And the config "<all>"
      When someone opens "/productpage" 20 times
      Then all requests reach reviews:v1
      And the page shows no stars

      Examples: The API of Istio
        | versions                 | all                        |
        | destination-rule-all.yaml | virtual-service-all-v1.yaml |

      @gateway-api:MeshHTTPRouteSimpleSameNamespace @profile:MESH-HTTP
      Examples: The Gateway API
        | versions               | all                           |
        | bookinfo-versions.yaml | gateway-api/route-all-v1.yaml |

    Scenario Outline: Only jason sees the stars (<jason>)
      Given the config "<versions>"
      And the config "<all>"
      And the config "<jason>"
      When user "jason" opens "/productpage"
      Then the page shows black stars
      And the request takes the path "productpage -> reviews:v2 -> ratings"
      When user "anna" opens "/productpage"
      Then the page shows no stars
      And the request reaches reviews:v1

      Examples: The API of Istio
        | versions                 | all                        | jason                                |
        | destination-rule-all.yaml | virtual-service-all-v1.yaml | virtual-service-reviews-test-v2.yaml |

      @gateway-api:MeshHTTPRouteMatching @profile:MESH-HTTP
      Examples: The Gateway API
        | versions               | all                           | jason                                  |
        | bookinfo-versions.yaml | gateway-api/route-all-v1.yaml | gateway-api/route-reviews-test-v2.yaml |

    Scenario Outline: Everyone else gets version 3 (<jason>)
      Given the config "<versions>"
      And the config "<all>"
      And the config "<jason>"
      When user "jason" opens "/productpage"
      Then the page shows black stars
      When user "anna" opens "/productpage"
      Then the page shows red stars

      Examples: The API of Istio
        | versions                 | all                        | jason                                      |
        | destination-rule-all.yaml | virtual-service-all-v1.yaml | virtual-service-reviews-jason-v2-v3.yaml |

      @gateway-api:MeshHTTPRouteMatching @profile:MESH-HTTP
      Examples: The Gateway API
        | versions               | all                           | jason                                       |
        | bookinfo-versions.yaml | gateway-api/route-all-v1.yaml | gateway-api/route-reviews-jason-v2-v3.yaml |

  Rule: With subsets

    Background:
      Given the config "destination-rule-all.yaml"
      And the config "virtual-service-all-v1.yaml"

    Scenario: Signed out, nobody sees stars
      Given the config "virtual-service-reviews-test-v2.yaml"
      When someone opens "/productpage"
      Then the page shows no stars
      And the request reaches reviews:v1

    Scenario Outline: The user's name is compared whole and to the letter: "<user>"
      Given the config "virtual-service-reviews-test-v2.yaml"
      When user "<user>" opens "/productpage"
      Then the request reaches reviews:v1

      Examples:
        | user   |
        | Jason  |
        | jason2 |
        | mjason |

    Scenario: Rules act on requests between services, not only on pages
      Given the config "virtual-service-reviews-test-v2.yaml"
      When productpage sends "GET http://reviews:9080/reviews/0" with headers:
        | end-user | jason |
      Then the request reaches reviews:v2
      And the response body contains "black"

    Scenario: A version that no DestinationRule names cannot be routed to
      When the config "destination-rule-all.yaml" is deleted
      And productpage sends "GET http://reviews:9080/reviews/0"
      Then the response status is 503
      And reviews received 0 requests
      When someone opens "/productpage"
      Then the page says "Sorry, product reviews are currently unavailable for this book."
