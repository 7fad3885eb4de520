import type { Level, MessageType } from './message.ts'

const list = (names: readonly (string | number)[]): string => names.join(', ')

function type<Args extends readonly unknown[]>(code: string, level: Level, name: string, text: (...args: Args) => string): MessageType<Args> {
  return { code, name, level, text }
}

/** Source of codes, names and levels: Istio `pkg/config/analysis/msg/messages.yaml`. A code that only a live cluster can give rise to is not here. */
export const messageTypes = {
  deprecated: type('IST0002', 'warning', 'Deprecated', (what: string) => what),
  notFound: type('IST0101', 'error', 'ReferencedResourceNotFound', (what: string, name: string) => `there is no ${what} "${name}"`),
  namespaceNotInjected: type(
    'IST0102',
    'info',
    'NamespaceNotInjected',
    (namespace: string) =>
      `no sidecars are injected in ${namespace}; the label istio-injection=enabled (or disabled, if that is meant) says what is wanted`,
  ),
  podMissingProxy: type(
    'IST0103',
    'warning',
    'PodMissingProxy',
    (pod: string) => `pod ${pod} has no istio-proxy container; injection happens when it is created again`,
  ),
  schemaError: type('IST0106', 'error', 'SchemaValidationError', (problem: string) => problem),
  misplacedAnnotation: type(
    'IST0107',
    'warning',
    'MisplacedAnnotation',
    (name: string, kinds: string) => `annotation ${name} has an effect on ${kinds} only`,
  ),
  unknownAnnotation: type('IST0108', 'warning', 'UnknownAnnotation', (name: string) => `Istio knows no annotation ${name}`),
  conflictingMeshHosts: type(
    'IST0109',
    'error',
    'ConflictingMeshGatewayVirtualServiceHosts',
    (rules: string, host: string) =>
      `${rules} have rules for ${host} at sidecars, which follow one of them only; put the rules into one VirtualService`,
  ),
  conflictingSidecars: type(
    'IST0110',
    'error',
    'ConflictingSidecarWorkloadSelectors',
    (sidecars: readonly string[], namespace: string, pod: string) =>
      `Sidecars ${list(sidecars)} of ${namespace} all select pod ${pod}, which obeys one of them only`,
  ),
  severalDefaultSidecars: type(
    'IST0111',
    'error',
    'MultipleSidecarsWithoutWorkloadSelectors',
    (sidecars: readonly string[], namespace: string) => `Sidecars ${list(sidecars)} of ${namespace} have no workloadSelector; one of them acts`,
  ),
  portNeeded: type(
    'IST0112',
    'error',
    'VirtualServiceDestinationPortSelectorRequired',
    (host: string, ports: readonly number[]) => `${host} has the ports ${list(ports)}; destination.port has to say which is meant`,
  ),
  portWithSeveralProtocols: type(
    'IST0116',
    'warning',
    'DeploymentAssociatedToMultipleServices',
    (deployment: string, port: number, services: readonly string[]) =>
      `the services ${list(services)} of ${deployment} have port ${port} with different protocols`,
  ),
  portNameConvention: type(
    'IST0118',
    'info',
    'PortNameIsNotUnderNamingConvention',
    (name: string, port: number, target: string) =>
      `port name "${name}" (${port} to ${target}) does not begin with a protocol, such as http or http-web`,
  ),
  severalInjectionLabels: type(
    'IST0123',
    'warning',
    'NamespaceMultipleInjectionLabels',
    (namespace: string, labels: readonly string[]) =>
      `namespace ${namespace} has the labels ${list(labels)}, which contradict each other; keep one of them`,
  ),
  invalidAnnotation: type('IST0125', 'warning', 'InvalidAnnotation', (name: string, problem: string) => `annotation ${name}: ${problem}`),
  unknownRegistry: type(
    'IST0126',
    'error',
    'UnknownMeshNetworksServiceRegistry',
    (registry: string, network: string) => `network ${network} takes endpoints from a registry ${registry} that is not known`,
  ),
  noWorkloads: type('IST0127', 'warning', 'NoMatchingWorkloadsFound', (selector: string) => `no workload of the mesh is selected by "${selector}"`),
  serverNotVerified: type(
    'IST0128',
    'warning',
    'NoServerCertificateVerificationDestinationLevel',
    (mode: string, host: string) => `TLS ${mode} to ${host} without caCertificates does not verify the server`,
  ),
  serverNotVerifiedAtPort: type(
    'IST0129',
    'warning',
    'NoServerCertificateVerificationPortLevel',
    (mode: string, host: string, port: string) => `TLS ${mode} to port ${port} of ${host} without caCertificates does not verify the server`,
  ),
  unreachableRule: type('IST0130', 'warning', 'VirtualServiceUnreachableRule', (problem: string) => problem),
  ineffectiveMatch: type('IST0131', 'info', 'VirtualServiceIneffectiveMatch', (problem: string) => problem),
  hostNotInGateway: type(
    'IST0132',
    'warning',
    'VirtualServiceHostNotFoundInGateway',
    (hosts: readonly string[], rule: string, gateway: string) => `none of the hosts ${list(hosts)} of ${rule} is one of Gateway ${gateway}`,
  ),
  schemaWarning: type('IST0133', 'warning', 'SchemaWarning', (problem: string) => problem),
  addressesRequired: type(
    'IST0134',
    'warning',
    'ServiceEntryAddressesRequired',
    () => 'a TCP port without addresses takes all TCP traffic to its port number',
  ),
  deprecatedAnnotation: type(
    'IST0135',
    'info',
    'DeprecatedAnnotation',
    (name: string, instead: string) => `annotation ${name} is deprecated${instead === '' ? '' : `; use ${instead}`}`,
  ),
  alphaAnnotation: type('IST0136', 'info', 'AlphaAnnotation', (name: string) => `annotation ${name} belongs to an alpha feature`),
  conflictingPorts: type(
    'IST0137',
    'warning',
    'DeploymentConflictingPorts',
    (deployment: string, services: readonly string[], target: string, ports: readonly number[]) =>
      `target port ${target} of ${deployment} is port ${list(ports)} of the services ${list(services)}`,
  ),
  duplicateCertificate: type(
    'IST0138',
    'warning',
    'GatewayDuplicateCertificate',
    (gateways: readonly string[]) => `gateways ${list(gateways)} share a certificate: a client that reuses its HTTP/2 connection may get 404`,
  ),
  invalidWebhook: type('IST0139', 'error', 'InvalidWebhook', (problem: string) => problem),
  subsetIgnoredAtGateway: type(
    'IST0140',
    'warning',
    'IngressRouteRulesNotAffected',
    (subsets: string, rule: string) => `requests that enter by ${rule} do not follow the subset of ${subsets}`,
  ),
  uidOfProxy: type('IST0144', 'warning', 'InvalidApplicationUID', () => 'user 1337 is the sidecar itself: its traffic is not redirected'),
  conflictingGateways: type(
    'IST0145',
    'error',
    'ConflictingGateways',
    (gateways: string, selector: string, port: string, hosts: string) => `${gateways} claim hosts ${hosts} on port ${port} of "${selector}", too`,
  ),
  imageAutoMayStay: type('IST0146', 'warning', 'ImageAutoWithoutInjectionWarning', imageAuto),
  imageAutoStays: type('IST0147', 'error', 'ImageAutoWithoutInjectionError', imageAuto),
  injectedByDefault: type(
    'IST0148',
    'info',
    'NamespaceInjectionEnabledByDefault',
    () => 'sidecars are injected, since enableNamespacesByDefault is set',
  ),
  claimsWithoutAuthentication: type(
    'IST0149',
    'error',
    'JwtClaimBasedRoutingWithoutRequestAuthN',
    (key: string, gateway: string, pod: string) => `the match on ${key} needs a RequestAuthentication for pod ${pod} of gateway ${gateway}`,
  ),
  externalNamePortName: type(
    'IST0150',
    'warning',
    'ExternalNameServiceTypeInvalidPortName',
    () => 'an ExternalName service wants a port name that begins with a protocol other than tcp',
  ),
  relativeOperation: type(
    'IST0151',
    'warning',
    'EnvoyFilterUsesRelativeOperation',
    () => 'a patch relative to others without a priority may not be applied; use ADD, INSERT_FIRST or a priority',
  ),
  replaceNotAllowed: type(
    'IST0152',
    'error',
    'EnvoyFilterUsesReplaceOperationIncorrectly',
    () => 'REPLACE acts on HTTP_FILTER, NETWORK_FILTER and VIRTUAL_HOST only',
  ),
  addNotAllowed: type('IST0153', 'error', 'EnvoyFilterUsesAddOperationIncorrectly', () => 'ADD has no effect on ROUTE_CONFIGURATION and HTTP_ROUTE'),
  removeNotAllowed: type(
    'IST0154',
    'error',
    'EnvoyFilterUsesRemoveOperationIncorrectly',
    () => 'REMOVE has no effect on ROUTE_CONFIGURATION and HTTP_ROUTE',
  ),
  relativeOperationOfVersion: type(
    'IST0155',
    'warning',
    'EnvoyFilterUsesRelativeOperationWithProxyVersion',
    () => 'a patch relative to others, for a proxyVersion and without a priority, may be lost in an upgrade; use ADD, INSERT_FIRST or a priority',
  ),
  noTelemetryProvider: type(
    'IST0157',
    'warning',
    'InvalidTelemetryProvider',
    (name: string, namespace: string) => `Telemetry ${name} of ${namespace} names no provider and is ignored`,
  ),
  proxyImageMismatch: type(
    'IST0158',
    'warning',
    'PodsIstioProxyImageMismatchInNamespace',
    (pods: readonly string[]) => `pods ${list(pods)} run another proxy image than injection would give them now`,
  ),
  conflictingTelemetries: type(
    'IST0159',
    'error',
    'ConflictingTelemetryWorkloadSelectors',
    (names: readonly string[], namespace: string, pod: string) => `Telemetries ${list(names)} of ${namespace} all select pod ${pod}`,
  ),
  severalDefaultTelemetries: type(
    'IST0160',
    'error',
    'MultipleTelemetriesWithoutWorkloadSelectors',
    (names: readonly string[], namespace: string) => `Telemetries ${list(names)} of ${namespace} have no selector; one of them acts`,
  ),
  invalidCredential: type(
    'IST0161',
    'error',
    'InvalidGatewayCredential',
    (gateway: string, namespace: string) => `the Secret of Gateway ${gateway} in ${namespace} holds no valid certificate and key`,
  ),
  portNotInService: type(
    'IST0162',
    'warning',
    'GatewayPortNotDefinedOnService',
    (port: number, selector: string) => `no Service in front of "${selector}" has port ${port}`,
  ),
  controlPlaneUnresolved: type(
    'IST0163',
    'warning',
    'InvalidExternalControlPlaneConfig',
    (url: string, webhook: string, problem: string) => `the address "${url}" of webhook ${webhook} ${problem}`,
  ),
  controlPlaneIsAddress: type(
    'IST0164',
    'info',
    'ExternalControlPlaneAddressIsNotAHostname',
    (url: string, webhook: string) => `the address ${url} of webhook ${webhook} is an IP address; a hostname outlives it`,
  ),
  internalGateway: type(
    'IST0165',
    'warning',
    'ReferencedInternalGateway',
    (rule: string, gateway: string) => `${rule} names ${gateway}, a Gateway that Istio generates for itself`,
  ),
  ineffectiveSelector: type(
    'IST0166',
    'warning',
    'IneffectiveSelector',
    (gateway: string) => `a selector does not reach the Kubernetes Gateway ${gateway}; use targetRef`,
  ),
  ineffectivePolicy: type('IST0167', 'warning', 'IneffectivePolicy', (reason: string) => `the policy has no effect: ${reason}`),
  inconsistentService: type(
    'IST0170',
    'warning',
    'MultiClusterInconsistentService',
    (name: string, namespace: string, clusters: readonly string[], reasons: string) =>
      `service ${name} of ${namespace} is not the same in the clusters ${list(clusters)}: ${reasons}`,
  ),
  negativeCondition: type(
    'IST0171',
    'warning',
    'NegativeConditionStatus',
    (condition: string, reason: string, message: string) => `its condition ${condition} is False: ${reason}, ${message}`,
  ),
  subsetWithoutPods: type(
    'IST0173',
    'error',
    'DestinationRuleSubsetNotSelectPods',
    (subset: string) => `subset ${subset} selects no pod; requests for it get 503`,
  ),
  unknownRuleHost: type('IST0174', 'warning', 'UnknownDestinationRuleHost', (host: string) => `there is no service ${host}`),
  keysFetchedFromAnywhere: type(
    'IST0175',
    'warning',
    'JwksUriFetchUnrestricted',
    (count: number, names: string) =>
      `istiod fetches keys for ${count} RequestAuthentications (${names}) from any address; BLOCKED_CIDRS_IN_JWKS_URIS restricts it`,
  ),
  crdTooOld: type(
    'IST0176',
    'warning',
    'GatewayAPICRDVersionBelowMinimum',
    (crd: string, installed: string, minimum: string) => `${crd} has version ${installed}; below ${minimum} istiod does not look at its resources`,
  ),
  conflictingProtocols: type(
    'IST0177',
    'warning',
    'ConflictingServiceEntryProtocol',
    (names: string, host: string, port: number, protocols: string) => `${names} give port ${port} of ${host} different protocols: ${protocols}`,
  ),
} as const

function imageAuto(kind: string, name: string): string {
  return `${kind} ${name} has an istio-proxy with "image: auto", and no injection webhook fills it in`
}
