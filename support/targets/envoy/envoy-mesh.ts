import type { ObjectStatus } from '../../../mesh-core/compile/gateway-api/object-status.ts'
import { ConfigRejected } from '../../../mesh-core/config/errors.ts'
import type { NotModelled, Resource, ResourceRef } from '../../../mesh-core/config/resource.ts'
import { keyOf, refOf, resourceKey } from '../../../mesh-core/config/resource.ts'
import { createMesh } from '../../../mesh-core/create-mesh.ts'
import type { Cluster, WorkloadRef } from '../../../mesh-core/ir/cluster.ts'
import type { Exchange, TransportError } from '../../../mesh-core/ir/exchange.ts'
import type { InboundPort } from '../../../mesh-core/ir/inbound-port.ts'
import type { NotShown } from '../../../mesh-core/ir/not-shown.ts'
import { Headers } from '../../../mesh-core/ir/message.ts'
import type { HttpRequest, HttpResponse } from '../../../mesh-core/ir/message.ts'
import type { Origin } from '../../../mesh-core/ir/origin.ts'
import type { Program } from '../../../mesh-core/ir/program.ts'
import type { ProxyConfig } from '../../../mesh-core/ir/proxy-config.ts'
import { requestOf } from '../../../mesh-core/dataplane/messages/request-of-call.ts'
import type { WayOfArrival } from '../../../mesh-core/dataplane/model.ts'
import type { Mesh, MeshCall, MeshOptions } from '../../../mesh-core/mesh.ts'
import type { Registry, WorkloadInstance } from '../../../mesh-core/registry/registry.ts'
import { CallBook } from './call-book.ts'
import { isPortTaken } from './configurator.ts'
import type { EnvoyHost } from './envoy-host.ts'
import { hopsOf } from './hops.ts'
import { Journal } from './journal.ts'
import { MeshNames } from './mesh-names.ts'
import { complainFor } from './refusals.ts'
import { Senders } from './senders.ts'
import { callsOut } from './xds/placed-script.ts'
import { Topology } from './topology.ts'
import { unseenAddress } from './unseen-addresses.ts'
import { unseenLimit } from './unseen-limits.ts'
import { unseenName } from './unseen-names.ts'
import { unseenPort } from './unseen-ports.ts'
import { untoldEndpoint } from './untold-endpoints.ts'
import { Ways } from './ways.ts'
import { WorkloadServers } from './workload-servers.ts'

export interface EnvoyMeshOptions extends Pick<MeshOptions, 'applicationTls' | 'applicationAddress' | 'injects' | 'inboundSidecar' | 'outsideName'> {
  readonly seed: number
  readonly spec: boolean
  /** The program behind a workload (`null`: the world outside the mesh). Asked once for each. */
  readonly program: (workload: WorkloadInstance | null) => Program
  /** Whose proxies pass on what they send; of others only an inbound sidecar is run, for each costs. Default: all. */
  readonly sends?: (workload: WorkloadInstance) => boolean
  /** Is it to be known why requests took their ways? It costs as much as mesh-core takes for them. Default: true. */
  readonly explains?: boolean
}

/** A mesh on real Envoy: mesh-core's own compiler, Envoy's data plane, and the programs as servers on loopback. */
export class EnvoyMesh {
  /** Holds the config and compiles it; its own data plane answers only why a request takes its route. */
  readonly #model: Mesh
  readonly #host: EnvoyHost
  readonly #id: number
  readonly #topology: Topology
  readonly #book: CallBook
  readonly #senders: Senders
  readonly #servers: WorkloadServers
  readonly #names: MeshNames
  /** By their keys, to go back to. */
  readonly #applied = new Map<string, Resource>()
  readonly #sends: NonNullable<EnvoyMeshOptions['sends']>

  private constructor(host: EnvoyHost, { program, ...options }: EnvoyMeshOptions) {
    const answer = () => () => ({ status: 200, headers: new Headers(), body: '' })
    this.#host = host
    this.#sends = options.sends ?? (() => true)
    this.#model = createMesh({ ...options, program: answer })
    this.#id = host.join((line) => this.#book.read(line))
    const takes = (workload: WorkloadInstance, way: WayOfArrival): boolean => options.inboundSidecar?.(workload, way) ?? workload.sidecar
    const applicationTls = (workload: WorkloadInstance | null, port: number) => this.#model.applicationTls(workload, port)
    this.#topology = new Topology(`${this.#id}/`, {
      hasInbound: (workload) => takes(workload, 'own-address'),
      listedPorts: (workload) => this.#model.listedPorts(workload),
      inboundPort: (workload, port) => this.#model.inboundPort(workload, port),
      applicationAddress: (workload, port) => this.#model.applicationAddress(workload, port),
      applicationTls,
    })
    this.#book = new CallBook((port) => this.#topology.places.proxyAt(port, this.registry))
    const ways = new Ways(this.#model, this.#topology.places, (workload) => takes(workload, 'kept-service-address'))
    this.#senders = new Senders(this.#model, this.#book, ways, options.explains ?? true)
    const shared = { topology: this.#topology, book: this.#book, senders: this.#senders }
    this.#servers = new WorkloadServers({ program, applicationTls, registry: () => this.registry, ...shared })
    this.#names = new MeshNames(this.#model, this.#topology.places)
  }

  static async open(host: EnvoyHost, options: EnvoyMeshOptions): Promise<EnvoyMesh> {
    const mesh = new EnvoyMesh(host, options)
    mesh.#topology.places.outsidePorts = await mesh.#servers.serve(null, outsidePorts)
    return mesh
  }

  get registry(): Registry {
    return this.#model.registry
  }

  get telemetryOf(): Mesh['telemetryOf'] {
    return this.#model.telemetryOf
  }

  get warnings(): readonly string[] {
    return this.#model.warnings
  }

  get resources(): readonly Resource[] {
    return this.#model.resources
  }

  get statuses(): readonly ObjectStatus[] {
    return this.#model.statuses
  }

  get notModelled(): readonly NotModelled[] {
    return this.#model.notModelled
  }

  /** Does its sidecar ask an authorizer, or a script of its make calls? It does by its own clusters. */
  #asks(workload: WorkloadInstance): boolean {
    if (!workload.sidecar) return false
    const { settings } = this.#model.inboundPort(workload, workload.ports[0]?.number ?? 80)
    return (
      settings?.custom !== undefined ||
      (settings?.inserted ?? []).some((one) => one.kind === 'lua' && [one.code ?? '', ...Object.values(one.named)].some(callsOut))
    )
  }

  proxyConfig(ref: WorkloadRef): ProxyConfig | null {
    return this.#model.proxyConfig(ref)
  }

  lookUp(...question: Parameters<Mesh['lookUp']>): ReturnType<Mesh['lookUp']> {
    return this.#model.lookUp(...question)
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
    for (const resource of resources) this.#applied.set(keyOf(resource), resource)
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

  /** The next request starts when one has its answer; what Envoy writes of it is awaited beside. */
  async sendMany(call: MeshCall, { times, concurrency }: { readonly times: number; readonly concurrency: number }): Promise<Exchange[]> {
    const pending: Promise<Exchange>[] = []
    let started = 0
    const one = async (): Promise<void> => {
      while (started < times) {
        started += 1
        const { evidence } = await this.sendForAnswer(call)
        const exchange = evidence()
        exchange.catch(() => {})
        pending.push(exchange)
      }
    }
    await Promise.all(Array.from({ length: concurrency }, one))
    return Promise.all(pending)
  }

  /** Resolves when the answer is there; the evidence comes a little later, so that many requests need not wait for it one after another. */
  async sendForAnswer(call: MeshCall): Promise<{ readonly evidence: () => Promise<Exchange> }> {
    this.#host.check()
    const { request, authority } = requestOf(call)
    const journal = new Journal()
    const sender = this.registry.workload(call.from.ref)
    const gateway = call.from.kind === 'gateway'
    if (!sender && !gateway) throw new Error(`there is no workload ${call.from.ref.instance} in namespace ${call.from.ref.namespace}`)
    const startMs = performance.now()
    // A Gateway that no controller serves has no pods, and nobody listens.
    const outcome = sender ? await this.#senders.send({ journal, parent: null, sender, gateway, request, authority, ...ofClient(call) }) : 'refused'
    const durationMs = performance.now() - startMs
    return { evidence: async () => this.#evidence(journal, { request, outcome, durationMs }) }
  }

  async #evidence(journal: Journal, { request, outcome, durationMs }: Answered): Promise<Exchange> {
    await this.#senders.explained()
    await journal.complete()
    this.#host.check()
    this.#servers.check()
    this.#book.forget(journal)
    const doubt = journal.doubt ?? this.#doubtOf(journal)
    if (doubt) throw doubt
    const failed = typeof outcome === 'string'
    return { request, response: failed ? null : outcome, error: failed ? outcome : null, durationMs, hops: hopsOf(journal, this.#names) }
  }

  #doubtOf(journal: Journal): NotShown | null {
    const { workloads } = this.registry
    const inboundPort = (workload: WorkloadInstance, port: number): InboundPort => this.#model.inboundPort(workload, port)
    const clusterOf = (proxy: WorkloadInstance, name: string): Cluster | undefined => this.#names.cluster(proxy, name)
    const tellsOfEndpoints = (proxy: WorkloadInstance): boolean => this.#topology.tellsOfEndpoints(proxy)
    return (
      unseenAddress(journal, { workloads, inboundPort }) ??
      unseenPort(journal, inboundPort) ??
      unseenLimit(journal, ({ ref }) => this.#model.proxyConfig(ref)) ??
      unseenName(journal, ({ ref }) => this.#model.proxyConfig(ref)) ??
      untoldEndpoint(journal, { tellsOfEndpoints, clusterOf })
    )
  }

  async close(): Promise<void> {
    this.#senders.renew()
    try {
      await this.#host.leave(this.#id)
    } finally {
      await this.#servers.close()
    }
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
    } finally {
      this.#senders.renew()
    }
  }

  async #push(): Promise<void> {
    this.#senders.expect(this.#model.isDoubtful)
    for (const workload of [...this.registry.workloads, ...this.registry.outsiders]) await this.#serve(workload)
    for (let tries = 1; ; tries++) {
      const config = await this.#topology.config(this.registry, (workload) =>
        this.#sends(workload) || this.#asks(workload) ? this.#model.proxyConfig(workload.ref) : null,
      )
      try {
        return await this.#host.use(this.#id, config, complainFor(this.#host.path, this.#model, this.#topology))
      } catch (error) {
        if (tries === 3 || !(error instanceof ConfigRejected) || !isPortTaken(error.message)) throw error
        await this.#topology.places.moveProxies()
      }
    }
  }

  async #serve(workload: WorkloadInstance): Promise<void> {
    const wanted = workload.gateway ? [] : this.#topology.listeningPorts(workload, this.registry)
    const missing = this.#topology.places.unserved(workload.ref, wanted)
    if (missing.length === 0 && this.#topology.places.has(workload.ref)) return
    await this.#topology.places.add(workload, await this.#servers.serve(workload, missing))
  }
}

/** The well-known ports of HTTP, and all others. */
const outsidePorts = [80, 443, 0]

function ofClient({ timeoutMs, tls, connection }: MeshCall): Pick<MeshCall, 'timeoutMs' | 'tls' | 'connection'> {
  return { timeoutMs, ...(tls && { tls }), ...(connection && { connection }) }
}

interface Answered {
  readonly request: HttpRequest
  readonly outcome: HttpResponse | TransportError
  readonly durationMs: number
}
