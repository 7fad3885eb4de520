@bookinfo @istio:ingress @profile:ISTIO-TRAFFIC
Feature: Reaching Bookinfo from outside
  Through the ingress gateway with a Gateway and a VirtualService, or with a Kubernetes Ingress.
  https://istio.io/latest/docs/tasks/traffic-management/ingress/

  Background:
    Given the Bookinfo application

  @istio:ingress-control
  Scenario: Through the ingress gateway
    When a client sends "GET /productpage"
    Then the response status is 200
    And the request reaches productpage:v1
    And the response header "server" is "istio-envoy"

  @istio:ingress-control
  Scenario: Without its VirtualService the gateway knows no way
    When the config "bookinfo-gateway.yaml" is deleted
    And a client sends "GET /productpage"
    Then the request does not reach productpage

  @istio:kubernetes-ingress
  Scenario: Through a Kubernetes Ingress
    When the config "bookinfo-gateway.yaml" is deleted
    And the config "productpage-ingress.yaml" is applied
    And a client sends "GET /productpage"
    Then the response status is 200
    And the request reaches productpage:v1

  @istio:kubernetes-ingress
  Scenario: An Ingress names paths, too
    When the config "bookinfo-gateway.yaml" is deleted
    And the config "productpage-ingress.yaml" is applied
    And a client sends "GET /details/0"
    Then the response status is 404
    And the request does not reach details

  Scenario: Each namespace has a Bookinfo of its own
    Given the Bookinfo application in namespace "prod"
    When productpage.prod sends "GET http://reviews:9080/reviews/0"
    Then the request reaches reviews.prod
    And the request does not reach reviews.default
