Feature: Input that must not pass
  As in failing.feature: the description of each is what a person is told.

  Background:
    Given the Bookinfo application

  Scenario: a column of pods that is misspelled
    there is no column "namspace"; the columns are name, ready, namespace

    Then the pods are:
      | name           | ready | namspace |
      | productpage-v1 | 2/2   | prod     |

  Scenario: a column that is there twice
    the column "versions" stands in the table twice

    Given the services:
      | service | versions | versions |
      | shop    | v1       | v2       |

  Scenario: no services
    the table names no services

    Given the services:
      | service |

  Scenario: a namespace that cannot be
    "Prod Env" is no name of a namespace: those have lower-case letters, digits and "-", 63 at most

    Given namespace "Prod Env" has no sidecars

  Scenario: a namespace that cannot be, in a table
    "Prod" is no name of a namespace: those have lower-case letters, digits and "-", 63 at most

    Given the services:
      | service | namespace |
      | shop    | Prod      |

  Scenario: a label without a value
    "istio-injection" is no label; a label reads "istio-injection=enabled"

    Given namespace "legacy" has the label "istio-injection"

  Scenario: a seed below zero
    the seed is -1; write a whole number from 0

    Given the seed -1

  Scenario: a status that no answer has
    no service answers 20: an answer has a status from 200 to 599

    Given reviews answers 20

  Scenario: no times
    0 times, 1 at once: this sends nothing

    When someone opens "/productpage" 0 times

  Scenario: none at once
    10 times, 0 at once: this sends nothing

    When a client sends "GET /productpage" 10 times, 0 at once

  Scenario: more than all
    150% of the requests are more than all of them.

    When someone opens "/productpage" 100 times
    Then about 150% of the requests reach reviews:v1

  Scenario: more than all have a status
    101% of the requests are more than all of them.

    When someone opens "/productpage" 100 times
    Then about 101% of the requests have status 200

  Scenario: a body that contains nothing
    the text is empty, which every text contains: write what is to be there

    When someone opens "/productpage"
    Then the response body contains ""

  Scenario: a page that says nothing
    the text is empty, which every text contains: write what is to be there

    When someone opens "/productpage"
    Then the page says ""

  Scenario: a rejection for no reason
    the text is empty, which every text contains: write what is to be there

    When the config is applied:
      """
      apiVersion: networking.istio.io/v1
      kind: VirtualService
      metadata: {name: shop}
      spec: {}
      """
    Then the config is rejected with ""

  Scenario: a time between the greater and the lesser
    nothing is between 5s and 1s: the lesser one comes first.

    When someone opens "/productpage"
    Then the response takes between 5s and 1s

  Scenario: a number between the greater and the lesser
    nothing is between 5 and 1: the lesser one comes first.

    When someone opens "/productpage"
    Then the query "sum(istio_requests_total)" gives between 5 and 1

  Scenario: labels in three columns
    each row of the labels has two cells: name and value

    When someone opens "/productpage"
    Then the metric istio_requests_total is 1 for:
      | destination_workload | productpage-v1 | other |

  Scenario: a label that cannot be
    "destination workload" is no name of a label

    When someone opens "/productpage"
    Then the metric istio_requests_total is 1 for:
      | destination workload | productpage-v1 |

  Scenario: a label that is there twice
    the label response_code stands in two rows

    When someone opens "/productpage"
    Then the metric istio_requests_total is 1 for:
      | response_code | 200 |
      | response_code | 503 |

  Scenario: a header with a name that cannot be
    the answer was 400 with the body "Bad Request", wanted 200. The flag of istio-ingressgateway.istio-system is DPE (http1.codec_error).
    192.0.2.1, asked by istio-ingressgateway.istio-system:
      400: no rule is asked: the method, the path or the name of a header is none of HTTP (http1.codec_error)

    When a client sends "GET /productpage" with headers:
      | x user | jason |
    Then the response status is 200

  Scenario: a short name of another namespace
    there was no answer (unresolved), wanted 200.
    What may be why:
      DNS knows no "reviews" in the sender's namespace; there is reviews.default

    Given the services:
      | service | namespace |
      | client  | prod      |
    When client.prod sends "GET http://reviews:9080/"
    Then the response status is 200

  Scenario: a config that is empty
    there is no Kubernetes object in this config

    Given the config:
      """
      # metadata: {name: shop}
      """

  Scenario: deleting several things that are not there
    cannot delete what is not there: VirtualService default/productpage, … were not applied, or have been deleted

    When the config "virtual-service-all-v1.yaml" is deleted

  Scenario: a split that names one twice
    ratings:v1 stands in two rows of the split

    When someone opens "/productpage"
    Then the requests are split:
      | ratings:v1 | 50% |
      | ratings:v1 | 50% |

  Scenario: a table that is missing
    something is missing below this sentence: a table, or a text between two lines of """

    Given the services:

  Scenario: a text that is missing
    something is missing below this sentence: a table, or a text between two lines of """

    When a client sends "POST /login" with the body:

  Scenario: a table that is missing below a sentence that waits for nothing
    a table belongs below this sentence, such as | x-user | jason |

    Then the stream answers:

  Scenario: a table in place of a text
    a text belongs below this sentence, between two lines of """

    Given the config:
      | kind | VirtualService |

  Scenario: a text in place of a table
    a table belongs below this sentence, such as | x-user | jason |

    Then the pods are:
      """
      productpage-v1: 2/2
      """
