/** Fields that mesh-core acts on and that no generated mesh has, each with the reason. A field stands for all below it. */
export const leftOut: Readonly<Record<string, string>> = {
  ...because('another way to write a field that is generated', [
    'Ingress spec.defaultBackend.resource',
    'Ingress spec.rules.http.paths.backend.resource',
    'Ingress spec.backend.resource',
  ]),
  ...because('the recorder gives a certificate for whatever file is named', [
    'Gateway spec.servers.tls.serverCertificate',
    'Gateway spec.servers.tls.privateKey',
    'Gateway spec.servers.tls.caCertificates',
    'Gateway spec.servers.tls.caCrl',
    'DestinationRule spec.trafficPolicy.tls.caCrl',
    'Gateway spec.servers.tls.tlsCertificates',
  ]),
  ...because('the oracle shows clients no certificate that could be pinned, or that nobody trusts', [
    'Gateway spec.servers.tls.verifyCertificateHash',
    'Gateway spec.servers.tls.verifyCertificateSpki',
    'Gateway spec.servers.tls.insecureSkipVerify',
  ]),
  ...because('whether a server takes it is not known', ['DestinationRule spec.trafficPolicy.proxyProtocol.version']),
  ...because('pods of the worlds are on no node', ['Service spec.internalTrafficPolicy']),
  ...because('the istiod of the oracle knows no labels of namespaces here', ['MeshConfig serviceEntryVisibility.policies']),
  ...because('nothing is fetched from outside where a mesh is compared', [
    'RequestAuthentication spec.jwtRules.jwksUri',
    'RequestAuthentication spec.jwtRules.jwks_uri',
  ]),
  ...because('istiod does not act on it, or refuses it', [
    'VirtualService spec.http.redirect.prefixRewrite',
    'Sidecar spec.ingress.tls',
    'RequestAuthentication spec.jwtRules.presence',
    'DestinationRule spec.trafficPolicy.loadBalancer.backendUtilization',
    'VirtualService spec.tls.match.sourceSubnet',
    'Sidecar spec.egress.port.targetPort',
    'Sidecar spec.ingress.port.targetPort',
    'VirtualService spec.http.fault.abort.http2Error',
    'VirtualService spec.http.fault.delay.exponentialDelay',
    'VirtualService spec.http.match.statPrefix',
    'VirtualService spec.tcp.match.sniHosts',
    'Gateway spec.servers.port.targetPort',
    'RequestAuthentication spec.targetRef.namespace',
    'RequestAuthentication spec.targetRefs.namespace',
    'AuthorizationPolicy spec.targetRef.namespace',
    'AuthorizationPolicy spec.targetRefs.namespace',
    'Telemetry spec.targetRef.namespace',
    'Telemetry spec.targetRefs.namespace',
    'Service spec.ports.nodePort',
    'HTTPRoute spec.rules.filters.extensionRef',
    'HTTPRoute spec.rules.backendRefs.filters.extensionRef',
    'GRPCRoute spec.rules.filters.extensionRef',
    'GRPCRoute spec.rules.backendRefs.filters.extensionRef',
  ]),
  ...because('filters of backends other than those of headers drop the whole route, and the vectors of the departure hold that', [
    'HTTPRoute spec.rules.backendRefs.filters.requestRedirect',
    'HTTPRoute spec.rules.backendRefs.filters.urlRewrite',
    'HTTPRoute spec.rules.backendRefs.filters.cors',
    'HTTPRoute spec.rules.backendRefs.filters.requestMirror',
    'GRPCRoute spec.rules.backendRefs.filters.requestMirror',
  ]),
  ...because('what a cluster writes into an object, or nothing that decides about traffic', [
    'Deployment spec.template.metadata',
    'Deployment spec.template.spec.containers',
    'Deployment spec.template.spec.hostNetwork',
    'Deployment spec.template.spec.nodeName',
    'Endpoints subsets.addresses',
    'Endpoints subsets.notReadyAddresses',
    'Endpoints subsets.ports.appProtocol',
    'Gateway spec.listeners.tls.options',
    'ListenerSet spec.listeners.tls.options',
  ]),
  ...because('pods are made by those who keep so many of them; their fields are those of a Deployment', [
    'Pod spec',
    'StatefulSet spec',
    'DaemonSet spec',
    'ReplicaSet spec',
  ]),
  ...because('the labels of pods are told by matchLabels', ['Deployment spec.selector.matchExpressions']),
  ...because('the oracle has no addresses, certificates of clients or backends, or datagrams for a gateway that Kubernetes would run', [
    'Gateway spec.addresses',
    'Gateway spec.tls',
    'BackendTLSPolicy spec',
    'Gateway spec.servers.tls.caCertCredentialName',
    'UDPRoute spec',
  ]),
  ...because('only the value that has no effect goes unreported', [
    'ProxyConfig spec.environmentVariables',
    'MeshConfig defaultConfig.interceptionMode',
    'MeshConfig defaultConfig.proxyMetadata',
    'MeshConfig proxyHttpPort',
  ]),
  ...because('the certificates of the oracle are those of cluster.local, whatever the config says', ['MeshConfig trustDomain']),
  ...because('istiod without a cluster reads the config of every namespace', ['MeshConfig discoverySelectors']),
  ...because('where a proxy, its agent or istiod find things, or who signs: the oracle starts them in its own way', [
    ...['configPath', 'binaryPath', 'discoveryAddress', 'discoveryRefreshDelay', 'controlPlaneAuthPolicy', 'sds'].map(ofProxy),
    ...['proxyAdminPort', 'statusPort', 'privateKeyProvider', 'zipkinAddress', 'statsdUdpAddress'].map(ofProxy),
    ...['envoyMetricsServiceAddress', 'envoyAccessLogService', 'envoyMetricsService'].map(ofProxy),
    ...['proxyListenPort', 'proxyInboundListenPort', 'configSources', 'ca', 'certificates'].map((field) => `MeshConfig ${field}`),
  ]),
  ...because('the oracle does not tell what istiod warns of in a MeshConfig', [
    'MeshConfig defaultInboundHttpRetryPolicy.perTryTimeout',
    'MeshConfig defaultInboundHttpRetryPolicy.retryIgnorePreviousHosts',
    'MeshConfig defaultInboundHttpRetryPolicy.retryRemoteLocalities',
  ]),
  ...because('drawn in DestinationRules', ['MeshConfig defaultTrafficPolicy.outlierDetection.consecutiveErrors']),
  ...because('names of pods, and the name server of the oracle knows an address for every name', [
    'Deployment spec.serviceName',
    'Deployment spec.template.spec.hostname',
    'Deployment spec.template.spec.subdomain',
  ]),
  ...because('patches that say so do not act, which each reports', [
    'EnvoyFilter spec.configPatches.match.waypoint',
    'EnvoyFilter spec.configPatches.match.proxy.metadata',
    'EnvoyFilter spec.configPatches.patch.filterClass',
  ]),
  ...because('shows only in time, which a busy machine does not keep', ['VirtualService spec.http.retries.backoff']),
  ...because('held by vectors, not generated yet', [
    'EnvoyFilter spec.targetRefs',
    'EnvoyFilter spec.configPatches.match.routeConfiguration',
    'EnvoyFilter spec.configPatches.match.listener',
  ]),
}

function because(reason: string, fields: readonly string[]): Readonly<Record<string, string>> {
  return Object.fromEntries(fields.map((field) => [field, reason]))
}

function ofProxy(field: string): string {
  return `MeshConfig defaultConfig.${field}`
}
