import { inboundChains } from '../compile/inbound/inbound-chains.ts'
import { inboundRetryPolicy } from '../compile/rules/retry-policy.ts'
import type { PortPolicy } from '../compile/clusters/destination-rule-types.ts'
import { connectionLimits } from '../compile/clusters/traffic-policy.ts'
import type { Cluster, Endpoint, WorkloadRef } from '../ir/cluster.ts'
import { Headers } from '../ir/message.ts'
import type { Program } from '../ir/program.ts'
import { anyConnection } from '../ir/proxy-config.ts'
import type { ProxyConfig } from '../ir/proxy-config.ts'
import { noMutation } from '../ir/route.ts'
import type { ForwardAction, Route } from '../ir/route.ts'
import type { MeshCall } from '../mesh.ts'
import type { Registry, Service, WorkloadInstance } from '../registry/registry.ts'
import { SeededRandom } from '../time/seeded-random.ts'
import { VirtualClock } from '../time/virtual-clock.ts'
import { DataPlane } from './data-plane.ts'
import type { DataPlaneModel } from './model.ts'

/** A mesh written by hand for the data plane's own tests: a client `a` and the pods `b-1` … of a service `b`, port 80. */
export interface TestMesh {
  readonly clock: VirtualClock
  readonly plane: DataPlane
  send(call?: Partial<MeshCall>): ReturnType<DataPlane['send']>
}

export interface TestMeshOptions {
  /** Of the workloads' own sidecars. */
  readonly inboundPolicy?: PortPolicy
  readonly pods?: number
  readonly program: Program
  readonly routes?: readonly Route[]
  readonly cluster?: Partial<Cluster>
  /** Whether the called pods have sidecars of their own. */
  readonly inbound?: boolean | DataPlaneModel['inboundSidecar']
  /** Whether the client has one. */
  readonly sidecar?: boolean
  readonly seed?: number
}

const origin = { file: 'test.yaml', document: 0, resource: 'VirtualService default/b', path: ['spec', 'http', 0] }
export const clusterName = 'outbound|80||b.default.svc.cluster.local'
const unlimited = 0xffff_ffff

export function route(action: Partial<ForwardAction> = {}, more: Partial<Route> = {}): Route {
  const cluster = {
    virtualHost: 'inbound|http|0',
    cluster: clusterName,
    weight: 1,
    requestHeaders: noMutation,
    responseHeaders: noMutation,
    hostRewrite: null,
    origin,
  }
  const forward: ForwardAction = {
    kind: 'forward',
    clusters: [cluster],
    clusterNotFoundStatus: 503,
    timeoutMs: null,
    retry: null,
    mirrors: [],
    pathRewrite: null,
    hostRewrite: null,
    hashPolicies: [],
    ...action,
  }
  return {
    name: 'test',
    match: { path: { kind: 'prefix', prefix: '/', ignoreCase: false }, pathOrigin: null, headers: [], query: [] },
    action: forward,
    requestHeaders: noMutation,
    responseHeaders: noMutation,
    fault: null,
    cors: null,
    refusal: null,
    origin,
    matchOrigin: null,
    ...more,
  }
}

export function testMesh(options: TestMeshOptions): TestMesh {
  const clock = new VirtualClock()
  const plane = new DataPlane({ clock, random: new SeededRandom(options.seed ?? 1), epochMs: 0 })
  plane.use(modelOf(options))
  const call: MeshCall = { from: { kind: 'workload', ref: refOf('a') }, method: 'GET', url: 'http://b/', headers: {}, body: '', timeoutMs: null }
  return { clock, plane, send: (more = {}) => clock.run(plane.send({ ...call, ...more }), () => plane.waiting()) }
}

export const answer = (status = 200, body = ''): ReturnType<Program> => ({ status, headers: new Headers(), body })

function refOf(name: string): WorkloadRef {
  return { namespace: 'default', name, instance: name }
}

function modelOf(options: TestMeshOptions): DataPlaneModel {
  const tlsMode = options.inbound ? 'istio' : 'disabled'
  const pods = Array.from({ length: options.pods ?? 1 }, (_, i) => ({ ...podOf(`b-${i + 1}`, `10.0.1.${i + 1}`), tlsMode }) as const)
  const client = { ...podOf('a', '10.0.0.1'), sidecar: options.sidecar ?? true }
  const registry = registryOf([client, ...pods], pods.map(endpointOf))
  const config = configOf(options, pods.map(endpointOf))
  return {
    version: 1,
    sinceMs: 0,
    registry,
    proxyConfig: (ref) => (ref.name === 'a' && client.sidecar ? config : null),
    applicationTls: () => ({ accepts: 'either', certificate: 'any', clientAuthorities: null }),
    applicationAddress: () => 'any',
    inboundPort: (_, port) => ({
      chains: inboundChains('http', 'permissive'),
      http: 'http1',
      limits: connectionLimits(options.inboundPolicy ?? {}),
      cluster: `inbound|${port}||`,
      virtualHost: 'inbound|http|0',
      leadsTo: { at: 'pod', port },
      retry: inboundRetryPolicy(null),
      pathNormalization: 'BASE',
    }),
    inboundSidecar: typeof options.inbound === 'function' ? options.inbound : () => options.inbound === true,
    program: () => options.program,
    locate: () => ({ file: 'test.yaml', position: null }),
  }
}

function podOf(name: string, address: string): WorkloadInstance {
  return {
    ref: refOf(name),
    address,
    labels: { app: name.slice(0, 1), version: 'v1' },
    annotations: {},
    serviceAccount: name.slice(0, 1),
    app: name.slice(0, 1),
    version: 'v1',
    ports: [{ number: 8080, name: '' }],
    ready: true,
    sidecar: true,
    tlsMode: 'istio',
    gateway: false,
    env: {},
    mounts: [],
    proxyMounts: [],
    image: 'test',
    locality: '',
    node: '',
    origin,
  }
}

function endpointOf({ address, ref, labels, tlsMode }: WorkloadInstance): Endpoint {
  return { address, port: 8080, workload: ref, labels, locality: '', weight: 1, healthy: true, tlsMode }
}

function registryOf(workloads: readonly WorkloadInstance[], endpoints: readonly Endpoint[]): Registry {
  const service: Service = {
    host: 'b.default.svc.cluster.local',
    name: 'b',
    namespace: 'default',
    address: '10.96.0.1',
    headless: false,
    allocated: [],
    trafficDistribution: 'any',
    nodeLocal: false,
    ports: [{ name: 'http', number: 80, targetPort: 8080, nodePort: 0, protocol: 'http' }],
    selector: { app: 'b' },
    labels: {},
    exportTo: [],
    createdMs: 0,
    addresses: [],
    externalName: '',
    aliases: [],
    provider: 'Kubernetes',
    resolution: 'registry',
    external: false,
    subjectAltNames: [],
    origin,
  }
  return {
    trustDomain: 'cluster.local',
    services: [service],
    workloads,
    outsiders: [],
    service: (host) => (host === service.host ? service : undefined),
    workload: (ref) => workloads.find((own) => own.ref.instance === ref.instance),
    workloadAt: (address) => workloads.find((own) => own.address === address),
    serviceAt: (address) => (address === service.address ? service : undefined),
    endpoints: (_service, port) => (port === 80 ? endpoints : []),
    ownEndpoints: (_service, port) => (port === 80 ? endpoints : []),
    resolve: (hostname) => (hostname === 'b' ? service.address : null),
  }
}

function configOf({ routes, cluster }: TestMeshOptions, endpoints: readonly Endpoint[]): ProxyConfig {
  const filter = { kind: 'http', routeTable: '80', pathNormalization: 'BASE' } as const
  const chain = { ...anyConnection, name: '', tls: null, filter }
  const host = { name: 'b:80', domains: ['b'], routes: routes ?? [route()], requireTls: false }
  return {
    proxy: { kind: 'sidecar', namespace: 'default', workload: 'a', labels: {} },
    listeners: [{ name: '0.0.0.0_80', direction: 'outbound', address: '0.0.0.0', port: 80, filterChains: [chain], defaultFilterChain: null }],
    routeTables: { 80: { name: '80', virtualHosts: [host], ignorePortInHost: true } },
    clusters: { [clusterName]: { ...clusterOf(endpoints), ...cluster } },
  }
}

function clusterOf(endpoints: readonly Endpoint[]): Cluster {
  return {
    name: clusterName,
    destination: { host: 'b.default.svc.cluster.local', port: 80, subset: '' },
    discovery: 'eds',
    portOverride: null,
    maxConnectionDurationMs: null,
    maxConcurrentStreams: null,
    endpoints,
    localities: null,
    slowStart: null,
    loadBalancing: { kind: 'ROUND_ROBIN' },
    connectTimeoutMs: 10_000,
    circuitBreaker: { maxConnections: unlimited, maxPendingRequests: unlimited, maxRequests: unlimited, retryBudget: null, maxRetries: unlimited },
    maxRequestsPerConnection: null,
    idleTimeoutMs: 3_600_000,
    outlierDetection: null,
    panicThreshold: 50,
    http: 'http1',
    tls: { mode: 'auto' },
    origin,
  }
}
