Feature: Shop
  Beta testers get the new version of the shop. Of all others one in ten does, and only at the checkout.

  Background:
    Given the services:
      | service  | versions |
      | frontend | v1       |
      | shop     | v1, v2   |
    And the config "shop.yaml"

  Scenario: A beta tester gets the new version
    When frontend sends "GET http://shop/items" with headers:
      | x-group | beta |
    Then the request reaches shop:v2
    And the response status is 200

  Scenario: Everyone else keeps the old one
    When frontend sends "GET http://shop/items"
    Then the request reaches shop:v1

  Scenario: One in ten checks out with the new version
    When frontend sends "POST http://shop/checkout" 1000 times
    Then about 10% of the requests reach shop:v2
