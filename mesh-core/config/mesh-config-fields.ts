import { fields, type Modelled } from './modelled-table.ts'

/** Off is what a proxy does without it. */
const off: Modelled = new Set(['', '0', 'false'])

/** What a proxy is started with: istiod reads some of it, the rest is the agent's. Source: Istio `pkg/model` NodeMetadata. */
export const proxyEnvironment = {
  '*': 'quiet',
  ...fields('ISTIO_META_DNS_CAPTURE ISTIO_META_HTTP10 ISTIO_META_ENABLE_HBONE ISTIO_META_ENABLE_SELF_DISCOVERY', off),
  // istiod allocates without being asked to. Source: `PILOT_ENABLE_IP_AUTOALLOCATE`.
  ISTIO_META_DNS_AUTO_ALLOCATE: 'quiet',
  ISTIO_META_INTERCEPTION_MODE: new Set(['REDIRECT']),
  ...fields('ISTIO_META_NETWORK ISTIO_META_CLUSTER_ID ISTIO_META_REQUESTED_NETWORK_VIEW ISTIO_META_ROUTER_MODE', 'reported'),
  ...fields('ISTIO_META_HTTP_PROXY_PORT ISTIO_META_IDLE_TIMEOUT ISTIO_META_UNPRIVILEGED_POD', 'reported'),
} satisfies Modelled

/** Istio's `mesh/v1alpha1` ProxyConfig: `defaultConfig` of MeshConfig, and what the annotation `proxy.istio.io/config` of a pod lays over it. */
export const proxyConfigFields = {
  // Where proxies and their agents find things, how they start and end, and what they tell of themselves.
  ...fields(
    'configPath binaryPath serviceCluster discoveryAddress discoveryRefreshDelay controlPlaneAuthPolicy availabilityZone meshId sds',
    'quiet',
  ),
  ...fields('drainDuration terminationDrainDuration proxyAdminPort statusPort readinessProbe holdApplicationUntilProxyStarts', 'quiet'),
  ...fields('concurrency image privateKeyProvider fileFlushInterval fileFlushMinSizeKb', 'quiet'),
  ...fields('tracing tracingServiceName zipkinAddress statsdUdpAddress statNameLength extraStatTags proxyStatsMatcher statsCompression', 'quiet'),
  ...fields('envoyMetricsServiceAddress envoyAccessLogService envoyMetricsService', 'quiet'),
  // Each may change any answer.
  ...fields('customConfigFile proxyBootstrapTemplatePath runtimeValues caCertificatesPem', 'reported'),
  connectionSettings: {
    ...fields(
      'profile httpStreamIdleTimeout httpMaxStreamDuration httpHeadersWithUnderscoresAction httpMergeSlashes httpPathWithEscapedSlashesAction',
    ),
    // How long connections without requests are kept, how long a client may take to send, and how much is held back.
    ...fields('httpIdleTimeout httpDrainTimeout httpRequestTimeout httpRequestHeadersTimeout', 'quiet'),
    ...fields('listenerPerConnectionBufferLimitBytes clusterPerConnectionBufferLimitBytes', 'quiet'),
    ...fields('http2InitialStreamWindowSize http2InitialConnectionWindowSize httpMaxConcurrentStreams', 'quiet'),
    ...fields('httpMaxConnectionDuration listenerConnectionLimit globalDownstreamConnectionLimit', 'reported'),
  },
  interceptionMode: new Set(['REDIRECT', '0']),
  proxyMetadata: {
    ...proxyEnvironment,
    ISTIO_META_HTTP_PROXY_PORT: 'acts',
    ISTIO_META_HTTP10: 'acts',
    ISTIO_META_DNS_CAPTURE: new Set(['', '0', 'false', 'true']),
  },
  gatewayTopology: { ...fields('numTrustedProxies forwardClientCertDetails'), proxyProtocol: 'acts' },
  proxyHeaders: {
    ...fields('forwardedClientCert requestId attemptCount server envoyDebugHeaders xForwardedHost xForwardedPort'),
    setCurrentClientCertDetails: { ...fields('subject uri dns'), ...fields('cert chain', 'reported') },
    // Names of headers are the same in any case, and no answer depends on it.
    preserveHttp1HeaderCase: 'quiet',
    // Of headers by which sidecars tell their names to each other for telemetry.
    metadataExchangeHeaders: 'quiet',
  },
} satisfies Modelled

/** Of Istio's MeshConfig all but `defaultTrafficPolicy` and `defaultHttpRetryPolicy`, which are those of rules. */
export const meshConfigFields: Readonly<Record<string, Modelled>> = {
  ...fields('defaultVirtualServiceExportTo defaultDestinationRuleExportTo defaultServiceExportTo connectTimeout rootNamespace'),
  ...fields(
    'ingressClass ingressControllerMode ingressSelector ingressService enableAutoMtls pathNormalization localityLbSetting zoneAwareLbSetting h2UpgradePolicy trustDomain trustDomainAliases discoverySelectors',
  ),
  outboundTrafficPolicy: fields('mode tls'),
  inboundTrafficPolicy: fields('mode'),
  defaultConfig: proxyConfigFields,
  // What is logged, counted and traced.
  ...fields('enableTracing accessLogFile accessLogFormat accessLogEncoding enableEnvoyAccessLogService disableEnvoyListenerLog', 'quiet'),
  ...fields('inboundClusterStatName outboundClusterStatName enablePrometheusMerge defaultProviders', 'quiet'),
  // They act by policies and Telemetries that name them, and of those each is reported.
  extensionProviders: 'quiet',
  // Ports of the proxies themselves, to which the injector leads a pod's connections.
  ...fields('proxyListenPort proxyInboundListenPort', 'quiet'),
  // Where istiod reads, and who signs.
  ...fields('configSources ca certificates', 'quiet'),
  // Of networks, which do not fail here, and of meshes of several clusters or without sidecars.
  ...fields('dnsRefreshRate tcpKeepalive hboneIdleTimeout serviceSettings serviceScopeConfigs', 'quiet'),
  // Both ends of such a connection are proxies of the mesh, which agree.
  // With groups it is refused.
  meshMTLS: { cipherSuites: 'acts', minProtocolVersion: 'quiet', ecdhCurves: 'reported' },
  // Of who dials it dataplane/doubtful.ts says that it is not known.
  proxyHttpPort: 'acts',
  protocolDetectionTimeout: 'acts',
  tlsDefaults: fields('minProtocolVersion cipherSuites ecdhCurves'),
  caCertificates: 'reported',
  // Nothing in istiod reads it.
  verifyCertificateAtClient: 'quiet',
  serviceEntryVisibility: {
    ...fields('defaultVisibility applyToSidecars'),
    policies: { visibility: 'acts', matchingRules: { namespaceSelector: 'acts' } },
  },
}
