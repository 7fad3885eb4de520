import { MeshSpecError } from '../../../mesh-core/config/errors.ts'
import { checkPath } from '../../../mesh-core/ir/authorization-check.ts'
import { withoutTlsReason } from '../../../mesh-core/ir/exchange.ts'
import type { WorkloadRef } from '../../../mesh-core/ir/cluster.ts'
import type { Headers, HttpRequest, HttpResponse } from '../../../mesh-core/ir/message.ts'
import type { ApplicationTls, SeenTls } from '../../../mesh-core/ir/tls.ts'
import { CallError } from '../../../mesh-core/ir/program.ts'
import type { Program } from '../../../mesh-core/ir/program.ts'
import type { Mesh } from '../../../mesh-core/mesh.ts'
import type { Registry, WorkloadInstance } from '../../../mesh-core/registry/registry.ts'
import { udpPortsOf } from '../../../mesh-core/registry/udp-ports.ts'
import { WireServer } from '../../../wire/server.ts'
import type { Handler } from '../../../wire/server.ts'
import type { Certify } from '../../../wire/tls-server.ts'
import type { CallBook, OpenCall } from './call-book.ts'
import { takeCallOfCheck } from './check-call.ts'
import { credentials } from './credentials.ts'
import { DatagramServer } from './datagram-server.ts'
import { freePorts } from './free-ports.ts'
import { Journal } from './journal.ts'
import { asFromPod, isCopy } from './mirrors.ts'
import type { ReceivedRecord } from './journal.ts'
import { headerLength } from './proxy-protocol.ts'
import { markedLines } from './raw-bytes.ts'
import type { Senders } from './senders.ts'
import type { Topology } from './topology.ts'
import { askerHeader, callHeader, tunnelHeader } from './xds/access-log.ts'

export interface WorkloadServersOptions {
  readonly program: (workload: WorkloadInstance | null) => Program
  readonly registry: () => Registry
  readonly applicationTls: Mesh['applicationTls']
  readonly topology: Topology
  readonly book: CallBook
  readonly senders: Senders
}

const certify: Certify = (name, issuer) => credentials.ofServer(name, issuer)

/** What stands behind one real port. */
interface Served {
  readonly workload: WorkloadInstance | null
  readonly podPort: number
  readonly program: Program
}

/** The programs of workloads (`null`: the world outside), each served on real ports. */
export class WorkloadServers {
  readonly #options: WorkloadServersOptions
  readonly #servers: (WireServer | DatagramServer)[] = []
  readonly #programs = new Map<string, Program>()
  #failure: MeshSpecError | null = null

  constructor(options: WorkloadServersOptions) {
    this.#options = options
  }

  /** @returns a port of 127.0.0.1 for each of the pod's */
  async serve(workload: WorkloadInstance | null, podPorts: readonly number[]): Promise<ReadonlyMap<number, number>> {
    const program = this.#programOf(workload)
    const listens = program.listens ?? true
    const datagrams = workload ? udpPortsOf(workload, this.#options.registry()) : new Set<number>()
    const ports = listens
      ? await Promise.all(podPorts.map((podPort) => this.#serve({ workload, podPort, program }, datagrams.has(podPort))))
      : await freePorts(podPorts.length)
    return new Map(podPorts.map((podPort, i) => [podPort, ports[i]!]))
  }

  /** @throws MeshSpecError SERVICE_FAILED when a program has failed: what the mesh then answers says nothing about the mesh */
  check(): void {
    if (this.#failure) throw this.#failure
  }

  async close(): Promise<void> {
    await Promise.all(this.#servers.map((server) => server.close()))
  }

  #programOf(workload: WorkloadInstance | null): Program {
    const key = workload ? `${workload.ref.namespace}/${workload.ref.instance}` : ''
    const program = this.#programs.get(key) ?? this.#options.program(workload)
    this.#programs.set(key, program)
    return program
  }

  async #serve(served: Served, datagrams: boolean): Promise<number> {
    const handler: Handler = (request, seen, peer) => this.#receive(served, request, seen, peer)
    // Asked anew for each connection: a Secret may have come.
    const tls = (): ApplicationTls => this.#options.applicationTls(this.#current(served.workload), served.podPort)
    const options = { tls, certify, lines: markedLines, preamble: headerLength }
    const server = datagrams ? await DatagramServer.start(handler, options) : await WireServer.start(handler, options)
    this.#servers.push(server)
    return server.port
  }

  /** As the registry has it now. */
  #current(workload: WorkloadInstance | null): WorkloadInstance | null {
    return workload && (this.#options.registry().workload(workload.ref) ?? workload)
  }

  async #receive({ workload, podPort, program }: Served, request: HttpRequest, tls: SeenTls | null, peer?: string): Promise<HttpResponse> {
    const open = this.#openCallOf(request)
    const asker = this.#askerOf(request)
    const current = this.#current(workload)
    const received = open ? this.#record(open, current, podPort, request, tls, asker, peer !== undefined) : null
    if (open && received?.watched) this.#options.book.arrived(peer!, received, open)
    try {
      const response = await program(request, this.#context(current, received, open?.journal ?? new Journal()))
      if (received) received.status = response.status
      return response
    } catch (error) {
      if (!(error instanceof CallError)) this.#failure ??= failureOf(workload, request, error)
      throw error
    } finally {
      open?.journal.note()
    }
  }

  #openCallOf(request: HttpRequest): OpenCall | undefined {
    const { book } = this.#options
    const { headers } = request
    const id = take(headers, callHeader) ?? takeCallOfCheck(request)
    const connection = take(headers, tunnelHeader)
    if (connection !== undefined) return book.findByConnection(connection)
    // A question about bytes has no headers that would tell which they are.
    return id === undefined && request.path === checkPath ? book.findAlone() : book.find(id ?? '')
  }

  /** `null`: it is no question to an authorizer. */
  #askerOf({ headers }: HttpRequest): WorkloadRef | null {
    const asker = take(headers, askerHeader)
    if (asker === undefined) return null
    const { workloads } = this.#options.registry()
    return workloads.find(({ ref }) => `${ref.namespace}/${ref.instance}` === asker)?.ref ?? null
  }

  /** A proxy that asks tells its own address. */
  #asInPod({ headers }: HttpRequest, asker: WorkloadRef | null): Headers {
    const proxy = asker ? this.#options.registry().workload(asker) : null
    return proxy && isCopy(headers.get('x-forwarded-for')) ? asFromPod(headers, proxy.address) : headers.copy()
  }

  #record(
    { call }: OpenCall,
    workload: WorkloadInstance | null,
    podPort: number,
    request: HttpRequest,
    tls: SeenTls | null,
    asker: WorkloadRef | null,
    isAlone: boolean,
  ): ReceivedRecord {
    const { topology } = this.#options
    const isRead = workload !== null && tls === null && topology.reads(workload, podPort, request)
    // Of bytes that it passes on a sidecar writes, too; HTTP alone tells us when the connection ends.
    const watched = isAlone && (isRead || (workload !== null && request.protocol === undefined && topology.inbound(workload)))
    const attempt = Number(request.headers.get('x-envoy-attempt-count') ?? 1)
    const copy = { ...request, headers: this.#asInPod(request, asker) }
    const received = {
      call,
      workload,
      port: podPort,
      request: copy,
      tls,
      attempt,
      atMs: performance.now(),
      status: null,
      watched,
      inbound: null,
      asker,
    }
    call.received.push(received)
    return received
  }

  #context(workload: WorkloadInstance | null, parent: ReceivedRecord | null, journal: Journal): Parameters<Program>[1] {
    return {
      now: () => performance.now(),
      sleep: (ms) => new Promise((resolve) => setTimeout(resolve, ms)),
      random: Math.random,
      pod: podOf(workload),
      call: async (request, { timeoutMs }) => {
        const out = { journal, parent, sender: workload, gateway: false, request, authority: request.authority, timeoutMs }
        const outcome = await this.#options.senders.send(out)
        if (typeof outcome !== 'string') return outcome
        throw new CallError(withoutTlsReason(outcome))
      },
    }
  }
}

/** Workloads never see what this target has added. */
function take(headers: Headers, name: string): string | undefined {
  const value = headers.get(name)
  headers.remove(name)
  return value
}

function failureOf(workload: WorkloadInstance | null, { method, path }: HttpRequest, error: unknown): MeshSpecError {
  const who = workload ? `the program of ${workload.ref.instance}.${workload.ref.namespace}` : 'the program of the world outside the mesh'
  const problem = `${who} failed at ${method} ${path}: ${error instanceof Error ? `${error.name}: ${error.message}` : String(error)}`
  const hint = 'correct the program; its stack is on standard error. A service that is to answer 500 is told so: "Given reviews answers 500"'
  return new MeshSpecError({ code: 'SERVICE_FAILED', origin: null, place: null, problem, hint })
}

function podOf(workload: WorkloadInstance | null): Parameters<Program>[1]['pod'] {
  if (!workload) return { name: 'outside', namespace: '', app: 'outside', version: '', env: {} }
  const { ref, app, version, env } = workload
  return { name: ref.instance, namespace: ref.namespace, app, version, env }
}
