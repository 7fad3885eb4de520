@echo @istio:service-discovery @profile:ISTIO-TRAFFIC
Feature: Readiness probes
  A pod that does not answer its readiness probe as often as the probe allows gets no requests, until it answers again.
  https://kubernetes.io/docs/tasks/configure-pod-container/configure-liveness-readiness-startup-probes/

  Background:
    Given the services:
      | service |
      | client  |
    And the config "shop-with-probes.yaml"

  Scenario: A pod that fails is taken out, and comes back
    Given endpoint 2 of shop answers 500
    When 1s pass
    Then the pods are:
      | name   | ready |
      | shop-2 | 2/2   |
    When 6s pass
    Then the pods are:
      | name   | ready |
      | shop-1 | 2/2   |
      | shop-2 | 1/2   |
    When client sends "GET http://shop/" 20 times
    Then the response status is 200
    When endpoint 2 of shop answers 200
    And 3s pass
    Then the pods are:
      | name   | ready |
      | shop-2 | 2/2   |

  Scenario: An answer that comes too late is none
    Given shop takes 2s to answer
    When 12s pass
    And client sends "GET http://shop/"
    Then the response status is 503
    When shop takes 0s to answer
    And 3s pass
    And client sends "GET http://shop/"
    Then the response status is 200
