import { modelledScript } from './lua-scripts.ts'
import { gatewayApiFields } from './gateway-api/modelled-fields.ts'
import { meshConfigFields, proxyEnvironment } from './mesh-config-fields.ts'
import { fields, type Modelled } from './modelled-table.ts'

const noSocket = /^(?!unix:)/

const destination: Modelled = { host: 'acts', subset: 'acts', port: { number: 'acts' } }

const retries: Modelled = fields('attempts perTryTimeout retryOn backoff retryIgnorePreviousHosts retryRemoteLocalities')

const httpRoute: Modelled = {
  ...fields('name redirect directResponse timeout fault mirrorPercentage mirrorPercent mirror_percent corsPolicy headers delegate'),
  match: fields(
    'name uri scheme method authority headers port sourceLabels gateways queryParams ignoreUriCase withoutHeaders sourceNamespace statPrefix',
  ),
  route: { destination, weight: 'acts', headers: 'acts' },
  rewrite: fields('uri authority uriRegexRewrite'),
  retries,
  mirror: destination,
  mirrors: { destination, percentage: 'acts' },
}

const l4Route: Modelled = {
  // istiod reads no sourceSubnet.
  match: { ...fields('destinationSubnets port sourceLabels gateways sourceNamespace sniHosts'), sourceSubnet: 'quiet' },
  route: { destination, weight: 'acts' },
}

const serverTls: Modelled = {
  ...fields(
    'mode httpsRedirect credentialName credentialNames caCertCredentialName subjectAltNames minProtocolVersion maxProtocolVersion cipherSuites ecdhCurves',
  ),
  // Of the volumes of the gateway's pod.
  ...fields('serverCertificate privateKey caCertificates caCrl'),
  ...fields('verifyCertificateHash verifyCertificateSpki insecureSkipVerify'),
  // Of each it reads no authorities. Source: Istio `security/model/authentication.go` ApplyToCommonTLSContext.
  tlsCertificates: { ...fields('serverCertificate privateKey'), caCertificates: 'quiet' },
}

// No simulated connection is slow to come about, so that its timeout never ends one.
const connectionPool = {
  http: {
    ...fields('http1MaxPendingRequests http2MaxRequests maxRetries maxRequestsPerConnection maxConcurrentStreams idleTimeout'),
    ...fields('h2UpgradePolicy useClientProtocol'),
    // Both ends are there.
    http2KeepAlive: 'quiet',
  },
  tcp: { ...fields('maxConnections idleTimeout maxConnectionDuration'), ...fields('connectTimeout tcpKeepalive', 'quiet') },
} satisfies Modelled
const tls: Modelled = fields('mode sni subjectAltNames credentialName clientCertificate privateKey caCertificates caCrl insecureSkipVerify')
const loadBalancer: Modelled = {
  ...fields('simple consistentHash localityLbSetting zoneAwareLbSetting warmup warmupDurationSecs'),
  // istiod does not read it, and balances as by default.
  backendUtilization: 'quiet',
}
const outlierDetection: Modelled = {
  ...fields('consecutive5xxErrors consecutiveGatewayErrors splitExternalLocalOriginErrors consecutiveLocalOriginFailures'),
  ...fields('interval baseEjectionTime maxEjectionPercent minHealthPercent outlierDetectionHttpErrorCodes'),
  // istiod reads it no more.
  consecutiveErrors: 'quiet',
}
const portPolicy: Modelled = { port: 'acts', loadBalancer, connectionPool, outlierDetection, tls }
const retryBudget: Modelled = fields('percent minRetryConcurrency')
const tunnel: Modelled = fields('protocol targetHost targetPort')
// Of who takes it dataplane/doubtful.ts says where that is not known.
const proxyProtocol: Modelled = fields('version')
const trafficPolicy: Modelled = { ...portPolicy, portLevelSettings: portPolicy, retryBudget, tunnel, proxyProtocol }

const targetRef: Modelled = fields('group kind name namespace')

// Of which address what it answers with is not known, compile/authentication/unknown-keys.ts says.
const requestAuthentication: Modelled = {
  selector: { matchLabels: 'acts' },
  targetRef,
  targetRefs: targetRef,
  jwtRules: {
    ...fields('issuer audiences jwks fromHeaders fromParams fromCookies forwardOriginalToken outputPayloadToHeader'),
    ...fields('outputClaimToHeaders spaceDelimitedClaims'),
    ...fields('jwksUri jwks_uri'),
    // Of presence istiod reads nothing: requests without a token pass.
    ...fields('timeout presence', 'quiet'),
  },
}

// Envoy's own metadata have nobody who writes them.
const authorizationPolicy: Modelled = {
  selector: { matchLabels: 'acts' },
  targetRef,
  targetRefs: targetRef,
  action: 'acts',
  provider: { name: 'acts' },
  rules: { ...fields('from to'), when: { key: /^(?!experimental\.)/, ...fields('values notValues') } },
}

/** Of a pod: what decides about its place in the network is acted on or reported, the rest is the kubelet's. */
const podSpec: Modelled = {
  '*': 'quiet',
  containers: { ...fields('name image ports env'), '*': 'quiet' },
  serviceAccountName: 'acts',
  ...fields('hostNetwork nodeName hostname subdomain'),
}
const workload: Modelled = { ...fields('replicas selector serviceName'), template: { metadata: 'acts', spec: podSpec }, '*': 'quiet' }

const serviceSpec: Modelled = {
  ...fields('selector ports clusterIP externalName publishNotReadyAddresses trafficDistribution internalTrafficPolicy'),
  // Of whom compile/kube-proxy-wishes.ts says for whom they do not act.
  ...fields('sessionAffinity sessionAffinityConfig', 'quiet'),
  ...fields(
    'type clusterIPs ipFamilies ipFamilyPolicy externalTrafficPolicy healthCheckNodePort loadBalancerIP loadBalancerClass allocateLoadBalancerNodePorts',
    'quiet',
  ),
  ...fields('loadBalancerSourceRanges externalIPs', 'quiet'),
}

const listenerProtocols: Modelled = new Set(['HTTP', 'HTTP2', 'GRPC', 'GRPC-WEB', 'HTTPS', 'TLS', 'TCP', 'MONGO', 'REDIS', 'MYSQL'])
// Nobody upgrades connections to a workload.
const inboundPool: Modelled = { ...connectionPool, http: { ...connectionPool.http, h2UpgradePolicy: 'quiet' } }
// At Unix sockets nobody listens, and IPv6 is not served. An address to bind to names the listener where iptables bring the connections.
const sidecarIngress: Modelled = {
  port: { ...fields('name targetPort', 'quiet'), number: 'acts', protocol: listenerProtocols },
  bind: 'quiet',
  captureMode: 'acts',
  defaultEndpoint: /^$|^(127\.0\.0\.1|0\.0\.0\.0)?:\d+$/,
  // istiod reads it only where its own environment says so. Source: `ENABLE_TLS_ON_SIDECAR_INGRESS`.
  tls: 'quiet',
  connectionPool: inboundPool,
}

const workloadEntry: Modelled = { address: noSocket, ...fields('ports labels locality weight serviceAccount network') }

/** By `group/Kind`; only `spec` and what else stands beside metadata is listed. */
export const modelledFields: Readonly<Record<string, Modelled>> = {
  'networking.istio.io/VirtualService': { spec: { ...fields('hosts gateways exportTo'), http: httpRoute, tcp: l4Route, tls: l4Route } },
  'networking.istio.io/DestinationRule': {
    spec: { ...fields('host exportTo workloadSelector'), trafficPolicy, subsets: { name: 'acts', labels: 'acts', trafficPolicy } },
  },
  // istiod reads neither a server's defaultEndpoint nor the targetPort of a port of a Sidecar.
  'networking.istio.io/Gateway': {
    spec: { selector: 'acts', servers: { ...fields('port hosts name bind'), defaultEndpoint: 'quiet', tls: serverTls } },
  },
  'networking.istio.io/ServiceEntry': {
    spec: { ...fields('hosts addresses ports location resolution exportTo workloadSelector subjectAltNames'), endpoints: workloadEntry },
  },
  'networking.istio.io/WorkloadEntry': { spec: workloadEntry },
  'networking.istio.io/WorkloadGroup': 'quiet',
  'networking.istio.io/Sidecar': {
    spec: {
      workloadSelector: 'acts',
      egress: {
        hosts: 'acts',
        bind: noSocket,
        captureMode: 'acts',
        port: { ...fields('name targetPort', 'quiet'), number: 'acts', protocol: listenerProtocols },
      },
      ingress: sidecarIngress,
      inboundConnectionPool: inboundPool,
      outboundTrafficPolicy: { mode: 'acts', egressProxy: destination },
    },
  },
  // Each patch acts whole or not at all: envoy-filter-patches.ts says which do.
  'networking.istio.io/EnvoyFilter': {
    spec: { configPatches: 'quiet', priority: 'acts', workloadSelector: { labels: 'acts' }, targetRefs: targetRef },
  },
  'security.istio.io/PeerAuthentication': { spec: { selector: { matchLabels: 'acts' }, ...fields('mtls portLevelMtls') } },
  'security.istio.io/AuthorizationPolicy': { spec: authorizationPolicy },
  'security.istio.io/RequestAuthentication': { spec: requestAuthentication },
  '/Service': { spec: serviceSpec },
  '/Pod': { spec: podSpec },
  '/ServiceAccount': 'quiet',
  '/Namespace': 'quiet',
  '/Node': 'quiet',
  '/ConfigMap': 'quiet',
  '/Secret': 'quiet',
  '/Endpoints': { subsets: 'acts' },
  'discovery.k8s.io/EndpointSlice': fields('endpoints ports addressType'),
  ...Object.fromEntries(['Deployment', 'StatefulSet', 'DaemonSet', 'ReplicaSet'].map((kind) => [`apps/${kind}`, { spec: workload }])),
  'extensions/Deployment': { spec: workload },
  'networking.k8s.io/Ingress': { spec: fields('ingressClassName rules defaultBackend backend tls') },
  'networking.k8s.io/IngressClass': { spec: { controller: 'acts', '*': 'quiet' } },
  'extensions/Ingress': { spec: fields('ingressClassName rules backend tls') },
  ...gatewayApiFields,
  // An image, its threads, and what is in its environment.
  'telemetry.istio.io/Telemetry': {
    spec: {
      ...fields('selector targetRef targetRefs'),
      // Every request is counted at once.
      metrics: { ...fields('providers overrides'), reportingInterval: 'quiet' },
      // Every request is sampled, and no sentence speaks of what is written of it.
      tracing: { ...fields('match disableSpanReporting'), '*': 'quiet' },
      accessLogging: 'quiet',
    },
  },
  // Programs for WebAssembly are not run.
  'extensions.istio.io/TrafficExtension': { spec: { ...fields('selector targetRefs phase priority match'), lua: { inlineCode: modelledScript } } },
  'networking.istio.io/ProxyConfig': { spec: { ...fields('selector concurrency image', 'quiet'), environmentVariables: proxyEnvironment } },
  'mesh.istio.io/MeshConfig': {
    ...meshConfigFields,
    defaultHttpRetryPolicy: retries,
    // A sidecar has one workload: nowhere else to go.
    defaultInboundHttpRetryPolicy: {
      ...fields('attempts retryOn backoff'),
      ...fields('retryIgnorePreviousHosts retryRemoteLocalities', 'quiet'),
      // Istio says of it that it is ignored.
      perTryTimeout: 'quiet',
    },
    defaultTrafficPolicy: { connectionPool, outlierDetection },
  },
}
