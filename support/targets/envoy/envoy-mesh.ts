import { ConfigRejected, MeshSpecError } from '../../../mesh-core/config/errors.ts'
import type { NotModelled, Resource, ResourceRef } from '../../../mesh-core/config/resource.ts'
import { refOf, resourceKey } from '../../../mesh-core/config/resource.ts'
import { createMesh } from '../../../mesh-core/create-mesh.ts'
import { dial } from '../../../mesh-core/dataplane/dial.ts'
import type { Dialled } from '../../../mesh-core/dataplane/dial.ts'
import { dialGateway } from '../../../mesh-core/dataplane/gateway-port.ts'
import type { WorkloadRef } from '../../../mesh-core/ir/cluster.ts'
import type { Exchange, TransportError } from '../../../mesh-core/ir/exchange.ts'
import { Headers } from '../../../mesh-core/ir/message.ts'
import type { HttpRequest, HttpResponse } from '../../../mesh-core/ir/message.ts'
import type { Origin } from '../../../mesh-core/ir/origin.ts'
import { CallError } from '../../../mesh-core/ir/program.ts'
import type { Program } from '../../../mesh-core/ir/program.ts'
import type { ProxyConfig } from '../../../mesh-core/ir/proxy-config.ts'
import type { Mesh, MeshCall, MeshOptions } from '../../../mesh-core/mesh.ts'
import type { Registry, WorkloadInstance } from '../../../mesh-core/registry/registry.ts'
import { hostHandler } from '../../../samples/host/host.ts'
import type { Host } from '../../../samples/host/host.ts'
import { NotSupported } from '../target.ts'
import type { Complain } from './configurator.ts'
import { clusterSuspects, findCulprit, routeSuspects } from './culprit.ts'
import type { Suspect } from './culprit.ts'
import type { ResourceKind } from './discovery-server.ts'
import type { EnvoyHost } from './envoy-host.ts'
import { hopsOf } from './hops.ts'
import { Journal } from './journal.ts'
import type { CallRecord, ReceivedRecord } from './journal.ts'
import { proxyHeader } from './proxy-protocol.ts'
import { sendOver } from './loopback-client.ts'
import { proxyName, Topology } from './topology.ts'
import { callHeader } from './xds/access-log.ts'
import type { LogLine } from './xds/access-log.ts'
import type { SocketAddress } from './xds/placement.ts'

export interface EnvoyMeshOptions extends Pick<MeshOptions, 'injectByDefault' | 'inboundSidecar' | 'outsideName'> {
  readonly seed: number
  readonly spec: boolean
  /** The program behind a workload (`null`: the world outside the mesh). Asked once for each. */
  readonly program: (workload: WorkloadInstance | null) => Program
}

/** Address of the client outside the mesh, as gateways see it: of TEST-NET-2 (RFC 5737), the same as on `core`. */
const clientAddress = '198.51.100.10'

let calls = 0

/** A mesh on real Envoy: mesh-core's own compiler, Envoy's data plane, and the programs as servers on loopback. */
export class EnvoyMesh {
  /** Holds the config and compiles it; its own data plane answers only why a request takes its route. */
  readonly #model: Mesh
  readonly #host: EnvoyHost
  readonly #id: number
  readonly #topology: Topology
  readonly #program: EnvoyMeshOptions['program']
  readonly #servers: Host[] = []
  /** Calls that Envoy may still write about. */
  readonly #open = new Map<string, { readonly call: CallRecord; readonly journal: Journal }>()
  readonly #byPeer = new Map<string, string>()
  /** By their keys, to go back to. */
  readonly #applied = new Map<string, Resource>()
  #replaying: Promise<unknown> = Promise.resolve()

  private constructor(host: EnvoyHost, { program, ...options }: EnvoyMeshOptions) {
    this.#host = host
    this.#program = program
    const answer = () => () => ({ status: 200, headers: new Headers(), body: '' })
    this.#model = createMesh({ ...options, program: answer })
    this.#id = host.join((line) => this.#read(line))
    this.#topology = new Topology(`${this.#id}/`, options.inboundSidecar ?? (({ sidecar }) => sidecar))
  }

  static async open(host: EnvoyHost, options: EnvoyMeshOptions): Promise<EnvoyMesh> {
    const mesh = new EnvoyMesh(host, options)
    mesh.#topology.outsidePort = await mesh.#serve(null)
    return mesh
  }

  get registry(): Registry {
    return this.#model.registry
  }

  get warnings(): readonly string[] {
    return this.#model.warnings
  }

  get notModelled(): readonly NotModelled[] {
    return this.#model.notModelled
  }

  proxyConfig(ref: WorkloadRef): ProxyConfig | null {
    return this.#model.proxyConfig(ref)
  }

  locate(origin: Origin): ReturnType<Mesh['locate']> {
    return this.#model.locate(origin)
  }

  /**
   * Resolves when every proxy acts by the new config.
   * @throws ConfigRejected when mesh-core or Envoy refuses it, and then nothing is changed; NotYetProgrammed; MeshSpecError ENVOY_FAILED
   */
  async apply(resources: readonly Resource[]): Promise<void> {
    this.#model.apply(resources)
    await this.#pushOrReturn(resources.map(refOf))
    for (const resource of resources) this.#applied.set(resourceKey(refOf(resource)), resource)
  }

  async remove(refs: readonly ResourceRef[]): Promise<void> {
    this.#model.remove(refs)
    await this.#pushOrReturn(refs)
    for (const ref of refs) this.#applied.delete(resourceKey(ref))
  }

  /** Sends one request and waits for its end, and for all that Envoy writes of it. @throws MeshSpecError ENVOY_FAILED */
  async send(call: MeshCall): Promise<Exchange> {
    return (await this.sendForAnswer(call)).evidence()
  }

  /** Resolves when the answer is there; the evidence comes a little later, so that many requests need not wait for it one after another. */
  async sendForAnswer(call: MeshCall): Promise<{ readonly evidence: () => Promise<Exchange> }> {
    this.#host.check()
    const { request, authority } = requestOf(call)
    const journal = new Journal()
    const sender = this.registry.workload(call.from.ref)
    if (!sender) throw new Error(`there is no workload ${call.from.ref.instance} in namespace ${call.from.ref.namespace}`)
    const startMs = performance.now()
    const gateway = call.from.kind === 'gateway'
    const outcome = await this.#outgoing({ journal, parent: null, sender, gateway, request, authority, timeoutMs: call.timeoutMs })
    const durationMs = performance.now() - startMs
    return { evidence: async () => this.#evidence(journal, { request, outcome, durationMs }) }
  }

  async #evidence(journal: Journal, { request, outcome, durationMs }: Answered): Promise<Exchange> {
    await this.#replaying
    await journal.complete()
    this.#host.check()
    this.#forget(journal)
    const failed = typeof outcome === 'string'
    const hops = hopsOf(journal, { cluster: clusterName, host: (line, own) => this.#hostName(line, own) })
    return { request, response: failed ? null : outcome, error: failed ? outcome : null, durationMs, hops }
  }

  async close(): Promise<void> {
    await this.#host.leave(this.#id)
    await Promise.all(this.#servers.map((server) => server.close()))
  }

  /** What Envoy refuses is taken back here, too. */
  async #pushOrReturn(changed: readonly ResourceRef[]): Promise<void> {
    try {
      await this.#push()
    } catch (error) {
      const former = changed.flatMap((ref) => this.#applied.get(resourceKey(ref)) ?? [])
      this.#model.apply(former)
      this.#model.remove(changed.filter((ref) => !this.#applied.has(resourceKey(ref))))
      throw error
    }
  }

  async #push(): Promise<void> {
    for (const workload of this.registry.workloads)
      if (!this.#topology.has(workload.ref)) await this.#topology.add(workload, workload.gateway ? 0 : await this.#serve(workload))
    for (let tries = 1; ; tries++) {
      const config = await this.#topology.config(this.registry, (ref) => this.#model.proxyConfig(ref))
      try {
        return await this.#host.use(this.#id, config, this.#complain)
      } catch (error) {
        // Between our choice of a port and Envoy's taking it, somebody else may have.
        if (tries === 3 || !(error instanceof ConfigRejected) || !/Address already in use|duplicate address/.test(error.message)) throw error
        await this.#topology.moveProxies()
      }
    }
  }

  readonly #complain: Complain = async ({ kind, name }, words) => {
    const culprit = await findCulprit(this.#host.path, this.#suspects(kind, name))
    return new ConfigRejected([problem(culprit?.words ?? words, culprit ? this.#placed(culprit.origin) : null)])
  }

  /** Parts of the config that may be what Envoy refuses. */
  #suspects(kind: ResourceKind, name: string): readonly Suspect[] {
    return this.registry.workloads.flatMap((workload) => {
      const config = this.#topology.has(workload.ref) ? this.#model.proxyConfig(workload.ref) : null
      if (!config) return []
      if (kind === 'clusters') return clusterSuspects(config)
      return kind === 'routes' ? routeSuspects(config, this.#topology.ownName(workload, name)) : []
    })
  }

  #placed(origin: Origin): Placed {
    return { origin, place: this.#model.locate(origin) }
  }

  /** Serves a workload's program on a port of its own. @returns the port */
  async #serve(workload: WorkloadInstance | null): Promise<number> {
    const program = this.#program(workload)
    const server = await hostHandler((request) => this.#receive(workload, program, request), { address: '127.0.0.1' })
    this.#servers.push(server)
    return server.port
  }

  async #receive(workload: WorkloadInstance | null, program: Program, request: HttpRequest): Promise<HttpResponse> {
    const open = this.#open.get(request.headers.get(callHeader) ?? '')
    request.headers.remove(callHeader)
    const current = workload && (this.registry.workload(workload.ref) ?? workload)
    const attempt = Number(request.headers.get('x-envoy-attempt-count') ?? 1)
    const copy = { ...request, headers: request.headers.copy() }
    const watched = current !== null && this.#topology.inbound(current)
    const received: ReceivedRecord | null = open
      ? { call: open.call, workload: current, request: copy, attempt, atMs: performance.now(), status: null, watched, inbound: null }
      : null
    if (received) open!.call.received.push(received)
    try {
      const response = await program(request, this.#context(current, received, open?.journal ?? new Journal()))
      if (received) received.status = response.status
      return response
    } finally {
      open?.journal.note()
    }
  }

  #context(workload: WorkloadInstance | null, parent: ReceivedRecord | null, journal: Journal): Parameters<Program>[1] {
    return {
      now: () => performance.now(),
      sleep: (ms) => new Promise((resolve) => setTimeout(resolve, ms)),
      random: Math.random,
      pod: podOf(workload),
      call: async (request, { timeoutMs }) => {
        const sender = workload
        const outcome = await this.#outgoing({ journal, parent, sender, gateway: false, request, authority: request.authority, timeoutMs })
        if (typeof outcome !== 'string') return outcome
        throw new CallError(outcome === 'tls' ? 'closed' : outcome)
      },
    }
  }

  async #outgoing(out: Outgoing): Promise<HttpResponse | TransportError> {
    const way = this.#wayOf(out)
    if (typeof way === 'string') return way
    const call = this.#record(out, way)
    try {
      const response = await sendOver(
        { ...way, timeoutMs: out.timeoutMs, onConnected: (address) => way.proxy && this.#byPeer.set(address, call.id) },
        marked(out.request, call.id),
      )
      call.status = response.status
      return response
    } catch (error) {
      if (!(error instanceof CallError)) throw error
      return error.reason
    } finally {
      call.endMs = performance.now()
      out.journal.note()
    }
  }

  #record({ journal, parent, sender, gateway, request, authority }: Outgoing, { proxy, target }: Way): CallRecord {
    const call: CallRecord = {
      id: `${process.pid}-${++calls}`,
      parent,
      from: gateway ? null : (sender?.ref ?? null),
      service: target.service,
      dialled: `${target.address}:${target.port}`,
      proxy,
      startMs: performance.now(),
      endMs: null,
      status: 0,
      line: null,
      received: [],
      decision: null,
      mirrors: 0,
    }
    journal.calls.push(call)
    this.#open.set(call.id, { call, journal })
    if (proxy) this.#replay(call, { ref: proxy.ref, gateway, request, authority })
    return call
  }

  /** Has mesh-core decide about the same request by the same config: what it tries, in its words. */
  #replay(
    call: CallRecord,
    { ref, gateway, request, authority }: { ref: WorkloadRef; gateway: boolean; request: HttpRequest; authority: string },
  ): void {
    const headers: Record<string, string[]> = { host: [request.authority] }
    for (const [name, value] of request.headers.entries()) (headers[name] ??= []).push(value)
    const url = `${request.scheme}://${authority}${request.path}`
    const from = { kind: gateway ? 'gateway' : 'workload', ref } as const
    this.#replaying = this.#replaying.then(async () => {
      const { hops } = await this.#model.send({ from, method: request.method, url, headers, body: '', timeoutMs: null })
      call.decision = hops[0]?.explain?.() ?? null
      call.mirrors = hops.filter(({ mirrored }) => mirrored).length
    })
    this.#replaying = this.#replaying.catch(() => {})
  }

  /** How a connection leaves: through the sender's sidecar or a gateway, which are told where it was to go, or straight. */
  #wayOf({ sender, gateway, request, authority }: Outgoing): Way | TransportError {
    if (request.scheme === 'https') throw new NotSupported(gateway ? 'gateway-calls' : 'in-mesh-calls', 'the envoy target sends no https')
    if (gateway) return this.#wayThroughGateway(sender!, authority, request)
    const target = dial(this.registry, authority, request.scheme, sender?.ref.namespace ?? 'default')
    if (target.address === null) return 'unresolved'
    const lands = this.#placeOf(target.address, target.port)
    if (!sender?.sidecar) return { port: lands.port, preamble: null, proxy: null, target }
    const source = { address: sender.address, port: sourcePort() }
    return { port: this.#topology.outboundPort(sender.ref), preamble: preambleOf(source, target, lands), proxy: sender, target }
  }

  #wayThroughGateway(gateway: WorkloadInstance, authority: string, request: HttpRequest): Way | TransportError {
    const target = dialGateway(this.registry, gateway, authority, request.scheme)
    const port = this.#topology.gatewayPort(gateway.ref, target.port)
    if (port === null || !this.#model.proxyConfig(gateway.ref)?.listeners.some((listener) => listener.port === target.port)) return 'refused'
    const source = { address: clientAddress, port: sourcePort() }
    return { port, preamble: preambleOf(source, target, this.#topology.outside()), proxy: gateway, target }
  }

  /** Who answers at an address of the mesh's network, past all rules: a pod, a pod of the service that kube-proxy would pick, or the world outside. */
  #placeOf(address: string, port: number): SocketAddress {
    const pod = this.registry.workloadAt(address)
    if (pod) return this.#topology.atPod(pod, port)
    const service = this.registry.serviceAt(address)
    if (!service) return this.#topology.outside()
    const endpoints = this.registry.endpoints(service, port).filter(({ healthy }) => healthy)
    const chosen = endpoints[Math.floor(Math.random() * endpoints.length)]
    const workload = chosen && this.registry.workloadAt(chosen.address)
    return workload ? this.#topology.atPod(workload, chosen.port) : { address: '127.0.0.1', port: 1 }
  }

  #read(line: LogLine): void {
    const id = line.call ?? this.#byPeer.get(line.peer) ?? ''
    const open = this.#open.get(id)
    if (!open) return
    const { call, journal } = open
    if (line.direction !== 'inbound') call.line ??= line
    else {
      const attempt = line.attempt === null ? null : Number(line.attempt)
      const received = call.received.find(
        (one) => one.inbound === null && one.workload && proxyName(one.workload) === line.proxy && (attempt === null || one.attempt === attempt),
      )
      if (received) received.inbound = line
    }
    journal.note()
  }

  #forget({ calls: own }: Journal): void {
    for (const { id, endMs } of own) if (endMs !== null) this.#open.delete(id)
    for (const [peer, id] of this.#byPeer) if (!this.#open.has(id)) this.#byPeer.delete(peer)
  }

  #hostName({ host }: LogLine, call: CallRecord): string {
    if (host === null) return '-'
    const port = Number(host.slice(host.lastIndexOf(':') + 1))
    return this.#topology.meshAddress(port, this.registry) ?? call.dialled
  }
}

/** Without the mark that istiod ends it with. */
function clusterName({ cluster }: LogLine): string {
  return cluster === null ? '-' : cluster.replace(/;$/, '')
}

interface Outgoing {
  readonly journal: Journal
  readonly parent: ReceivedRecord | null
  /** A workload, or the gateway that a client outside reaches; `null`: the world outside. */
  readonly sender: WorkloadInstance | null
  readonly gateway: boolean
  readonly request: HttpRequest
  /** What is dialled; the Host header may say something else. */
  readonly authority: string
  readonly timeoutMs: number | null
}

interface Answered {
  readonly request: HttpRequest
  readonly outcome: HttpResponse | TransportError
  readonly durationMs: number
}

interface Way {
  readonly port: number
  readonly preamble: Buffer | null
  readonly proxy: WorkloadInstance | null
  readonly target: Dialled
}

function preambleOf(source: SocketAddress, { address, port }: Dialled, lands: SocketAddress): Buffer {
  return proxyHeader({ source, destination: { address: address!, port }, lands: `${lands.address}:${lands.port}` })
}

/** As a system gives them out to clients. */
function sourcePort(): number {
  return 32768 + (calls % 28000)
}

function marked(request: HttpRequest, id: string): HttpRequest {
  const headers = request.headers.copy()
  headers.append(callHeader, id)
  return { ...request, headers }
}

function podOf(workload: WorkloadInstance | null): Parameters<Program>[1]['pod'] {
  if (!workload) return { name: 'outside', namespace: '', app: 'outside', version: '', env: {} }
  const { ref, app, version, env } = workload
  return { name: ref.instance, namespace: ref.namespace, app, version, env }
}

interface Placed {
  readonly origin: Origin
  readonly place: ReturnType<Mesh['locate']>
}

function problem(words: string, placed: Placed | null): MeshSpecError {
  const where = placed ?? { origin: null, place: null }
  return new MeshSpecError({ code: 'APPLY_FAILED', ...where, problem: `Envoy refuses it: ${words}`, hint: null })
}

/** The request as it stands on the wire. */
function requestOf(call: MeshCall): { request: HttpRequest; authority: string } {
  const [, scheme, authority, rest] = /^(https?):\/\/([^/?#]*)(.*)$/i.exec(call.url) ?? []
  if (authority === undefined) throw new Error(`"${call.url}" is not a URL of http or https`)
  const headers = Headers.of(call.headers)
  const host = headers.get('host') ?? authority
  headers.remove('host')
  const path = rest!.startsWith('/') ? rest! : `/${rest}`
  const request = {
    method: call.method,
    scheme: scheme!.toLowerCase() === 'https' ? 'https' : 'http',
    authority: host,
    path,
    headers,
    body: call.body,
  } as const
  return { request, authority }
}
