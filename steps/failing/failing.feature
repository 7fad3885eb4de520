Feature: Scenarios that must not pass
  The description of each is what a person is told. "…" stands for anything.

  Background:
    Given the Bookinfo application
    And the config "destination-rule-all.yaml"
    And the config "virtual-service-all-v1.yaml"
    And the services:
      | service | versions |
      | shop    | v1, v2   |
      | client  | v1       |

  Scenario: the page shows black stars
    the page shows no stars.
    details.default.svc.cluster.local, asked by productpage-v1:
      ✓ http[0]  virtual-service-all-v1.yaml:50:7   … → details.default subset v1
    reviews.default.svc.cluster.local, asked by productpage-v1:
      ✓ http[0]  virtual-service-all-v1.yaml:24:7   … → reviews.default subset v1

    When someone opens "/productpage"
    Then the page shows black stars

  Scenario: the page shows red stars
    the page shows no stars.
    details.default.svc.cluster.local, asked by productpage-v1:
      ✓ http[0]  virtual-service-all-v1.yaml:50:7   … → details.default subset v1
    reviews.default.svc.cluster.local, asked by productpage-v1:
      ✓ http[0]  virtual-service-all-v1.yaml:24:7   … → reviews.default subset v1

    When someone opens "/productpage"
    Then the page shows red stars

  Scenario: the page shows no stars
    the page shows 9 red stars.
    details.default.svc.cluster.local, asked by productpage-v1:
      ✓ http[0]  virtual-service-all-v1.yaml:50:7   … → details.default subset v1
    reviews.default.svc.cluster.local, asked by productpage-v1:
      ✓ http[0]  virtual-service-reviews-v3.yaml:10:7   … → reviews.default subset v3
    ratings.default.svc.cluster.local, asked by reviews-v3:
      ✓ http[0]  virtual-service-all-v1.yaml:37:7   … → ratings.default subset v1

    Given the config "virtual-service-reviews-v3.yaml"
    When someone opens "/productpage"
    Then the page shows no stars

  Scenario: the page title is 'Other'
    the title is "Simple Bookstore App".

    When someone opens "/productpage"
    Then the page title is "Other"

  Scenario: the page says 'Other'
    there is no page: the answer was 200 with the body "…".

    When client sends "GET http://shop/"
    Then the page says "Other"

  Scenario: the page does not say 'Book Details'
    the page says so.
    details.default.svc.cluster.local, asked by productpage-v1:
      ✓ http[0]  virtual-service-all-v1.yaml:50:7   … → details.default subset v1
    reviews.default.svc.cluster.local, asked by productpage-v1:
      ✓ http[0]  virtual-service-all-v1.yaml:24:7   … → reviews.default subset v1

    When someone opens "/productpage"
    Then the page does not say "Book Details"

  Scenario: the response status is 200
    the answer was 503 with the body "…", wanted 200.
    shop.default.svc.cluster.local, asked by client-v1:
      ✓ default  the services   … → shop.default

    When client sends "GET http://shop/?status=503"
    Then the response status is 200

  Scenario: the response status is 200 or 404
    the answer was 503 with the body "…", wanted 200 or 404.
    shop.default.svc.cluster.local, asked by client-v1:
      ✓ default  the services   … → shop.default

    When client sends "GET http://shop/?status=503"
    Then the response status is 200 or 404

  Scenario: the response header 'x-a' is 'b'
    the response has no header x-a; wanted "b".
    shop.default.svc.cluster.local, asked by client-v1:
      ✓ default  the services   … → shop.default

    When client sends "GET http://shop/"
    Then the response header "x-a" is "b"

  Scenario: the response header 'content-type' is absent
    content-type is "application/json".
    shop.default.svc.cluster.local, asked by client-v1:
      ✓ default  the services   … → shop.default

    When client sends "GET http://shop/"
    Then the response header "content-type" is absent

  Scenario: the response header 'x-a' is absent
    there was no answer (unresolved), so its headers cannot be looked at.
    What may be why:
      DNS knows no "nowhere" in the sender's namespace

    When client sends "GET http://nowhere/"
    Then the response header "x-a" is absent

  Scenario: the response body contains 'purple'
    the answer was 200 with the body "{\"id\": \"0\",\"podname\": \"reviews-v1\",\"clustername\": \"null\",\"reviews\": [{\"reviewer\": \"Reviewer1\",\"text\": \"An extremely entertaining play by Shakespeare. The slapstick humour is refreshing!\"},{\"reviewer\":…".
    reviews.default.svc.cluster.local, asked by client-v1:
      ✓ http[0]  virtual-service-all-v1.yaml:24:7   … → reviews.default subset v1

    When client sends "GET http://reviews:9080/reviews/0"
    Then the response body contains "purple"

  Scenario: the response body does not contain 'Shakespeare'
    the answer was 200, and its body contains it: "…Shakespeare…".
    reviews.default.svc.cluster.local, asked by client-v1:
      ✓ http[0]  virtual-service-all-v1.yaml:24:7   … → reviews.default subset v1

    When client sends "GET http://reviews:9080/reviews/0"
    Then the response body does not contain "Shakespeare"

  Scenario: the request reaches ratings
    did not reach ratings; it took reviews:v1.
    reviews.default.svc.cluster.local, asked by client-v1:
      ✓ http[0]  virtual-service-all-v1.yaml:24:7   … → reviews.default subset v1

    When client sends "GET http://reviews:9080/reviews/0"
    Then the request reaches ratings

  Scenario: the request does not reach a service that is misspelled
    UNKNOWN_SERVICE no workload of reveiws in namespace default
      hint: there are details:v1, ratings:v1, reviews:v1, reviews:v2, reviews:v3, productpage:v1, shop:v1, shop:v2, client:v1

    Given the Bookinfo application
    When someone opens "/productpage"
    Then the request does not reach reveiws

  Scenario: about 0% of the requests reach a version that is none
    UNKNOWN_SERVICE no workload of reviews:v4 in namespace default
      hint: there are details:v1, ratings:v1, reviews:v1, reviews:v2, reviews:v3, productpage:v1, shop:v1, shop:v2, client:v1

    Given the Bookinfo application
    When someone opens "/productpage"
    Then about 0% of the requests reach reviews:v4

  Scenario: the request does not reach reviews
    reached reviews:v1; it took reviews:v1.
    reviews.default.svc.cluster.local, asked by client-v1:
      ✓ http[0]  virtual-service-all-v1.yaml:24:7   … → reviews.default subset v1

    When client sends "GET http://reviews:9080/reviews/0"
    Then the request does not reach reviews

  Scenario: all requests reach reviews:v2
    3 of 3 requests did not; request 1:
    reached reviews:v1 instead.
    reviews.default.svc.cluster.local, asked by client-v1:
      ✓ http[0]  virtual-service-all-v1.yaml:24:7   … → reviews.default subset v1

    When client sends "GET http://reviews:9080/reviews/0" 3 times
    Then all requests reach reviews:v2

  Scenario: the request takes the path 'productpage -> reviews:v2 -> ratings'
    took productpage:v1 -> details:v1, productpage:v1 -> reviews:v1 instead.
    reviews.default.svc.cluster.local, asked by productpage-v1:
      ✓ http[0]  virtual-service-all-v1.yaml:24:7   … → reviews.default subset v1

    When someone opens "/productpage"
    Then the request takes the path "productpage -> reviews:v2 -> ratings"

  Scenario: the request takes the path 'reviews'
    took productpage:v1 -> details:v1, productpage:v1 -> reviews:v1 instead.
    reviews.default.svc.cluster.local, asked by productpage-v1:
      ✓ http[0]  virtual-service-all-v1.yaml:24:7   … → reviews.default subset v1

    When someone opens "/productpage"
    Then the request takes the path "reviews"

  Scenario: the request takes the path 'reviews => ratings'
    "reviews => ratings" in "reviews => ratings" names no service; a path reads "productpage -> reviews:v2 -> ratings"

    When someone opens "/productpage"
    Then the request takes the path "reviews => ratings"

  Scenario: the request reaches shop with header 'x-user' set to 'jason'
    shop received no header x-user.
    shop.default.svc.cluster.local, asked by client-v1:
      ✓ default  the services   … → shop.default

    When client sends "GET http://shop/"
    Then the request reaches shop with header "x-user" set to "jason"

  Scenario: the request reaches shop without header 'x-user'
    shop received x-user: "anna".
    shop.default.svc.cluster.local, asked by client-v1:
      ✓ default  the services   … → shop.default

    When client sends "GET http://shop/" with headers:
      | x-user | anna |
    Then the request reaches shop without header "x-user"

  Scenario: the request reaches shop as 'GET /b'
    shop received GET /a.
    shop.default.svc.cluster.local, asked by client-v1:
      ✓ default  the services   … → shop.default

    When client sends "GET http://shop/a"
    Then the request reaches shop as "GET /b"

  Scenario: the request is redirected to 'http://shop/b' with status 301
    not redirected: the answer was 200 with the body "…".
    shop.default.svc.cluster.local, asked by client-v1:
      ✓ default  the services   … → shop.default

    When client sends "GET http://shop/a"
    Then the request is redirected to "http://shop/b" with status 301

  Scenario: the request is redirected to 'http://shop/b' with status 301 (2)
    redirected to "http://shop/b" with status 302.
    shop.default.svc.cluster.local, asked by client-v1:
      ✓ http[0]  …   no match conditions: takes everything; 302: redirected

    Given the config:
      """
      apiVersion: networking.istio.io/v1
      kind: VirtualService
      metadata: {name: shop}
      spec: {hosts: [shop], http: [{redirect: {uri: /b, redirectCode: 302}}]}
      """
    When client sends "GET http://shop/a"
    Then the request is redirected to "http://shop/b" with status 301

  Scenario: the request is redirected to 'http://shop/b'
    not redirected: the answer was 200 with the body "…".
    shop.default.svc.cluster.local, asked by client-v1:
      ✓ default  the services   … → shop.default

    When client sends "GET http://shop/a"
    Then the request is redirected to "http://shop/b"

  Scenario: the status of an answer that is bytes
    the answer has no status, and the body "bank-v1 hello\n", wanted 200.
    bank.default.svc.cluster.local, asked by client-v1:
      ✓ default  the services   takes the connections of its port, name and address → bank.default

    Given the services:
      | service | protocol | port |
      | bank    | tcp      | 9000 |
    When client sends "hello" over TCP to "bank:9000"
    Then the response status is 200

  Scenario: the request gets no answer
    the answer was 200 with the body "…".
    shop.default.svc.cluster.local, asked by client-v1:
      ✓ default  the services   … → shop.default

    When client sends "GET http://shop/a"
    Then the request gets no answer

  Scenario: the response takes about 3s
    took 2s, wanted 2.85s to 3.15s: 200.
    shop.default.svc.cluster.local, asked by client-v1:
      ✓ default  the services   … → shop.default

    Given shop takes 2s to answer
    When client sends "GET http://shop/a"
    Then the response takes about 3s

  Scenario: the response takes about 4s, behind another
    took 6s, wanted 3.8s to 4.2s: 200. Of that productpage-v1 waited 3s for reviews.default (DC), productpage-v1 waited 3s for reviews.default (DC).
    reviews.default.svc.cluster.local, asked by productpage-v1:
      ✓ http[0]  virtual-service-reviews-v3.yaml:10:7   no match conditions: takes everything → reviews.default subset v3

    Given the Bookinfo application
    And the config "destination-rule-all.yaml"
    And the config "virtual-service-reviews-v3.yaml"
    And reviews takes 4s to answer
    When someone opens "/productpage"
    Then the response takes about 4s

  Scenario: the response takes less than 1s, with a fault
    took 7s: 200. Of that reviews-v1 waited 7s for ratings.default (DI: a fault of the rule delayed it).
    ratings.default.svc.cluster.local, asked by reviews-v1:
      ✓ http[0].match[0]  virtual-service-ratings-test-delay.yaml:12:11   header end-user is "jason", wanted exactly "jason" → ratings.default subset v1

    Given the Bookinfo application
    And the config "destination-rule-all.yaml"
    And the config "virtual-service-ratings-test-delay.yaml"
    When reviews sends "GET http://ratings:9080/ratings/0" with headers:
      | end-user | jason |
    Then the response takes less than 1s

  Scenario: the request reaches a namesake
    did not reach shop.default; it took shop.east:v1.
    shop.east.svc.cluster.local, asked by client-v1:
      ✓ default  the services   … → shop.east

    Given the services:
      | service | namespace |
      | shop    | east      |
    When client sends "GET http://shop.east/"
    Then the request reaches shop

  Scenario: an edge of the service graph to a namesake
    the graph has client:v1 -> shop.east:v1.

    Given the services:
      | service | namespace |
      | shop    | east      |
    When client sends "GET http://shop.east/"
    Then the service graph has the edge "client -> shop"

  Scenario: the response takes less than 2s
    took 2s: 200.
    shop.default.svc.cluster.local, asked by client-v1:
      ✓ default  the services   … → shop.default

    Given shop takes 2s to answer
    When client sends "GET http://shop/a"
    Then the response takes less than 2s

  Scenario: the response takes at least 2s
    took 0ms: 200.
    shop.default.svc.cluster.local, asked by client-v1:
      ✓ default  the services   … → shop.default

    When client sends "GET http://shop/a"
    Then the response takes at least 2s

  Scenario: the response takes between 1s and 2s
    took 0ms: 200.
    shop.default.svc.cluster.local, asked by client-v1:
      ✓ default  the services   … → shop.default

    When client sends "GET http://shop/a"
    Then the response takes between 1s and 2s

  Scenario: about 10% of the requests reach shop:v1
    about 10% of the requests reach shop:v1: it was … (… of 2000, 99% interval … to …). Were the statement true, a sample like this one would come up at most once in 1,000,000 runs.
    shop.default.svc.cluster.local, asked by client-v1:
      ✓ default  the services   … → shop.default

    When client sends "GET http://shop/a" 2000 times
    Then about 10% of the requests reach shop:v1

  Scenario: about 10% of the requests have status 500
    about 10% of the requests have status 500: it was 0% (0 of …, 99% interval 0% to …). Were the statement true, a sample like this one would come up at most once in 1,000,000 runs.
    shop.default.svc.cluster.local, asked by client-v1:
      ✓ default  the services   … → shop.default

    When client sends "GET http://shop/a" 20 times
    Then about 10% of the requests have status 500

  Scenario: the requests are split
    about 90% of the requests reach shop:v1: it was … (… of 2000, 99% interval … to …). Were the statement true, a sample like this one would come up at most once in 2,000,000 runs.
    about 10% of the requests reach shop:v2: it was … (… of 2000, 99% interval … to …). Were the statement true, a sample like this one would come up at most once in 2,000,000 runs.
    shop.default.svc.cluster.local, asked by client-v1:
      ✓ default  the services   … → shop.default

    When client sends "GET http://shop/a" 2000 times
    Then the requests are split:
      | shop:v1 | 90% |
      | shop:v2 | 10% |

  Scenario: the requests are split (2)
    the shares add up to 90%, and must to 100%.

    When client sends "GET http://shop/a" 2000 times
    Then the requests are split:
      | shop:v1 | 90% |

  Scenario: every request from the same 'x-user' reaches the same endpoint
    x-user "anna" reached shop-v1, shop-v2.

    When client sends "GET http://shop/a" 20 times with headers:
      | x-user | anna |
    Then every request from the same "x-user" reaches the same endpoint

  Scenario: every request from the same 'x-user' reaches the same endpoint (2)
    a request reached no endpoint: the answer was 503 with the body "no healthy upstream".

    Given shop has no healthy endpoints
    When client sends "GET http://shop/a" 20 times with headers:
      | x-user | anna |
    Then every request from the same "x-user" reaches the same endpoint

  Scenario: every request from the same 'x-user' reaches the same endpoint (3)
    a request carries no header x-user.

    When client sends "GET http://shop/a" 20 times
    Then every request from the same "x-user" reaches the same endpoint

  Scenario: shop received 2 requests
    shop received 1 (0 of them retries, 0 mirrored) instead of 2.
    shop.default.svc.cluster.local, asked by client-v1:
      ✓ default  the services   … → shop.default

    When client sends "GET http://shop/a"
    Then shop received 2 requests

  Scenario: the config is rejected with 'weight'
    the config was accepted; wanted it to be rejected with "weight".

    When the config "virtual-service-reviews-v3.yaml" is applied
    Then the config is rejected with "weight"

  Scenario: the config is accepted
    the config was rejected:
    steps/failing/failing.feature:… UNKNOWN_FIELD VirtualService default/x spec.htp: unknown field "htp"
      hint: did you mean "http"?

    When the config is applied:
      """
      apiVersion: networking.istio.io/v1
      kind: VirtualService
      metadata: {name: x}
      spec:
        hosts: [x]
        htp: []
      """
    Then the config is accepted

  Scenario: the config is applied
    the config was rejected:
    steps/failing/failing.feature:… UNKNOWN_FIELD VirtualService default/x spec.htp: unknown field "htp"
      hint: did you mean "http"?

    When the config is applied:
      """
      apiVersion: networking.istio.io/v1
      kind: VirtualService
      metadata: {name: x}
      spec:
        hosts: [x]
        htp: []
      """

  Scenario: someone opens '/productpage'
    the config was rejected:
    steps/failing/failing.feature:… UNKNOWN_FIELD VirtualService default/x spec.htp: unknown field "htp"
      hint: did you mean "http"?

    When the config is applied:
      """
      apiVersion: networking.istio.io/v1
      kind: VirtualService
      metadata: {name: x}
      spec:
        hosts: [x]
        htp: []
      """
    And someone opens "/productpage"

  Scenario: the response status is 200 (2)
    no request was sent before this step

    Then the response status is 200

  Scenario: the pods are
    reviews-v1 is 2/2, wanted 1/1.
    there is no pod reviews-v9; there are details-v1, ratings-v1, reviews-v1, reviews-v2, reviews-v3, productpage-v1, shop-v1, shop-v2, client-v1.

    Then the pods are:
      | name       | ready |
      | reviews-v1 | 1/1   |
      | reviews-v9 | 1/1   |

  Scenario: the pods are (2)
    there is no pod reviews-v1 in namespace prod; there are details-v1, ratings-v1, reviews-v1, reviews-v2, reviews-v3, productpage-v1, shop-v1, shop-v2, client-v1.

    Then the pods are:
      | name       | ready | namespace |
      | reviews-v1 | 2/2   | prod      |

  Scenario: the config 'virtual-service-review-v3.yaml'
    FILE_NOT_FOUND there is no config "virtual-service-review-v3.yaml"
      hint: did you mean virtual-service-reviews-v3.yaml, virtual-service-reviews-v2.yaml, virtual-service-reviews-50-v3.yaml?

    Given the config "virtual-service-review-v3.yaml"

  Scenario: nobody.prod sends 'GET http://shop/'
    UNKNOWN_SERVICE no workload of nobody in namespace prod
      hint: there are details.default:v1, ratings.default:v1, reviews.default:v1, reviews.default:v2, reviews.default:v3, productpage.default:v1, shop.default:v1, shop.default:v2, client.default:v1

    When nobody.prod sends "GET http://shop/"

  Scenario: client sends 'GET /'
    INVALID_REQUEST "/" is no URL
      hint: a service needs a whole URL, such as "GET http://ratings:9080/ratings/0"

    When client sends "GET /"

  Scenario: the response status is 200 (3)
    not supported: WasmPlugin default/x: kind WasmPlugin (extensions.istio.io/v1alpha1) is not modelled

    Given the config:
      """
      apiVersion: extensions.istio.io/v1alpha1
      kind: WasmPlugin
      metadata: {name: x}
      spec: {url: "oci://registry.example.com/plugin:1"}
      """
    When someone opens "/productpage"
    Then the response status is 200

  Scenario: the metric istio_requests_total is 100 for
    istio_requests_total is 1.
    Counted since the scenario began:
      1 for {reporter="source", source_workload="client-v1", destination_workload="shop-v1", response_code="200"}
      1 for {reporter="destination", source_workload="client-v1", destination_workload="shop-v1", response_code="200"}

    When client sends "GET http://shop/"
    Then the metric istio_requests_total is 100 for:
      | response_code | 200 |

  Scenario: the query 'sum(istio_requests_total)' gives exactly 1
    it gives 2.

    When client sends "GET http://shop/"
    Then the query "sum(istio_requests_total)" gives exactly 1

  Scenario: the query 'istio_requests_total' gives more than 1
    the query gives 2 series: 1 for {reporter="source", connection_security_policy="unknown"}; 1 for {reporter="destination", connection_security_policy="mutual_tls"}. Make one number of them, by sum() for instance.

    When client sends "GET http://shop/"
    Then the query "istio_requests_total" gives more than 1

  Scenario: the query 'sum(istio_requests_total)' gives less than 2
    it gives 2.

    When client sends "GET http://shop/"
    Then the query "sum(istio_requests_total)" gives less than 2

  Scenario: the query 'sum(rate(istio_requests_total[1m]))' gives between 1 and 2
    it gives 0.03333333333333333.

    When client sends "GET http://shop/"
    Then the query "sum(rate(istio_requests_total[1m]))" gives between 1 and 2

  Scenario: the query 'istio_requests_total' gives no data
    it gives 1 for {reporter="source", connection_security_policy="unknown"}; 1 for {reporter="destination", connection_security_policy="mutual_tls"}.

    When client sends "GET http://shop/"
    Then the query "istio_requests_total" gives no data

  Scenario: the query 'up' gives no data
    not supported: up is not counted here; what is: istio_requests_total, istio_request_duration_milliseconds_bucket, istio_request_duration_milliseconds_sum, istio_request_duration_milliseconds_count

    When client sends "GET http://shop/"
    Then the query "up" gives no data

  Scenario: the query 'sum(' gives more than 1
    "sum(" is no PromQL

    When client sends "GET http://shop/"
    Then the query "sum(" gives more than 1

  Scenario: a trace shows
    the traces show shop:v1.

    When client sends "GET http://shop/"
    Then a trace shows:
      | a | b |

  Scenario: the service graph has the edge 'a -> b'
    the graph has client:v1 -> shop:v1.

    When client sends "GET http://shop/"
    Then the service graph has the edge "a -> b"

  Scenario: the connection from client to shop uses mutual TLS
    shop:… received a request from client without mutual TLS: it came with no x-forwarded-client-cert.
    DestinationRule default/plain sets TLS of mode DISABLE

    Given the config:
      """
      apiVersion: networking.istio.io/v1
      kind: DestinationRule
      metadata: {name: plain}
      spec: {host: shop, trafficPolicy: {tls: {mode: DISABLE}}}
      """
    When client sends "GET http://shop/"
    Then the connection from client to shop uses mutual TLS

  Scenario: the connection to a sidecar that looks for no TLS
    shop:… received a request from client without mutual TLS: it came with no x-forwarded-client-cert.
    a PeerAuthentication has shop-… look for no TLS

    Given the config:
      """
      apiVersion: security.istio.io/v1
      kind: PeerAuthentication
      metadata: {name: plain}
      spec: {mtls: {mode: DISABLE}}
      """
    When client sends "GET http://shop/"
    Then the connection from client to shop uses mutual TLS

  Scenario: the connection to who has no sidecar
    bare:v1 received a request from client without mutual TLS: it came with no x-forwarded-client-cert.
    bare-v1 has no sidecar that could end TLS

    Given the services:
      | service | sidecar |
      | bare    | no      |
    When client sends "GET http://bare/"
    Then the connection from client to bare uses mutual TLS

  Scenario: the connection from shop to client uses mutual TLS
    nothing went from shop to client.

    When client sends "GET http://shop/"
    Then the connection from shop to client uses mutual TLS

  Scenario: the identity of shop is 'spiffe://cluster.local/ns/default/sa/till'
    the certificate of shop says spiffe://cluster.local/ns/default/sa/shop.

    When client sends "GET http://shop/"
    Then the identity of shop is "spiffe://cluster.local/ns/default/sa/till"

  Scenario: the analysis reports IST0101 for VirtualService 'reviews'
    the analysis does not report IST0101 for VirtualService "reviews"; of that it reports nothing.

    Given the config:
      """
      apiVersion: networking.istio.io/v1
      kind: VirtualService
      metadata: {name: reviews}
      spec: {hosts: [shop], http: [{route: [{destination: {host: shop}}]}]}
      """
    Then the analysis reports IST0101 for VirtualService "reviews"

  Scenario: the analysis reports nothing
    the analysis reports:
      … IST0101 VirtualService default/reviews spec.http[0].route[0].destination.host: there is no host "nobody"
      hint: did you mean "shop.default.svc.cluster.local"?
      … IST0173 DestinationRule default/ratings spec.subsets[2]: subset v2-mysql selects no pod; requests for it get 503
      … IST0173 DestinationRule default/ratings spec.subsets[3]: subset v2-mysql-vm selects no pod; requests for it get 503

    Given the config:
      """
      apiVersion: networking.istio.io/v1
      kind: VirtualService
      metadata: {name: reviews}
      spec: {hosts: [shop], http: [{route: [{destination: {host: nobody}}]}]}
      """
    Then the analysis reports nothing

  Scenario: the chart 'charts/shop' with values
    FILE_NOT_FOUND there is no chart "charts/shop"
      hint: …

    Given the chart "charts/shop" with values:
      """
      a: 1
      """

  Scenario: the chart release 'shop' is upgraded with values
    there is no chart release "shop"; no chart was given

    When the chart release "shop" is upgraded with values:
      """
      a: 1
      """

  Scenario: the chart release 'shop' is rolled back to revision 1
    there is no chart release "shop"; no chart was given

    When the chart release "shop" is rolled back to revision 1

  Scenario: the rules that were tried
    reached reviews:v1 instead.
    reviews.default.svc.cluster.local, asked by productpage-v1:
      ✗ http[0]…  virtual-service-reviews-test-v2.yaml:12:11   header end-user is "anna", wanted exactly "jason"
      ✓ http[1]…  virtual-service-reviews-test-v2.yaml:19:7    … → reviews…subset v1

    Given the config "virtual-service-reviews-test-v2.yaml"
    When user "anna" opens "/productpage"
    Then the request reaches reviews:v2

  Scenario: the config is deleted, and never was applied
    cannot delete what is not there: VirtualService default/reviews was not applied, or has been deleted

    When the config "virtual-service-reviews-50-v3.yaml" is deleted
    And the config "virtual-service-reviews-50-v3.yaml" is deleted
    Then the response status is 200

  Scenario: HTTPRoute 'shop' is accepted
    of HTTPRoute "shop" is said:
      Accepted is False, NoMatchingListenerHostname: none of the hostnames is one of listener "http" of Gateway "entry" ("shop.test")

    Given the config:
      """
      apiVersion: gateway.networking.k8s.io/v1
      kind: Gateway
      metadata: {name: entry}
      spec: {gatewayClassName: istio, listeners: [{name: http, port: 80, protocol: HTTP, hostname: shop.test}]}
      ---
      apiVersion: gateway.networking.k8s.io/v1
      kind: HTTPRoute
      metadata: {name: shop}
      spec: {parentRefs: [{name: entry}], hostnames: [other.test], rules: [{backendRefs: [{name: nosuch, port: 80}]}]}
      """
    Then HTTPRoute "shop" is accepted

  Scenario: HTTPRoute 'shop' is not accepted
    of HTTPRoute "shop" is said:
      Accepted is True, Accepted: no errors found

    Given the config:
      """
      apiVersion: gateway.networking.k8s.io/v1
      kind: Gateway
      metadata: {name: entry}
      spec: {gatewayClassName: istio, listeners: [{name: http, port: 80, protocol: HTTP, hostname: shop.test}]}
      ---
      apiVersion: gateway.networking.k8s.io/v1
      kind: HTTPRoute
      metadata: {name: shop}
      spec: {parentRefs: [{name: entry}], hostnames: [shop.test], rules: [{backendRefs: [{name: nosuch, port: 80}]}]}
      """
    Then HTTPRoute "shop" is not accepted, because "NoMatchingParent"

  Scenario: HTTPRoute 'shop' resolves its references
    of HTTPRoute "shop" is said:
      ResolvedRefs is False, BackendNotFound: there is no Service "default/nosuch"

    Given the config:
      """
      apiVersion: gateway.networking.k8s.io/v1
      kind: Gateway
      metadata: {name: entry}
      spec: {gatewayClassName: istio, listeners: [{name: http, port: 80, protocol: HTTP, hostname: shop.test}]}
      ---
      apiVersion: gateway.networking.k8s.io/v1
      kind: HTTPRoute
      metadata: {name: shop}
      spec: {parentRefs: [{name: entry}], hostnames: [shop.test], rules: [{backendRefs: [{name: nosuch, port: 80}]}]}
      """
    Then HTTPRoute "shop" resolves its references

  Scenario: HTTPRoute 'shop' does not resolve its references
    of HTTPRoute "shop" is said:
      ResolvedRefs is False, BackendNotFound: there is no Service "default/nosuch"

    Given the config:
      """
      apiVersion: gateway.networking.k8s.io/v1
      kind: Gateway
      metadata: {name: entry}
      spec: {gatewayClassName: istio, listeners: [{name: http, port: 80, protocol: HTTP, hostname: shop.test}]}
      ---
      apiVersion: gateway.networking.k8s.io/v1
      kind: HTTPRoute
      metadata: {name: shop}
      spec: {parentRefs: [{name: entry}], hostnames: [shop.test], rules: [{backendRefs: [{name: nosuch, port: 80}]}]}
      """
    Then HTTPRoute "shop" does not resolve its references, because "RefNotPermitted"

  Scenario: listener 'http' of Gateway 'entry' is not accepted
    of Gateway "entry" listener "http" is said:
      Accepted is True, Accepted: no errors found

    Given the config:
      """
      apiVersion: gateway.networking.k8s.io/v1
      kind: Gateway
      metadata: {name: entry}
      spec: {gatewayClassName: istio, listeners: [{name: http, port: 80, protocol: HTTP, hostname: shop.test}]}
      ---
      apiVersion: gateway.networking.k8s.io/v1
      kind: HTTPRoute
      metadata: {name: shop}
      spec: {parentRefs: [{name: entry}], hostnames: [shop.test], rules: [{backendRefs: [{name: nosuch, port: 80}]}]}
      """
    Then listener "http" of Gateway "entry" is not accepted, because "UnsupportedProtocol"

  Scenario: Gateway 'entry' is programmed
    of Gateway "entry" is said:
      Programmed is False, Invalid: listeners that take no traffic: http

    Given the config:
      """
      apiVersion: gateway.networking.k8s.io/v1
      kind: Gateway
      metadata: {name: entry}
      spec: {gatewayClassName: istio, listeners: [{name: http, port: 80, protocol: ODD}]}
      """
    Then Gateway "entry" is programmed

  Scenario: Gateway 'entry' is not programmed
    of Gateway "entry" is said:
      Programmed is True, Programmed: no errors found

    Given the config:
      """
      apiVersion: gateway.networking.k8s.io/v1
      kind: Gateway
      metadata: {name: entry}
      spec: {gatewayClassName: istio, listeners: [{name: http, port: 80, protocol: HTTP}]}
      """
    Then Gateway "entry" is not programmed, because "Invalid"

  Scenario: listener 'http' of Gateway 'entry' is programmed
    of Gateway "entry" listener "http" is said:
      Programmed is False, Invalid: there is no Secret "default/nosuch"

    Given the config:
      """
      apiVersion: gateway.networking.k8s.io/v1
      kind: Gateway
      metadata: {name: entry}
      spec: {gatewayClassName: istio, listeners: [{name: http, port: 443, protocol: HTTPS, tls: {certificateRefs: [{name: nosuch}]}}]}
      """
    Then listener "http" of Gateway "entry" is programmed

  Scenario: listener 'http' of Gateway 'entry' is not programmed
    of Gateway "entry" listener "http" is said:
      Programmed is True, Programmed: no errors found

    Given the config:
      """
      apiVersion: gateway.networking.k8s.io/v1
      kind: Gateway
      metadata: {name: entry}
      spec: {gatewayClassName: istio, listeners: [{name: http, port: 80, protocol: HTTP}]}
      """
    Then listener "http" of Gateway "entry" is not programmed, because "Invalid"

  Scenario: listener 'http' of Gateway 'entry' does not resolve its references
    of Gateway "entry" listener "http" is said:
      ResolvedRefs is False, InvalidCertificateRef: there is no Secret "default/nosuch"

    Given the config:
      """
      apiVersion: gateway.networking.k8s.io/v1
      kind: Gateway
      metadata: {name: entry}
      spec: {gatewayClassName: istio, listeners: [{name: http, port: 443, protocol: HTTPS, tls: {certificateRefs: [{name: nosuch}]}}]}
      """
    Then listener "http" of Gateway "entry" does not resolve its references, because "RefNotPermitted"

  Scenario: listener 'http' of Gateway 'entry' is in conflict
    of Gateway "entry" listener "http" is said:
      Conflicted is False, NoConflicts: no errors found

    Given the config:
      """
      apiVersion: gateway.networking.k8s.io/v1
      kind: Gateway
      metadata: {name: entry}
      spec: {gatewayClassName: istio, listeners: [{name: http, port: 80, protocol: HTTP}]}
      """
    Then listener "http" of Gateway "entry" is in conflict, because "HostnameConflict"

  Scenario: listener 'http' of Gateway 'entry' has attached routes
    listener "http" of Gateway "entry" has 0 attached routes, not 1.

    Given the config:
      """
      apiVersion: gateway.networking.k8s.io/v1
      kind: Gateway
      metadata: {name: entry}
      spec: {gatewayClassName: istio, listeners: [{name: http, port: 80, protocol: HTTP}]}
      """
    Then listener "http" of Gateway "entry" has 1 attached route

  Scenario: listener 'http' of Gateway 'entry' takes routes of the kinds
    …

    Given the config:
      """
      apiVersion: gateway.networking.k8s.io/v1
      kind: Gateway
      metadata: {name: entry}
      spec: {gatewayClassName: istio, listeners: [{name: http, port: 80, protocol: HTTP}]}
      """
    Then listener "http" of Gateway "entry" takes routes of the kinds "TCPRoute"

  Scenario: Gateway 'entry' has the condition
    of Gateway "entry" is said:
      Accepted is True, Accepted: no errors found
      Programmed is True, Programmed: no errors found
      ResolvedRefs is True, ResolvedRefs: no errors found

    Given the config:
      """
      apiVersion: gateway.networking.k8s.io/v1
      kind: Gateway
      metadata: {name: entry}
      spec: {gatewayClassName: istio, listeners: [{name: http, port: 80, protocol: HTTP}]}
      """
    Then Gateway "entry" has the condition "Accepted", because "ListenersNotValid"

  Scenario: listener 'http' of Gateway 'entry' has the condition
    of Gateway "entry" listener "http" is said:
      Conflicted is False, NoConflicts: no errors found

    Given the config:
      """
      apiVersion: gateway.networking.k8s.io/v1
      kind: Gateway
      metadata: {name: entry}
      spec: {gatewayClassName: istio, listeners: [{name: http, port: 80, protocol: HTTP}]}
      """
    Then listener "http" of Gateway "entry" has the condition "Conflicted", because "HostnameConflict"

  Scenario: A request that arrives in plain text
    till:v1 took it without TLS.
    till.default.svc.cluster.local, asked by client-v1:
      ✓ default  the services   no match conditions: takes everything → till.default

    Given the services:
      | service |
      | client  |
      | till    |
    When client sends "GET http://till/"
    Then the request arrives by TLS for "till"

  Scenario: A request that arrives in plain text, and so without a certificate
    till:v1 took it without TLS.
    till.default.svc.cluster.local, asked by client-v1:
      ✓ default  the services   no match conditions: takes everything → till.default

    Given the services:
      | service |
      | client  |
      | till    |
    When client sends "GET http://till/"
    Then the request arrives by TLS for "till" with the certificate "client.example.com"

  Scenario: A request that arrives by TLS
    edition.cnn.com took it by TLS for "edition.cnn.com".
    edition.cnn.com, asked by client-v1:
      → PassthroughCluster

    Given the services:
      | service |
      | client  |
    When client sends "GET https://edition.cnn.com/"
    Then the request arrives without TLS

  Scenario: A request that arrives by TLS, for another name
    edition.cnn.com took it by TLS for "edition.cnn.com".
    edition.cnn.com, asked by client-v1:
      → PassthroughCluster

    Given the services:
      | service |
      | client  |
    When client sends "GET https://edition.cnn.com/"
    Then the request arrives by TLS for "cnn.com"

  Scenario: A request that arrives by TLS, and without a certificate
    edition.cnn.com was shown no certificate.
    edition.cnn.com, asked by client-v1:
      → PassthroughCluster

    Given the services:
      | service |
      | client  |
    When client sends "GET https://edition.cnn.com/"
    Then the request arrives by TLS for "edition.cnn.com" with the certificate "client.example.com"

  Scenario: the gRPC status is OK
    the gRPC status was ABORTED: the answer was 200 with an empty body.
    stock.default.svc.cluster.local, asked by client-v1:
      ✓ default  the services   … → stock.default

    Given the services:
      | service | protocol |
      | stock   | grpc     |
    And stock answers the gRPC status ABORTED
    When client calls "grpc://stock/shop.Stock/Get" with the message "tea"
    Then the gRPC status is OK

  Scenario: the gRPC status is UNAVAILABLE or DEADLINE_EXCEEDED
    the gRPC status was ABORTED: the answer was 200 with an empty body.
    stock.default.svc.cluster.local, asked by client-v1:
      ✓ default  the services   … → stock.default

    Given the services:
      | service | protocol |
      | stock   | grpc     |
    And stock answers the gRPC status ABORTED
    When client calls "grpc://stock/shop.Stock/Get" with the message "tea"
    Then the gRPC status is UNAVAILABLE or DEADLINE_EXCEEDED

  Scenario: the gRPC status is OK, of a request that is no call
    the request was no gRPC call.

    When client sends "GET http://shop/"
    Then the gRPC status is OK

  Scenario: the gRPC message is 'busy'
    the gRPC message was left out, wanted "busy".

    Given the services:
      | service | protocol |
      | stock   | grpc     |
    And stock answers the gRPC status ABORTED
    When client calls "grpc://stock/shop.Stock/Get" with the message "tea"
    Then the gRPC message is "busy"

  Scenario: the stream answers 'bye'
    the stream answered "shop-v… hello".

    When client opens a WebSocket to "ws://shop/chat" and sends "hello"
    Then the stream answers "bye"

  Scenario: the stream answers both
    the stream answered "stock-v1 tea".

    Given the services:
      | service | protocol |
      | stock   | grpc     |
    When client calls "grpc://stock/shop.Stock/Get" with the message "tea"
    Then the stream answers:
      | stock-v1 tea    |
      | stock-v1 coffee |

  Scenario: the stream answers where there is none
    there was no stream: the answer was 200 with the body ….
    shop.default.svc.cluster.local, asked by client-v1:
      ✓ default  the services   … → shop.default

    When client sends "GET http://shop/"
    Then the stream answers "hello"

  Scenario: the request reaches stock over HTTP/1.1
    stock received GET / HTTP/2.
    stock.default.svc.cluster.local, asked by client-v1:
      ✓ default  the services   … → stock.default

    Given the services:
      | service | protocol |
      | stock   | grpc     |
    When client sends "GET http://stock/"
    Then the request reaches stock as "GET / HTTP/1.1"

  Scenario: a target that gRPC does not know
    "http://stock/shop.Stock/Get" is no URL of grpc:// or grpcs://, and no path

    When client calls "http://stock/shop.Stock/Get" with the message "tea"

  Scenario: the request reaches reviews:v3, drawn
    reached reviews:v2 instead.
    reviews.default.svc.cluster.local, asked by client-v1:
      ✓ http[0]  … → reviews.default subset v2, one of 99.9% reviews.default subset v2, 0.1% reviews.default subset v3
    What may be why:
      chance decides it (99.9% reviews.default subset v2, 0.1% reviews.default subset v3): state a share of many requests

    Given the config:
      """
      apiVersion: networking.istio.io/v1
      kind: VirtualService
      metadata: {name: reviews}
      spec:
        hosts: [reviews]
        http:
          - route:
              - {destination: {host: reviews, subset: v2}, weight: 999}
              - {destination: {host: reviews, subset: v3}, weight: 1}
      """
    When client sends "GET http://reviews:9080/reviews/0"
    Then the request reaches reviews:v3

  Scenario: a token that is refused
    the answer was 401 with the body "Jwt issuer is not configured", wanted 200.
    shop.default.svc.cluster.local, asked by client-v1:
      ✓ http[0]  steps/failing/failing.feature:…   no match conditions: takes everything → shop.default subset v1
    the sidecar of shop-v1, asked by client-v1:
      ✗ RequestAuthentication default/tokens jwtRules[0]  steps/failing/failing.feature:…   the token's issuer is "evil", wanted "https://issuer.example.com"
      ✗ RequestAuthentication default/tokens jwtRules[1]  steps/failing/failing.feature:…   finds no token
      401: the request's token is refused: Jwt issuer is not configured

    Given the config:
      """
      apiVersion: security.istio.io/v1
      kind: RequestAuthentication
      metadata: {name: tokens}
      spec:
        selector: {matchLabels: {version: v1}}
        jwtRules:
        - issuer: https://issuer.example.com
          jwks: '{"keys":[{"kty":"EC","crv":"P-256","x":"WQosAfuhlJ0aglffYLtWULUjI29gKdpEh47GcLHJt6w","y":"ZtkXqvdqaU1cbGtgjcwaGweGIclHXtlOlF5-dOztmNY"}]}'
        - issuer: https://other.example.com
          jwks: '{"keys":[{"kty":"EC","crv":"P-256","x":"WQosAfuhlJ0aglffYLtWULUjI29gKdpEh47GcLHJt6w","y":"ZtkXqvdqaU1cbGtgjcwaGweGIclHXtlOlF5-dOztmNY"}]}'
          fromHeaders: [{name: x-token}]
      ---
      apiVersion: networking.istio.io/v1
      kind: VirtualService
      metadata: {name: shop}
      spec: {hosts: [shop], http: [{route: [{destination: {host: shop, subset: v1}}]}]}
      ---
      apiVersion: networking.istio.io/v1
      kind: DestinationRule
      metadata: {name: shop}
      spec: {host: shop, subsets: [{name: v1, labels: {version: v1}}]}
      """
    When client sends "GET http://shop/" with headers:
      | authorization | Bearer eyJhbGciOiJFUzI1NiJ9.eyJpc3MiOiJldmlsIn0.AAAA |
    Then the response status is 200

  Scenario: what leaves the mesh for a host that it does not know
    the answer was 502 with an empty body, wanted 200.
    edition.cnn.com, asked by client-v1:
      ✓ block_all  <built-in>   no match conditions: takes everything; 502: the proxy knows no such host, and outboundTrafficPolicy is REGISTRY_ONLY; a ServiceEntry makes one known

    Given the mesh config:
      """
      outboundTrafficPolicy: {mode: REGISTRY_ONLY}
      """
    When client sends "GET http://edition.cnn.com/"
    Then the response status is 200

  Scenario: a mesh config with a typo
    steps/failing/failing.feature:…:7 UNKNOWN_FIELD MeshConfig mesh outboundTraficPolicy: MeshConfig has no such field, and istiod passes it over
      hint: did you mean "outboundTrafficPolicy"?

    Given the mesh config:
      """
      outboundTraficPolicy: {mode: REGISTRY_ONLY}
      """
    When client sends "GET http://shop/"

  Scenario: what only the rule that was chosen names is told
    the answer was 503 with an empty body, wanted 200. The flag of client-v1.default is NC (cluster_not_found).
    shop.default.svc.cluster.local, asked by client-v1:
      ✓ http[0].match[0]  …   path "/a" is "/a"; 503: shpo.default.svc.cluster.local has no port 80 that is known here
    What may be why:
      … IST0101 VirtualService default/shop spec.http[0].route[0].destination.host: there is no host "shpo"
        hint: did you mean "shop.default.svc.cluster.local"?

    Given the config:
      """
      apiVersion: networking.istio.io/v1
      kind: VirtualService
      metadata: {name: shop}
      spec:
        hosts: [shop]
        http:
          - {match: [{uri: {exact: /a}}], route: [{destination: {host: shpo}}]}
          - {route: [{destination: {host: other}}]}
      """
    When client sends "GET http://shop/a"
    Then the response status is 200

  Scenario: a subset whose label no pod has
    the answer was 503 with the body "no healthy upstream", wanted 200. The flag of client-v1.default is UH (no_healthy_upstream).
    shop.default.svc.cluster.local, asked by client-v1:
      ✓ http[0]  …   no match conditions: takes everything; 503: no ready endpoint for shop.default subset new
    What may be why:
      … IST0173 DestinationRule default/shop spec.subsets[0]: subset new selects no pod; requests for it get 503

    Given the config:
      """
      apiVersion: networking.istio.io/v1
      kind: VirtualService
      metadata: {name: shop}
      spec: {hosts: [shop], http: [{route: [{destination: {host: shop, subset: new}}]}]}
      ---
      apiVersion: networking.istio.io/v1
      kind: DestinationRule
      metadata: {name: shop}
      spec: {host: shop, subsets: [{name: new, labels: {version: v9}}, {name: other, labels: {version: v8}}]}
      """
    When client sends "GET http://shop/"
    Then the response status is 200

  Scenario: a rule that no gateway has
    the answer was 404 with an empty body, wanted 200. The flag of istio-ingressgateway.istio-system is NR (route_not_found).
    shop.example.com, asked by istio-ingressgateway.istio-system:
      ✗ http[0].match[0]  samples/bookinfo/networking/bookinfo-gateway.yaml:29:11   path "/" is not "/productpage"
      ✗ http[0].match[1]  samples/bookinfo/networking/bookinfo-gateway.yaml:31:11   path "/" does not begin with "/static"
      ✗ http[0].match[2]  samples/bookinfo/networking/bookinfo-gateway.yaml:33:11   path "/" is not "/login"
      ✗ http[0].match[3]  samples/bookinfo/networking/bookinfo-gateway.yaml:35:11   path "/" is not "/logout"
      ✗ http[0].match[4]  samples/bookinfo/networking/bookinfo-gateway.yaml:37:11   path "/" does not begin with "/api/v1/products"
      404: no rule matched
    What may be why:
      VirtualService default/shop names no gateways, and acts in the mesh alone: bind it by spec.gateways

    Given the config:
      """
      apiVersion: networking.istio.io/v1
      kind: Gateway
      metadata: {name: entry}
      spec: {selector: {istio: ingressgateway}, servers: [{port: {number: 80, name: http, protocol: HTTP}, hosts: [shop.example.com]}]}
      ---
      apiVersion: networking.istio.io/v1
      kind: VirtualService
      metadata: {name: shop}
      spec: {hosts: [shop.example.com], http: [{route: [{destination: {host: shop}}]}]}
      """
    When a client sends "GET http://shop.example.com/"
    Then the response status is 200

  Scenario: a port that a service does not have
    there was no answer (closed), wanted 200. The flag of client-v1.default is UF,URX (-).
    shop.default.svc.cluster.local, asked by client-v1:
      → PassthroughCluster
    What may be why:
      shop.default has no port 8080; it has 80

    When client sends "GET http://shop:8080/"
    Then the response status is 200

  Scenario: a name with a typo
    there was no answer (unresolved), wanted 200.
    What may be why:
      DNS knows no "shpo" in the sender's namespace; did you mean "shop"?

    When client sends "GET http://shpo/"
    Then the response status is 200

  Scenario: a copy that is not sent
    shop received 0 (0 of them retries, 0 mirrored) instead of 1.
    reviews.default.svc.cluster.local, asked by client-v1:
      ✓ http[0]  …   no match conditions: takes everything → reviews.default; no copy: shop.default.svc.cluster.local has no port 9080 that is known here

    Given the config:
      """
      apiVersion: networking.istio.io/v1
      kind: VirtualService
      metadata: {name: reviews}
      spec: {hosts: [reviews], http: [{mirror: {host: shop}, route: [{destination: {host: reviews}}]}]}
      """
    When client sends "GET http://reviews:9080/"
    Then shop received 1 request

  Scenario: a timeout that is up
    took 1s: 504.
    shop.default.svc.cluster.local, asked by client-v1:
      ✓ http[0]  …   no match conditions: takes everything; 504: no answer within the timeout of 1000 ms

    Given shop takes 2s to answer
    And the config:
      """
      apiVersion: networking.istio.io/v1
      kind: VirtualService
      metadata: {name: shop}
      spec: {hosts: [shop], http: [{timeout: 1s, route: [{destination: {host: shop}}]}]}
      """
    When client sends "GET http://shop/"
    Then the response takes less than 500ms

  Scenario: the request reaches a service of another namespace
    took shop.prod:v1 instead.
    shop.prod.svc.cluster.local, asked by client-v1:
      ✓ default  the services   … → shop.prod

    Given the services:
      | service | namespace |
      | shop    | prod      |
    When client sends "GET http://shop.prod/"
    Then the request reaches shop.prod:v1
    And the request takes the path "shop.default"

  Scenario: a client asks where no gateway listens
    there was no answer (refused), wanted 200.
    What may be why:
      no gateway listens at port 81: Gateway default/bookinfo-gateway opens 8080

    When a client sends "GET http://shop.example.com:81/"
    Then the response status is 200

  Scenario: the analysis of what there is not
    the analysis does not report IST0101 for VirtualServices "reviews"; of that it reports nothing. There is no such VirtualServices; of this kind there is none.

    Then the analysis reports IST0101 for VirtualServices "reviews"

  Scenario: a URL without a host
    INVALID_REQUEST "http:///a" is no URL
      hint: a service needs a whole URL, such as "GET http://ratings:9080/ratings/0"

    When client sends "GET http:///a"

  Scenario: a client without a sidecar where mutual TLS is a must
    reached no workload: there was no answer (closed).
    What may be why:
      shop.default takes mutual TLS alone: PeerAuthentication default/strict; who comes without it is cut off
      what legacy-v1.default sends here passes no sidecar: no rule acts on it

    Given the services:
      | service | sidecar |
      | legacy  | no      |
    And the config:
      """
      apiVersion: security.istio.io/v1
      kind: PeerAuthentication
      metadata: {name: strict}
      spec: {mtls: {mode: STRICT}}
      """
    When legacy sends "GET http://shop/"
    Then the request reaches shop

  Scenario: the identity of what showed no certificate
    no certificate of shop was seen: it neither sent nor received a request over mutual TLS.

    When client sends "GET http://shop:9999/"
    Then the identity of shop is "spiffe://cluster.local/ns/default/sa/shop"

  Scenario: what is scaled to nothing is not reached
    reached no workload: the answer was 503 with the body "no healthy upstream".
    shop.default.svc.cluster.local, asked by client-v1:
      ✓ default  the services   no match conditions: takes everything; 503: no ready endpoint for shop.default

    When shop is scaled to 0 replicas
    And client sends "GET http://shop/"
    Then the request reaches shop:v1

  Scenario: what no Deployment makes cannot be scaled
    INVALID_VALUE no Deployment that could be scaled makes the 1 pod of vm

    Given the config:
      """
      apiVersion: networking.istio.io/v1
      kind: ServiceEntry
      metadata: {name: vm}
      spec:
        hosts: [vm.example.com]
        ports: [{number: 80, name: http, protocol: HTTP}]
        resolution: STATIC
        endpoints: [{address: 192.0.2.11, labels: {app: vm}}]
      """
    When vm is scaled to 3 replicas
    And client sends "GET http://vm.example.com/"
    Then the request reaches vm

  Scenario: what is scaled to nothing is among those that are there
    UNKNOWN_SERVICE no workload of shop:v3 in namespace default
      hint: there are …client:v1, shop:v1, shop:v2

    When shop is scaled to 0 replicas
    And client sends "GET http://shop/"
    Then the request reaches shop:v3

  Scenario: a plain request that is sent to https
    redirected to "https://shop.example.com/a" with status 301.
    shop.example.com, asked by istio-ingressgateway.istio-system:
      301: no rule is asked: plain requests are sent to https (httpsRedirect)

    Given the config:
      """
      apiVersion: networking.istio.io/v1
      kind: Gateway
      metadata: {name: front}
      spec: {selector: {istio: ingressgateway}, servers: [{port: {number: 80, name: http, protocol: HTTP}, hosts: [shop.example.com], tls: {httpsRedirect: true}}]}
      ---
      apiVersion: networking.istio.io/v1
      kind: VirtualService
      metadata: {name: shop}
      spec: {hosts: [shop.example.com], gateways: [front], http: [{route: [{destination: {host: shop}}]}]}
      """
    When a client sends "GET http://shop.example.com/a"
    Then the request is redirected to "https://shop.example.com/b"

  Scenario: a gateway whose Secret is missing
    there was no answer (closed), wanted 200.
    What may be why:
      steps/failing/failing.feature:… IST0101 Gateway default/front spec.servers[0].tls.credentialName: there is no credentialName "shop-credential"

    Given the config:
      """
      apiVersion: networking.istio.io/v1
      kind: Gateway
      metadata: {name: front}
      spec: {selector: {istio: ingressgateway}, servers: [{port: {number: 443, name: https, protocol: HTTPS}, hosts: [shop.example.com], tls: {mode: SIMPLE, credentialName: shop-credential}}]}
      ---
      apiVersion: networking.istio.io/v1
      kind: VirtualService
      metadata: {name: shop}
      spec: {hosts: [shop.example.com], gateways: [front], http: [{route: [{destination: {host: shop}}]}]}
      """
    And the TLS secret "shop-credential" for "shop.example.com" in namespace "default"
    When a client sends "GET https://shop.example.com/a"
    Then the response status is 200

  Scenario: a route to a backend that may not be used
    the answer was 500 with an empty body, wanted 200. The flag of entry-istio.default is NC (cluster_not_found).
    192.0.2.1, asked by entry-istio:
      ✓ rules[0].matches[0]  steps/failing/failing.feature:…   … takes everything; 500: none of its backends may be used
    What may be why:
      HTTPRoute default/shop: ResolvedRefs is False, RefNotPermitted: …

    Given the config:
      """
      apiVersion: gateway.networking.k8s.io/v1
      kind: Gateway
      metadata: {name: entry}
      spec: {gatewayClassName: istio, listeners: [{name: http, port: 80, protocol: HTTP}]}
      ---
      apiVersion: gateway.networking.k8s.io/v1
      kind: HTTPRoute
      metadata: {name: shop}
      spec: {parentRefs: [{name: entry}], rules: [{backendRefs: [{name: till, namespace: prod, port: 80}]}]}
      """
    And the services:
      | service | namespace |
      | till    | prod      |
    When a client sends "GET http://192.0.2.1/"
    Then the response status is 200

  Scenario: a rule whose delegate is missing
    the answer was 200 with the body "…", wanted 202.
    shop.default.svc.cluster.local, asked by client-v1:
      ✓ http[1]  steps/failing/failing.feature:…   no match conditions: takes everything → shop.default
    What may be why:
      VirtualService default/shop http[0]: there is no delegate default/leaf, so this rule is left out

    Given the config:
      """
      apiVersion: networking.istio.io/v1
      kind: VirtualService
      metadata: {name: shop}
      spec: {hosts: [shop], http: [{match: [{uri: {prefix: /a}}], delegate: {name: leaf}}, {route: [{destination: {host: shop}}]}]}
      """
    When client sends "GET http://shop/a"
    Then the response status is 202
