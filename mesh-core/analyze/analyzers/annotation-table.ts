/** What Istio says of an annotation of its own. */
export interface AnnotationInfo {
  /** Kinds that it acts on; `Any` for all. */
  readonly kinds: readonly string[]
  /** What replaces it, `''` for nothing; `null` for one that is not deprecated. */
  readonly deprecated: string | null
  readonly alpha: boolean
}

const pod = ['Pod']

function group(kinds: readonly string[], alpha: boolean, names: string): [string, AnnotationInfo][] {
  return names.split(/\s+/).map((name) => [name, { kinds, deprecated: null, alpha }])
}

function deprecated(kinds: readonly string[], instead: string, names: string): [string, AnnotationInfo][] {
  return names.split(/\s+/).map((name) => [name, { kinds, deprecated: instead, alpha: true }])
}

/** Source: Istio API `annotation/annotations.yaml`. */
export const annotationTable: ReadonlyMap<string, AnnotationInfo> = new Map([
  ...group(
    pod,
    true,
    `ambient.istio.io/bypass-inbound-capture ambient.istio.io/dns-capture ambient.istio.io/redirection inject.istio.io/templates
     istio.io/reroute-virtual-interfaces prometheus.istio.io/merge-metrics proxy.istio.io/overrides readiness.status.sidecar.istio.io/applicationPorts
     readiness.status.sidecar.istio.io/failureThreshold readiness.status.sidecar.istio.io/initialDelaySeconds
     readiness.status.sidecar.istio.io/periodSeconds sidecar.istio.io/agentLogLevel sidecar.istio.io/bootstrapOverride
     sidecar.istio.io/componentLogLevel sidecar.istio.io/interceptionMode
     sidecar.istio.io/logLevel sidecar.istio.io/nativeSidecar sidecar.istio.io/proxyCPU sidecar.istio.io/proxyCPULimit sidecar.istio.io/proxyImage
     sidecar.istio.io/proxyImageType sidecar.istio.io/proxyMemory sidecar.istio.io/proxyMemoryLimit sidecar.istio.io/rewriteAppHTTPProbers
     sidecar.istio.io/statsEvictionInterval sidecar.istio.io/statsFlushInterval sidecar.istio.io/statsHistogramBins
     sidecar.istio.io/statsHistogramBuckets sidecar.istio.io/userVolume sidecar.istio.io/userVolumeMount
     status.sidecar.istio.io/port traffic.sidecar.istio.io/excludeInboundPorts traffic.sidecar.istio.io/excludeInterfaces
     traffic.sidecar.istio.io/excludeOutboundIPRanges traffic.sidecar.istio.io/excludeOutboundPorts traffic.sidecar.istio.io/includeInboundPorts
     traffic.sidecar.istio.io/includeOutboundIPRanges traffic.sidecar.istio.io/includeOutboundPorts`,
  ),
  ...group(pod, false, 'proxy.istio.io/config'),
  ...group(['Service'], true, 'networking.istio.io/exportTo'),
  ...group(['Namespace', 'Service', 'ServiceEntry'], true, 'networking.istio.io/traffic-distribution'),
  ...group(['Service', 'ServiceEntry', 'Namespace'], true, 'istio.io/use-waypoint-canary-weight'),
  ...group(['Namespace'], true, 'topology.istio.io/controlPlaneClusters'),
  ...group(['Ingress'], false, 'kubernetes.io/ingress.class'),
  ...group(['AuthorizationPolicy'], true, 'istio.io/dry-run'),
  ...group(['Gateway'], true, 'networking.istio.io/service-type'),
  ...group(['Gateway'], true, 'gateway.istio.io/name-override gateway.istio.io/service-account'),
  ...group(['GatewayClass', 'Gateway'], true, 'ambient.istio.io/waypoint-inbound-binding'),
  ...group(['WorkloadEntry'], true, 'istio.io/autoRegistrationGroup istio.io/connectedAt istio.io/disconnectedAt istio.io/workloadController'),
  ...group(['Any'], true, 'galley.istio.io/analyze-suppress gateway.istio.io/controller-version istio.io/rev sidecar.istio.io/status'),
  ...deprecated(pod, 'the label sidecar.istio.io/inject', 'sidecar.istio.io/inject'),
  ...deprecated(
    pod,
    '',
    `sidecar.istio.io/discoveryAddress sidecar.istio.io/extraStatTags sidecar.istio.io/statsCompression sidecar.istio.io/statsInclusionPrefixes
     sidecar.istio.io/statsInclusionRegexps sidecar.istio.io/statsInclusionSuffixes traffic.sidecar.istio.io/kubevirtInterfaces`,
  ),
  ...deprecated(['Service'], '', 'alpha.istio.io/canonical-serviceaccounts alpha.istio.io/kubernetes-serviceaccounts'),
])

/** In Istio's domain, or the one of Kubernetes that Istio documents. */
export function isIstioAnnotation(name: string): boolean {
  return name === 'kubernetes.io/ingress.class' || name.split('/')[0]!.endsWith('istio.io')
}
