import type { Draw } from '../draw.ts'
import { type Document, document, gatewayApiDocument, plainDocument } from './document.ts'
import type { Json } from './matches.ts'
import { inOlderFields } from './older-fields.ts'
import type { Scenery } from './scenery.ts'

/** Fields of which mesh-core says that they change no answer, and older names of some that do, in a mesh about anything: few at a time. */
export function withQuietFields(draw: Draw, scenery: Scenery): Scenery {
  if (!draw.chance(0.2)) return scenery
  const config = [...scenery.config.map((one) => (draw.chance(0.4) ? withQuiet(draw, one) : one)), ...draw.some(documents, 0, 2)]
  const { defaultConfig, ...more } = scenery.meshConfig ?? {}
  const meshConfig = {
    ...(draw.chance(0.5) ? (Object.assign({}, ...draw.some(ofMesh, 1, 3)) as Json) : {}),
    ...more,
    ...(defaultConfig !== undefined || draw.chance(0.3)
      ? { defaultConfig: { ...(Object.assign({}, ...draw.some(ofProxies, 1, 3)) as Json), ...(defaultConfig as Json | undefined) } }
      : {}),
  }
  return { ...scenery, config, ...(Object.keys(meshConfig).length > 0 && { meshConfig }) }
}

/** Into whose pods sidecars are put, as they are where nobody says so. */
const namespace = {
  apiVersion: 'v1',
  kind: 'Namespace',
  metadata: { name: 'default', labels: { 'istio-injection': 'enabled' } },
} as unknown as Document

/** What is told of traffic, and changes no answer. */
const telemetries: readonly Document[] = [
  telemetry('mesh', 'istio-system', {
    metrics: [
      {
        providers: [{ name: 'prometheus' }],
        overrides: [
          { match: { metric: 'REQUEST_COUNT', mode: 'CLIENT' }, tagOverrides: { method: { operation: 'UPSERT', value: 'request.method' } } },
          { match: { customMetric: 'mine', mode: 'SERVER' }, disabled: true },
        ],
      },
    ],
  }),
  telemetry('namespace', 'default', { tracing: [{ match: { mode: 'CLIENT' }, disableSpanReporting: true, randomSamplingPercentage: 50 }] }),
  telemetry('workload', 'default', {
    selector: { matchLabels: { app: 'b' } },
    metrics: [{ overrides: [{ match: { metric: 'ALL_METRICS' }, disabled: true, tagOverrides: { request_host: { operation: 'REMOVE' } } }] }],
    tracing: [{ disableSpanReporting: false }],
  }),
  telemetry('gateway', 'default', {
    targetRef: { group: 'gateway.networking.k8s.io', kind: 'Gateway', name: 'gate' },
    metrics: [{ providers: [{ name: 'prometheus' }], reportingInterval: '5s' }],
  }),
  telemetry('gateways', 'default', {
    targetRefs: [{ group: 'gateway.networking.k8s.io', kind: 'Gateway', name: 'gate' }],
    accessLogging: [{ disabled: true }],
  }),
]

function telemetry(name: string, namespace: string, spec: Json): Document {
  return { ...document('Telemetry', name, namespace, spec), apiVersion: 'telemetry.istio.io/v1' }
}

/** Of no workload that calls or is called. */
const documents: readonly Document[] = [
  ...telemetries,
  document('WorkloadGroup', 'machines', 'default', {
    metadata: { labels: { app: 'b', version: 'v1' } },
    template: { serviceAccount: 'machines', ports: { http: 8080 } },
    probe: { httpGet: { port: 8080 } },
  }),
  {
    ...document('ProxyConfig', 'image', 'default', { selector: { matchLabels: { app: 'a' } }, concurrency: 1, image: { imageType: 'distroless' } }),
    apiVersion: 'networking.istio.io/v1beta1',
  },
  {
    ...document('ProxyConfig', 'environment', 'istio-system', { environmentVariables: { SOME: 'value' } }),
    apiVersion: 'networking.istio.io/v1beta1',
  },
  namespace,
  plainDocument('v1', 'ServiceAccount', 'default', 'default', {}),
  plainDocument('v1', 'ConfigMap', 'settings', 'default', { data: { key: 'value' } }),
  gatewayApiDocument('GatewayClass', 'another', '', { controllerName: 'example.com/another', description: 'of somebody else' }),
]

const keepalive: Json = { probes: 3, time: '60s', interval: '5s' }

function withQuiet(draw: Draw, one: Document): Document {
  const fields = ofKinds[`${one.apiVersion.replace(/\/?v[^/]*$/, '')}/${one.kind}`]?.(draw, one.spec)
  return fields ? { ...one, spec: { ...one.spec, ...fields } } : one
}

/** By `group/Kind`: what stands beside, or in the place of, the fields of a spec. */
const ofKinds: Readonly<Record<string, (draw: Draw, spec: Json) => Json>> = {
  '/Service': (draw, { type }) =>
    type === undefined
      ? (Object.assign(
          {},
          ...draw.some<Json>(
            [
              { ipFamilyPolicy: 'SingleStack', ipFamilies: ['IPv4'] },
              { externalIPs: ['198.51.100.200'] },
              { type: 'LoadBalancer', externalTrafficPolicy: 'Local' },
              { type: 'NodePort' },
            ],
            1,
            2,
          ),
        ) as Json)
      : {},
  'networking.istio.io/DestinationRule': (_, { trafficPolicy }) => {
    const { outlierDetection, connectionPool, ...policy } = (trafficPolicy ?? {}) as Readonly<Record<string, Json>>
    const http = connectionPool?.['http'] as Json | undefined
    return {
      ...((outlierDetection ?? http) && {
        trafficPolicy: {
          ...policy,
          ...(outlierDetection && { outlierDetection: { ...outlierDetection, consecutiveErrors: 1 } }),
          ...(connectionPool && {
            connectionPool: { ...connectionPool, ...(http && { http: { ...http, http2KeepAlive: { interval: '30s', timeout: '5s' } } }) },
          }),
        },
      }),
    }
  },
  'networking.istio.io/VirtualService': (draw, { tcp, http }) => ({
    ...(tcp !== undefined && { tcp: withSourceSubnet(tcp as Json[]) }),
    ...(http !== undefined && { http: (http as Json[]).map((rule) => inOlderFields(draw, rule)) }),
  }),
  'networking.istio.io/Gateway': (_, { servers }) => ({
    servers: (servers as Json[]).map((server) => ({
      ...server,
      defaultEndpoint: '127.0.0.1:8080',
      ...('credentialName' in ((server['tls'] ?? {}) as Json) && { tls: { ...(server['tls'] as Json), ecdhCurves: ['P-256'] } }),
    })),
  }),
  'networking.istio.io/Sidecar': (draw, { ingress }) => ({
    ...(draw.chance(0.5) && { inboundConnectionPool: quietPool(draw) }),
    ...(ingress !== undefined && {
      ingress: (ingress as Json[]).map((port) => ({
        ...port,
        ...draw.maybe(0.3, () => ({ bind: '0.0.0.0' })),
        ...('connectionPool' in port ? {} : draw.maybe(0.4, () => ({ connectionPool: quietPool(draw) }))),
      })),
    }),
  }),
  'gateway.networking.k8s.io/Gateway': () => ({ infrastructure: { labels: { team: 'shop' }, annotations: { note: 'ours' } } }),
  'gateway.networking.k8s.io/TCPRoute': (_, { rules }) => ({ rules: (rules as Json[]).map((rule) => ({ name: 'named', ...rule })) }),
  'gateway.networking.k8s.io/TLSRoute': (_, { rules }) => ({ rules: (rules as Json[]).map((rule) => ({ name: 'named', ...rule })) }),
}

function quietPool(draw: Draw): Json {
  return draw.one<Json>([
    { tcp: { connectTimeout: '2s' } },
    { tcp: { tcpKeepalive: keepalive } },
    { http: { http2KeepAlive: { interval: '30s', timeout: '5s' } } },
  ])
}

function withSourceSubnet(rules: readonly Json[]): Json[] {
  return rules.map(({ match, ...rule }) => ({
    ...rule,
    ...(match !== undefined && { match: (match as Json[]).map((one) => ({ ...one, sourceSubnet: '192.0.2.0/24' })) }),
  }))
}

const ofMesh: readonly Json[] = [
  { enableTracing: true },
  { accessLogFile: '/dev/stdout', accessLogFormat: '%PROTOCOL%', accessLogEncoding: 'TEXT' },
  { disableEnvoyListenerLog: true },
  { enablePrometheusMerge: false },
  { inboundClusterStatName: '%SERVICE%_in', outboundClusterStatName: '%SERVICE%_out' },
  {
    extensionProviders: [{ name: 'zipkin', zipkin: { service: 'zipkin.default.svc.cluster.local', port: 9411 } }],
    defaultProviders: { tracing: ['zipkin'] },
  },
  { dnsRefreshRate: '60s' },
  { tcpKeepalive: keepalive },
  { serviceSettings: [{ settings: { clusterLocal: true }, hosts: ['*.default.svc.cluster.local'] }] },
  { trustDomainAliases: ['old.local'] },
  { meshMTLS: { minProtocolVersion: 'TLSV1_3' } },
  { meshMTLS: { cipherSuites: ['ECDHE-RSA-AES256-GCM-SHA384'] } },
  { tlsDefaults: { ecdhCurves: ['P-256'] } },
  { hboneIdleTimeout: '10s' },
  { verifyCertificateAtClient: true },
  { defaultTrafficPolicy: { connectionPool: { http: { http2KeepAlive: { interval: '30s', timeout: '5s' } } } } },
  { enableEnvoyAccessLogService: true },
  // Of clients that are the first to speak, as all are there.
  { protocolDetectionTimeout: '5s' },
  { serviceScopeConfigs: [{ servicesSelector: { matchLabels: { app: 'b' } }, scope: 'GLOBAL' }] },
]

const ofProxies: readonly Json[] = [
  { concurrency: 2 },
  { drainDuration: '5s', terminationDrainDuration: '5s' },
  { tracing: { sampling: 100, zipkin: { address: 'zipkin.default:9411' } } },
  { statNameLength: 200, extraStatTags: ['one'] },
  { proxyStatsMatcher: { inclusionPrefixes: ['http'] } },
  { holdApplicationUntilProxyStarts: true },
  { image: { imageType: 'distroless' } },
  { availabilityZone: 'zone9', meshId: 'another', serviceCluster: 'another' },
  { tracingServiceName: 'CANONICAL_NAME_ONLY', statsCompression: true },
  { fileFlushInterval: '2s', fileFlushMinSizeKb: 64 },
  { readinessProbe: { httpGet: { path: '/ready', port: 8080 } } },
  { proxyHeaders: { metadataExchangeHeaders: { mode: 'IN_MESH' } } },
  { proxyHeaders: { preserveHttp1HeaderCase: true } },
]
