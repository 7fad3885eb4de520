export type Plain = Record<string, unknown>

interface Beginning {
  readonly apiVersion: string
  readonly kind: string
  /** Each is valid. */
  readonly specs: readonly Plain[]
}

const destination = { host: 'reviews', subset: 'v1' }
const route = [{ destination }]
const port = { number: 80, name: 'http', protocol: 'HTTP' }
const matchLabels = { app: 'reviews' }

/** What generated documents begin with: the kinds, each with specs that are valid. */
export const beginnings: readonly Beginning[] = [
  {
    apiVersion: 'networking.istio.io/v1',
    kind: 'VirtualService',
    specs: [
      { hosts: ['reviews'], http: [{ route }] },
      { hosts: ['reviews'], http: [{ match: [{ uri: { prefix: '/api' } }], route, retries: { attempts: 3 } }, { route }] },
      { hosts: ['reviews'], http: [{ match: [{ headers: { 'end-user': { exact: 'jason' } } }], fault: { delay: { fixedDelay: '1s' } }, route }] },
      {
        hosts: ['reviews'],
        http: [
          {
            route: [
              { destination, weight: 80 },
              { destination: { host: 'reviews', subset: 'v2' }, weight: 20 },
            ],
            mirror: destination,
          },
        ],
      },
      { hosts: ['*.example.com'], gateways: ['gw'], http: [{ redirect: { uri: '/new' } }, { directResponse: { status: 503 } }] },
      {
        hosts: ['reviews'],
        http: [
          {
            corsPolicy: { allowOrigins: [{ exact: '*' }], allowMethods: ['GET'] },
            headers: { request: { set: { 'x-a': 'b' } } },
            rewrite: { uri: '/x' },
            route,
          },
        ],
      },
      { hosts: ['api.example.com'], gateways: ['gw'], http: [{ match: [{ uri: { prefix: '/x' } }], delegate: { name: 'other' } }] },
      { http: [{ route }] },
      { hosts: ['db'], tcp: [{ match: [{ port: 3306 }], route: [{ destination: { host: 'db' } }] }] },
      {
        hosts: ['api.example.com'],
        tls: [{ match: [{ port: 443, sniHosts: ['api.example.com'] }], route: [{ destination: { host: 'api.example.com' } }] }],
      },
      { hosts: ['api.example.com'], gateways: ['mesh', 'istio-system/gw'], exportTo: ['*'], http: [{ name: 'one', timeout: '5s', route }] },
    ],
  },
  {
    apiVersion: 'networking.istio.io/v1',
    kind: 'DestinationRule',
    specs: [
      { host: 'reviews' },
      {
        host: 'reviews',
        subsets: [
          { name: 'v1', labels: { version: 'v1' } },
          { name: 'v2', labels: { version: 'v2' } },
        ],
      },
      { host: 'reviews', trafficPolicy: { loadBalancer: { simple: 'RANDOM' }, connectionPool: { tcp: { maxConnections: 10 } } } },
      {
        host: 'reviews',
        trafficPolicy: {
          loadBalancer: { consistentHash: { httpHeaderName: 'x-user' } },
          outlierDetection: { consecutive5xxErrors: 5, interval: '10s' },
        },
      },
      {
        host: 'reviews',
        trafficPolicy: {
          tls: { mode: 'ISTIO_MUTUAL' },
          portLevelSettings: [{ port: { number: 80 }, tls: { mode: 'SIMPLE', caCertificates: '/ca.pem' } }],
        },
      },
      {
        host: 'reviews',
        workloadSelector: { matchLabels },
        trafficPolicy: { loadBalancer: { localityLbSetting: { failover: [{ from: 'us-east', to: 'us-west' }] } }, outlierDetection: {} },
      },
      {
        host: 'reviews',
        trafficPolicy: { loadBalancer: { localityLbSetting: { distribute: [{ from: 'us-east/*', to: { 'us-east/*': 80, 'us-west/*': 20 } }] } } },
      },
      {
        host: 'reviews',
        exportTo: ['.'],
        trafficPolicy: {
          loadBalancer: { warmup: { duration: '60s' } },
          tunnel: { protocol: 'CONNECT', targetHost: 'api.example.com', targetPort: 443 },
        },
      },
    ],
  },
  {
    apiVersion: 'networking.istio.io/v1',
    kind: 'Gateway',
    specs: [
      { selector: { istio: 'ingressgateway' }, servers: [{ port, hosts: ['*.example.com'] }] },
      {
        selector: { istio: 'ingressgateway' },
        servers: [
          { port: { number: 443, name: 'https', protocol: 'HTTPS' }, hosts: ['api.example.com'], tls: { mode: 'SIMPLE', credentialName: 'cert' } },
        ],
      },
      {
        servers: [
          { port: { number: 443, name: 'tls', protocol: 'TLS' }, hosts: ['*'], tls: { mode: 'PASSTHROUGH' } },
          { port, hosts: ['*'], tls: { httpsRedirect: true } },
        ],
      },
      {
        servers: [
          {
            port: { number: 443, name: 'https', protocol: 'HTTPS' },
            hosts: ['./a.example.com'],
            tls: { mode: 'MUTUAL', serverCertificate: '/c', privateKey: '/k', caCertificates: '/ca' },
          },
        ],
      },
    ],
  },
  {
    apiVersion: 'networking.istio.io/v1',
    kind: 'ServiceEntry',
    specs: [
      { hosts: ['api.example.com'], ports: [{ number: 443, name: 'https', protocol: 'HTTPS' }], resolution: 'DNS', location: 'MESH_EXTERNAL' },
      { hosts: ['*.example.com'], ports: [port], resolution: 'NONE' },
      {
        hosts: ['api.example.com'],
        addresses: ['10.1.0.0/16'],
        ports: [{ number: 3306, name: 'tcp', protocol: 'TCP' }],
        resolution: 'STATIC',
        endpoints: [{ address: '10.1.0.1', ports: { tcp: 3307 }, labels: { version: 'v1' } }],
      },
      {
        hosts: ['vm.prod'],
        ports: [port],
        resolution: 'STATIC',
        workloadSelector: { labels: { app: 'vm' } },
        exportTo: ['.'],
        subjectAltNames: ['a'],
      },
      { hosts: ['api.example.com'], ports: [port], resolution: 'DNS_ROUND_ROBIN', endpoints: [{ address: 'other.example.com' }] },
      { hosts: ['*.example.com'], ports: [{ number: 443, name: 'tls', protocol: 'TLS' }], resolution: 'DYNAMIC_DNS' },
    ],
  },
  {
    apiVersion: 'networking.istio.io/v1',
    kind: 'Sidecar',
    specs: [
      { egress: [{ hosts: ['./*', 'istio-system/*'] }] },
      {
        workloadSelector: { labels: { app: 'a' } },
        ingress: [{ port, defaultEndpoint: '127.0.0.1:8080' }],
        outboundTrafficPolicy: { mode: 'REGISTRY_ONLY' },
      },
      {
        ingress: [
          {
            port: { number: 443, name: 'https', protocol: 'HTTPS' },
            defaultEndpoint: '127.0.0.1:80',
            bind: '10.0.0.1',
            captureMode: 'NONE',
            tls: { mode: 'SIMPLE', serverCertificate: '/c', privateKey: '/k' },
          },
        ],
        egress: [{ port, hosts: ['*/*'], bind: '127.0.0.1' }],
      },
      {
        outboundTrafficPolicy: { mode: 'ALLOW_ANY', egressProxy: { host: 'egress.prod.svc.cluster.local', port: { number: 80 } } },
        egress: [{ hosts: ['*/*'] }],
        inboundConnectionPool: { http: { http1MaxPendingRequests: 5 } },
      },
    ],
  },
  {
    apiVersion: 'networking.istio.io/v1',
    kind: 'WorkloadEntry',
    specs: [
      { address: '10.0.0.1', labels: { app: 'vm' }, ports: { http: 80 }, serviceAccount: 'vm' },
      { address: 'unix:///var/run/x' },
      { network: 'n1', weight: 1, locality: 'us/a' },
    ],
  },
  {
    apiVersion: 'networking.istio.io/v1',
    kind: 'WorkloadGroup',
    specs: [
      { template: { ports: { http: 80 }, serviceAccount: 'vm' }, metadata: { labels: { app: 'vm' } } },
      { template: { network: 'n' }, probe: { httpGet: { port: 80, path: '/x' }, periodSeconds: 5 } },
      { template: {}, probe: { exec: { command: ['/bin/true'] } } },
    ],
  },
  {
    apiVersion: 'networking.istio.io/v1alpha3',
    kind: 'EnvoyFilter',
    specs: [
      {
        configPatches: [
          {
            applyTo: 'HTTP_FILTER',
            match: { context: 'SIDECAR_INBOUND', listener: { filterChain: { filter: { name: 'envoy.filters.network.http_connection_manager' } } } },
            patch: {
              operation: 'INSERT_BEFORE',
              value: { name: 'x', typed_config: { '@type': 'type.googleapis.com/envoy.extensions.filters.http.lua.v3.Lua', inlineCode: 'x' } },
            },
          },
        ],
      },
      {
        workloadSelector: { labels: { app: 'a' } },
        priority: 5,
        configPatches: [
          { applyTo: 'CLUSTER', match: { cluster: { service: 'a.b' } }, patch: { operation: 'MERGE', value: { connect_timeout: '1s' } } },
        ],
      },
      {
        configPatches: [
          {
            applyTo: 'VIRTUAL_HOST',
            match: { routeConfiguration: { vhost: { name: 'x', route: { action: 'ANY' } } } },
            patch: { operation: 'REMOVE' },
          },
        ],
      },
    ],
  },
  {
    apiVersion: 'networking.istio.io/v1beta1',
    kind: 'ProxyConfig',
    specs: [{ concurrency: 2 }, { selector: { matchLabels }, environmentVariables: { A: 'b' }, image: { imageType: 'debug' } }],
  },
  {
    apiVersion: 'security.istio.io/v1',
    kind: 'AuthorizationPolicy',
    specs: [
      {},
      {
        selector: { matchLabels },
        rules: [{ from: [{ source: { principals: ['a/b'] } }], to: [{ operation: { methods: ['GET'], paths: ['/a'] } }] }],
      },
      { action: 'DENY', rules: [{ when: [{ key: 'request.headers[x-a]', values: ['b'] }] }] },
      { action: 'CUSTOM', provider: { name: 'ext' }, rules: [{ to: [{ operation: { ports: ['80'] } }] }] },
      {
        targetRefs: [{ kind: 'Gateway', group: 'gateway.networking.k8s.io', name: 'gw' }],
        rules: [{ from: [{ source: { ipBlocks: ['10.0.0.0/8'], namespaces: ['default'] } }] }],
      },
      { action: 'AUDIT', rules: [{ from: [{ source: { serviceAccounts: ['default/x'] } }] }] },
    ],
  },
  {
    apiVersion: 'security.istio.io/v1',
    kind: 'PeerAuthentication',
    specs: [
      { mtls: { mode: 'STRICT' } },
      { selector: { matchLabels }, mtls: { mode: 'PERMISSIVE' }, portLevelMtls: { '80': { mode: 'DISABLE' } } },
      {},
    ],
  },
  {
    apiVersion: 'security.istio.io/v1',
    kind: 'RequestAuthentication',
    specs: [
      { selector: { matchLabels }, jwtRules: [{ issuer: 'https://issuer.example.com', jwksUri: 'https://issuer.example.com/jwks' }] },
      {
        jwtRules: [
          {
            issuer: 'me',
            jwks: '{"keys":[]}',
            fromHeaders: [{ name: 'x-jwt', prefix: 'Bearer ' }],
            fromParams: ['t'],
            outputClaimToHeaders: [{ header: 'x-sub', claim: 'sub' }],
            audiences: ['a'],
          },
        ],
      },
      {
        targetRefs: [{ kind: 'Gateway', group: 'gateway.networking.k8s.io', name: 'gw' }],
        jwtRules: [{ issuer: 'a' }, { issuer: 'b', forwardOriginalToken: true, timeout: '5s' }],
      },
    ],
  },
  {
    apiVersion: 'telemetry.istio.io/v1',
    kind: 'Telemetry',
    specs: [
      {},
      {
        selector: { matchLabels },
        tracing: [{ providers: [{ name: 'zipkin' }], randomSamplingPercentage: 50, customTags: { a: { literal: { value: 'x' } } } }],
      },
      {
        metrics: [
          {
            providers: [{ name: 'prometheus' }],
            overrides: [{ match: { metric: 'ALL_METRICS', mode: 'CLIENT' }, tagOverrides: { a: { operation: 'REMOVE' } } }],
          },
        ],
      },
      { accessLogging: [{ providers: [{ name: 'envoy' }], filter: { expression: 'response.code >= 500' } }] },
      {
        targetRefs: [{ kind: 'Gateway', group: 'gateway.networking.k8s.io', name: 'gw' }],
        accessLogging: [{ disabled: true, match: { mode: 'SERVER' } }],
      },
    ],
  },
  {
    apiVersion: 'extensions.istio.io/v1alpha1',
    kind: 'WasmPlugin',
    specs: [
      { url: 'oci://example.com/x:1' },
      {
        url: 'https://example.com/x.wasm',
        selector: { matchLabels },
        phase: 'AUTHN',
        priority: 5,
        sha256: 'ab'.repeat(32),
        vmConfig: { env: [{ name: 'A', value: 'b' }] },
        match: [{ mode: 'CLIENT', ports: [{ number: 80 }] }],
      },
      { url: 'file:///x', targetRefs: [{ kind: 'Gateway', group: 'gateway.networking.k8s.io', name: 'gw' }], pluginConfig: { a: 1 } },
    ],
  },
  {
    apiVersion: 'extensions.istio.io/v1alpha1',
    kind: 'TrafficExtension',
    specs: [
      { wasm: { url: 'oci://example.com/x:1' }, phase: 'AUTHN' },
      { lua: { inlineCode: 'x' }, selector: { matchLabels }, match: [{ mode: 'SERVER', ports: [{ number: 80 }] }] },
    ],
  },
]
