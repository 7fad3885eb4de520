Feature: A target of one's own
  Runs with `npx meshspec run docs/example-target.feature --target ./docs/example-target.ts`.

  Scenario: It answers with what it received
    When a client sends "GET /headers?a=1"
    Then the response status is 200
    And the response body contains "GET /headers?a=1"
    And the response takes less than 5s

  Scenario: What it cannot show is not supported
    Given the Bookinfo application
    When someone opens "/productpage"
    Then the page title is "Simple Bookstore App"
