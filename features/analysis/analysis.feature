Feature: Analysis
  What an expert would warn of in config that the mesh accepts, by the codes of istioctl analyze.

  Background:
    Given the Bookinfo application

  Scenario: Rules in order
    Given the config "networking/destination-rule-reviews.yaml"
    And the config "networking/virtual-service-reviews-test-v2.yaml"
    Then the analysis reports nothing

  Scenario: A subset that no DestinationRule defines
    Given the config "networking/virtual-service-reviews-test-v2.yaml"
    Then the analysis reports IST0101 for VirtualService "reviews"

  Scenario: A destination that does not exist
    Given the config:
      """
      apiVersion: networking.istio.io/v1
      kind: VirtualService
      metadata:
        name: reviews
      spec:
        hosts: [reviews]
        http:
          - route:
              - destination:
                  host: review
      """
    Then the analysis reports IST0101 for VirtualService "reviews"

  Scenario: A subset that no pod carries
    Given the config:
      """
      apiVersion: networking.istio.io/v1
      kind: DestinationRule
      metadata:
        name: reviews
      spec:
        host: reviews
        subsets:
          - name: v4
            labels:
              version: v4
      """
    Then the analysis reports IST0173 for DestinationRule "reviews"

  Scenario: Two VirtualServices for one host at sidecars
    Given the config:
      """
      apiVersion: networking.istio.io/v1
      kind: VirtualService
      metadata:
        name: one
      spec:
        hosts: [reviews]
        http:
          - route:
              - destination:
                  host: reviews
      ---
      apiVersion: networking.istio.io/v1
      kind: VirtualService
      metadata:
        name: two
      spec:
        hosts: [reviews]
        http:
          - route:
              - destination:
                  host: ratings
      """
    Then the analysis reports IST0109 for VirtualService "one"
    And the analysis reports IST0109 for VirtualService "two"

  Scenario: A Gateway that no proxy carries
    Given the config:
      """
      apiVersion: networking.istio.io/v1
      kind: Gateway
      metadata:
        name: nobody
      spec:
        selector:
          istio: egressgateway
        servers:
          - port:
              number: 80
              name: http
              protocol: HTTP
            hosts: ["*"]
      """
    Then the analysis reports IST0101 for Gateway "nobody"
