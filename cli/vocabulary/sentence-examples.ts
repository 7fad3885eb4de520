/** An example of each sentence of the vocabulary, by its expression. A test holds that each one matches its sentence and no other. */
export const sentenceExamples: Readonly<Record<string, string>> = {
  'the Bookinfo application': 'Given the Bookinfo application',
  'the Bookinfo application in namespace {string}': 'Given the Bookinfo application in namespace "prod"',
  'the services:': 'Given the services:\n  | service | versions | replicas |\n  | shop    | v1, v2   | 2        |',
  'the services that the config names': 'Given the services that the config names',
  'namespace {string} has no sidecars': 'Given namespace "legacy" has no sidecars',
  'namespace {string} has the label {string}': 'Given namespace "legacy" has the label "istio-injection=enabled"',
  '{service} takes {duration} to answer': 'Given ratings takes 7s to answer',
  '{service} answers {int}': 'Given ratings answers 503',
  '{service} answers {int} to the first {requests}': 'Given ratings answers 503 to the first 2 requests',
  'endpoint {int} of {service} answers {int}': 'Given endpoint 1 of shop answers 500',
  'the services of the Consul catalogue {string}': 'Given the services of the Consul catalogue "http://127.0.0.1:8500"',
  'the Consul catalogue changes within {duration}': 'When the Consul catalogue changes within 10s',
  '{service} has no healthy endpoints': 'Given ratings has no healthy endpoints',
  '{service} has healthy endpoints again': 'When ratings has healthy endpoints again',
  'endpoint {int} of {service} is not ready': 'When endpoint 2 of shop is not ready',
  'endpoint {int} of {service} is ready again': 'When endpoint 2 of shop is ready again',
  '{service} is scaled to {int} replica(s)': 'When reviews:v1 is scaled to 3 replicas',
  'the seed {int}': 'Given the seed 42',
  'the pods are:': 'Then the pods are:\n  | name           | ready |\n  | productpage-v1 | 2/2   |',
  'the chart {string} with values:': 'Given the chart "charts/shop" with values:\n  """\n  canary: 10\n  """',
  'the chart release {string} is upgraded with values:': 'When the chart release "shop" is upgraded with values:\n  """\n  canary: 50\n  """',
  'the chart release {string} is rolled back to revision {int}': 'When the chart release "shop" is rolled back to revision 1',
  'the config {string}': 'Given the config "virtual-service-reviews-v3.yaml"',
  'the config:':
    'Given the config:\n  """\n  apiVersion: networking.istio.io/v1\n  kind: VirtualService\n  metadata:\n    name: shop\n  spec:\n    hosts: [shop]\n    http:\n      - route:\n          - destination:\n              host: shop\n  """',
  'the mesh config:': 'Given the mesh config:\n  """\n  outboundTrafficPolicy:\n    mode: REGISTRY_ONLY\n  """',
  'the JWKS at {string}:':
    'Given the JWKS at "https://issuer.example.com/jwks.json":\n  """\n  {"keys": [{"kty": "EC", "crv": "P-256", "x": "WQosAfuhlJ0aglffYLtWULUjI29gKdpEh47GcLHJt6w", "y": "ZtkXqvdqaU1cbGtgjcwaGweGIclHXtlOlF5-dOztmNY"}]}\n  """',
  'the config {string} is applied': 'When the config "virtual-service-reviews-50-v3.yaml" is applied',
  'the config is applied:':
    'When the config is applied:\n  """\n  apiVersion: networking.istio.io/v1\n  kind: VirtualService\n  metadata:\n    name: shop\n  spec:\n    hosts: [shop]\n    http:\n      - route:\n          - destination:\n              host: shop\n  """',
  'the config {string} is deleted': 'When the config "virtual-service-reviews-50-v3.yaml" is deleted',
  'the config is accepted': 'Then the config is accepted',
  'the config is rejected with {string}': 'Then the config is rejected with "total destination weight = 0"',
  'the TLS secret {string} for {string}': 'Given the TLS secret "shop-credential" for "shop.example.com"',
  'the TLS secret {string} for {string} from an authority that nobody trusts':
    'Given the TLS secret "shop-credential" for "shop.example.com" from an authority that nobody trusts',
  'the TLS secret {string} for {string} that revokes the certificate {string}':
    'Given the TLS secret "shop-credential" for "shop.example.com" that revokes the certificate "partner.example.com"',
  'the TLS secret {string} for {string} in namespace {string}':
    'Given the TLS secret "client-credential" for "shop.example.com" in namespace "default"',
  '{service} shows a certificate for {string}': 'Given my-nginx shows a certificate for "nginx.example.com"',
  '{service} shows a certificate for {string} and asks clients for theirs':
    'Given my-nginx shows a certificate for "nginx.example.com" and asks clients for theirs',
  '{service} shows a certificate for {string} from an authority that nobody trusts':
    'Given my-nginx shows a certificate for "nginx.example.com" from an authority that nobody trusts',
  'the request arrives by TLS for {string}': 'Then the request arrives by TLS for "edition.cnn.com"',
  'the request arrives by TLS for {string} with the certificate {string}':
    'Then the request arrives by TLS for "nginx.example.com" with the certificate "client.example.com"',
  'the request arrives without TLS': 'Then the request arrives without TLS',
  'a client with the certificate {string} sends {request}':
    'When a client with the certificate "partner.example.com" sends "GET https://shop.example.com/"',
  'a client sends {string} over TCP to port {int}': 'When a client sends "hello" over TCP to port 31400',
  'a client sends {string} over TCP to port {int} {times}': 'When a client sends "hello" over TCP to port 31400 100 times',
  '{service} sends {string} over TCP to {string}': 'When shop sends "hello" over TCP to "db:5432"',
  '{service} sends {string} over TCP to {string} {times}': 'When shop sends "hello" over TCP to "db:5432" 100 times',
  'a client sends {string} over UDP to port {int}': 'When a client sends "hello" over UDP to port 5300',
  'a client sends {string} over UDP to port {int} {times}': 'When a client sends "hello" over UDP to port 5300 100 times',
  '{service} sends {string} over UDP to {string}': 'When shop sends "hello" over UDP to "dns:53"',
  '{service} sends {string} over UDP to {string} {times}': 'When shop sends "hello" over UDP to "dns:53" 100 times',
  '{service} answers the gRPC status {grpcStatus}': 'Given stock answers the gRPC status UNAVAILABLE',
  '{service} answers the gRPC status {grpcStatus} to the first {requests}': 'Given stock answers the gRPC status UNAVAILABLE to the first 2 requests',
  'a client calls {string} with the message {string}': 'When a client calls "/shop.Stock/Get" with the message "tea"',
  'a client calls {string} with the messages:': 'When a client calls "/shop.Stock/Chat" with the messages:\n  | tea    |\n  | coffee |',
  '{service} calls {string} with the message {string}': 'When shop calls "grpc://stock:7070/shop.Stock/Get" with the message "tea"',
  '{service} calls {string} with the message {string} and headers:':
    'When shop calls "grpc://stock:7070/shop.Stock/Get" with the message "tea" and headers:\n  | grpc-timeout | 500m |',
  '{service} calls {string} with the message {string} {times}': 'When shop calls "grpc://stock:7070/shop.Stock/Get" with the message "tea" 100 times',
  '{service} calls {string} with the messages:': 'When shop calls "grpc://stock:7070/shop.Stock/Chat" with the messages:\n  | tea    |\n  | coffee |',
  'a client opens a WebSocket to {string} and sends {string}': 'When a client opens a WebSocket to "ws://shop.example.com/chat" and sends "hello"',
  'a client opens a WebSocket to {string} and sends:':
    'When a client opens a WebSocket to "ws://shop.example.com/chat" and sends:\n  | hello |\n  | bye   |',
  '{service} opens a WebSocket to {string} and sends {string}': 'When shop opens a WebSocket to "ws://chat/room" and sends "hello"',
  '{service} opens a WebSocket to {string} and sends:': 'When shop opens a WebSocket to "ws://chat/room" and sends:\n  | hello |\n  | bye   |',
  'the gRPC status is {grpcStatus}': 'Then the gRPC status is UNAVAILABLE',
  'the gRPC status is {grpcStatus} or {grpcStatus}': 'Then the gRPC status is UNAVAILABLE or DEADLINE_EXCEEDED',
  'the gRPC message is {string}': 'Then the gRPC message is "no healthy upstream"',
  'the stream answers {string}': 'Then the stream answers "stock-v1 tea"',
  'the stream answers:': 'Then the stream answers:\n  | stock-v1 tea    |\n  | stock-v1 coffee |',
  'the page says {string}': 'Then the page says "Sorry, product reviews are currently unavailable for this book."',
  'the page does not say {string}': 'Then the page does not say "Error fetching product reviews!"',
  'the page title is {string}': 'Then the page title is "Simple Bookstore App"',
  'the page shows no stars': 'Then the page shows no stars',
  'the page shows black stars': 'Then the page shows black stars',
  'the page shows red stars': 'Then the page shows red stars',
  'the response status is {int}': 'Then the response status is 200',
  'the response status is {int} or {int}': 'Then the response status is 200 or 503',
  'the response header {string} is {string}': 'Then the response header "x-served-by" is "v2"',
  'the response header {string} is absent': 'Then the response header "x-internal" is absent',
  'the response body contains {string}': 'Then the response body contains "productpage"',
  'the response body does not contain {string}': 'Then the response body does not contain "upstream request timeout"',
  'the request is redirected to {string}': 'Then the request is redirected to "https://shop.example.com/new"',
  'the request is redirected to {string} with status {int}': 'Then the request is redirected to "https://shop.example.com/new" with status 301',
  'the request gets no answer': 'Then the request gets no answer',
  'the request reaches {service}': 'Then the request reaches reviews:v2',
  'the request does not reach {service}': 'Then the request does not reach ratings',
  'all requests reach {service}': 'Then all requests reach reviews:v3',
  'the request takes the path {string}': 'Then the request takes the path "productpage -> reviews:v2 -> ratings"',
  'the request reaches {service} with header {string} set to {string}': 'Then the request reaches shop:v2 with header "x-user" set to "jason"',
  'the request reaches {service} without header {string}': 'Then the request reaches shop:v2 without header "x-debug"',
  'the request reaches {service} as {request}': 'Then the request reaches shop:v2 as "GET /v2/items"',
  '{service} received {requests}': 'Then shop received 3 requests',
  'every request from the same {string} reaches the same endpoint': 'Then every request from the same "x-user" reaches the same endpoint',
  'about {percent} of the requests reach {service}': 'Then about 50% of the requests reach reviews:v1',
  'about {percent} of the requests have status {int}': 'Then about 10% of the requests have status 500',
  'the requests are split:': 'Then the requests are split:\n  | reviews:v1 | 50% |\n  | reviews:v3 | 50% |',
  'the metric {word} is {float} for:':
    'Then the metric istio_requests_total is 100 for:\n  | destination_workload | reviews-v1 |\n  | response_code        | 200        |',
  'the query {string} gives exactly {float}': 'Then the query "sum(istio_requests_total)" gives exactly 100',
  'the query {string} gives more than {float}': 'Then the query "sum(rate(istio_requests_total[1m]))" gives more than 1',
  'the query {string} gives less than {float}':
    'Then the query "histogram_quantile(0.99, sum by (le) (rate(istio_request_duration_milliseconds_bucket[1m])))" gives less than 250',
  'the query {string} gives between {float} and {float}': 'Then the query "sum(rate(istio_requests_total[1m]))" gives between 0.9 and 1.1',
  'the query {string} gives no data': 'Then the query "istio_tcp_sent_bytes_total" gives no data',
  'a trace shows:': 'Then a trace shows:\n  | productpage | reviews | ratings |',
  'the service graph has the edge {string}': 'Then the service graph has the edge "productpage -> reviews:v2"',
  'the connection from {service} to {service} uses mutual TLS': 'Then the connection from productpage to reviews uses mutual TLS',
  'the identity of {service} is {string}': 'Then the identity of productpage is "spiffe://cluster.local/ns/default/sa/bookinfo-productpage"',
  'the analysis reports {word} for {word} {string}': 'Then the analysis reports IST0101 for VirtualService "reviews"',
  'the analysis reports nothing': 'Then the analysis reports nothing',
  '{word} {string} is accepted': 'Then HTTPRoute "shop" is accepted',
  '{word} {string} is not accepted, because {string}': 'Then HTTPRoute "shop" is not accepted, because "NoMatchingParent"',
  '{word} {string} resolves its references': 'Then HTTPRoute "shop" resolves its references',
  '{word} {string} does not resolve its references, because {string}':
    'Then HTTPRoute "shop" does not resolve its references, because "BackendNotFound"',
  'listener {string} of {word} {string} is not accepted, because {string}':
    'Then listener "odd" of Gateway "entry" is not accepted, because "UnsupportedProtocol"',
  'listener {string} of {word} {string} is programmed': 'Then listener "http" of Gateway "entry" is programmed',
  'listener {string} of {word} {string} is not programmed, because {string}':
    'Then listener "https" of Gateway "entry" is not programmed, because "Invalid"',
  'listener {string} of {word} {string} does not resolve its references, because {string}':
    'Then listener "https" of Gateway "entry" does not resolve its references, because "InvalidCertificateRef"',
  'listener {string} of {word} {string} is in conflict, because {string}':
    'Then listener "other" of ListenerSet "extra" is in conflict, because "HostnameConflict"',
  'listener {string} of {word} {string} has {int} attached route(s)': 'Then listener "http" of Gateway "entry" has 2 attached routes',
  'listener {string} of {word} {string} takes routes of the kinds {string}':
    'Then listener "http" of Gateway "entry" takes routes of the kinds "HTTPRoute, GRPCRoute"',
  '{word} {string} has the condition {string}, because {string}':
    'Then Gateway "entry" has the condition "InsecureFrontendValidationMode", because "ConfigurationChanged"',
  'listener {string} of {word} {string} has the condition {string}, because {string}':
    'Then listener "https" of Gateway "entry" has the condition "OverlappingTLSConfig", because "OverlappingHostnames"',
  '{word} {string} is programmed': 'Then Gateway "entry" is programmed',
  '{word} {string} is not programmed, because {string}': 'Then Gateway "entry" is not programmed, because "Invalid"',
  '{duration} pass': 'When 30s pass',
  'the response takes about {duration}': 'Then the response takes about 7s',
  'the response takes less than {duration}': 'Then the response takes less than 1s',
  'the response takes at least {duration}': 'Then the response takes at least 6s',
  'the response takes between {duration} and {duration}': 'Then the response takes between 5.9s and 6.5s',
  'user {string} opens {string}': 'When user "jason" opens "/productpage"',
  'user {string} opens {string} {times}': 'When user "jason" opens "/productpage" 100 times',
  'someone opens {string}': 'When someone opens "/productpage"',
  'someone opens {string} {times}': 'When someone opens "/productpage" 100 times',
  ...sendExamples('a client', 'GET /headers'),
  ...sendExamples('{service}', 'GET http://ratings:9080/ratings/0', 'reviews'),
}

/** Every `sends` sentence takes headers, a body, a number of times and how many of them at once. */
function sendExamples(sender: string, request: string, name = sender): Record<string, string> {
  const counts = [
    { expression: '', example: '' },
    { expression: ' {times}', example: ' 1000 times' },
    { expression: ' {times}, {int} at once', example: ' 1000 times, 50 at once' },
  ]
  const endings = [
    { expression: '', example: '' },
    { expression: ' with headers:', example: ' with headers:\n  | end-user | jason |' },
    { expression: ' with the body:', example: ' with the body:\n  """\n  {"stars": 5}\n  """' },
  ]
  const pairs = counts.flatMap((count) =>
    endings.map((ending) => [
      `${sender} sends {request}${count.expression}${ending.expression}`,
      `When ${name} sends "${request}"${count.example}${ending.example}`,
    ]),
  )
  return Object.fromEntries(pairs) as Record<string, string>
}
