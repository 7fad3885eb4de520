import type { TransportError } from '../../../mesh-core/ir/exchange.ts'
import { isOfLoopback } from '../../../mesh-core/dataplane/upstream/resolvable-name.ts'
import { isBytes } from '../../../mesh-core/ir/message.ts'
import { isShorterThanTls } from '../../../mesh-core/dataplane/tcp/first-bytes.ts'
import type { HttpRequest, HttpResponse } from '../../../mesh-core/ir/message.ts'
import type { ClientTls } from '../../../mesh-core/ir/tls.ts'
import type { WorkloadRef } from '../../../mesh-core/ir/cluster.ts'
import type { Mesh, MeshCall } from '../../../mesh-core/mesh.ts'
import { serverNameOf } from '../../../mesh-core/dataplane/dial.ts'
import { WireClient } from '../../../wire/client.ts'
import { NotShown } from '../../../mesh-core/ir/not-shown.ts'
import type { CallBook } from './call-book.ts'
import type { CallRecord, Journal, ReceivedRecord } from './journal.ts'
import { copiesTo, mirrors } from './mirrors.ts'
import { markBytes } from './raw-bytes.ts'
import type { Departure, Way, Ways } from './ways.ts'
import { callHeader } from './xds/access-log.ts'

export interface Outgoing extends Departure {
  readonly journal: Journal
  /** What made the sender send it; `null` for the client of the exchange. */
  readonly parent: ReceivedRecord | null
  readonly timeoutMs: number | null
  readonly tls?: ClientTls | undefined
}

/** Sends the requests of clients and workloads, each marked so that what Envoy and its receivers tell of it is known for its. */
export class Senders {
  readonly #model: Mesh
  readonly #book: CallBook
  readonly #ways: Ways
  readonly #client = new WireClient()
  readonly #connections = new WeakMap<object, number>()
  #named = 0
  #isDoubtful = false
  #replaying: Promise<unknown> = Promise.resolve()

  readonly #explains: boolean

  /** @param explains is it to be known why a request took its way? Whether it is mirrored is known in any case. */
  constructor(model: Mesh, book: CallBook, ways: Ways, explains: boolean) {
    this.#model = model
    this.#book = book
    this.#ways = ways
    this.#explains = explains
  }

  async send(out: Outgoing): Promise<HttpResponse | TransportError> {
    const way = this.#ways.of(out)
    if (typeof way === 'string') return way
    if (way.isWithoutName || this.#isDoubtful || isShorterThanTls(out.request)) out.journal.doubt ??= await this.#foresee(out, way)
    const call = this.#enter(out, way)
    const { port, preamble, proxy, target } = way
    const key = this.#keyOf(out, way)
    const tls = out.request.scheme === 'https' ? { ...out.tls, serverName: serverNameOf(target, out.tls) } : null
    const onConnected = (address: string) => (proxy ? this.#book.connected(address, call) : undefined)
    const outcome = await this.#client.send({ port, preamble, key, tls, timeoutMs: out.timeoutMs, onConnected }, marked(out.request, call.id))
    if (typeof outcome !== 'string') {
      call.status = outcome.status
      way.keep?.()
    }
    call.endMs = performance.now()
    out.journal.note()
    return outcome
  }

  /** @param isDoubtful has the config what mesh-core may not know the effect of? */
  expect(isDoubtful: boolean): void {
    this.#isDoubtful = isDoubtful
  }

  /** Resolves when mesh-core has said of all that was sent why it took its way. */
  explained(): Promise<unknown> {
    return this.#replaying
  }

  /** From now on connections are new ones. */
  renew(): void {
    this.#client.closeIdle()
  }

  /** Connections are kept for those alone who say that they go on by the same one. */
  #keyOf({ connection }: Outgoing, { key }: Way): string | null {
    if (key === null || !connection) return null
    const id = this.#connections.get(connection) ?? ++this.#named
    this.#connections.set(connection, id)
    return `${id} ${key}`
  }

  /** Has mesh-core send the same first: what it does not know is not shown here, nor what it answers for want of a name. */
  async #foresee(out: Outgoing, { proxy }: Way): Promise<NotShown | null> {
    const ref = (proxy ?? out.sender)?.ref
    if (!ref) return null
    try {
      const { hops, error, durationMs } = await this.#model.send(sameCall(ref, out))
      // It was waited for, and then nobody had an answer.
      if (error !== null && durationMs > 0 && isShorterThanTls(out.request)) return new NotShown(shortLine)
      const log = hops[0]?.log
      if (log?.flags === 'DF') return new NotShown(noSuchName)
      return log && isOfLoopback(log.upstreamHost) ? new NotShown(ownLoopback) : null
    } catch (error) {
      if (error instanceof NotShown) return error
      throw error
    }
  }

  #enter(out: Outgoing, { proxy, unlogged, target, straight, byHost }: Way): CallRecord {
    const { journal, parent, sender, gateway } = out
    const from = gateway ? null : (sender?.ref ?? null)
    const call = this.#book.enter({ parent, from, service: target.service, dialled: straight, proxy, unlogged, byHost }, journal)
    if (proxy && (this.#explains || mirrors(this.#model.proxyConfig(proxy.ref)))) this.#replay(call, out)
    return call
  }

  /** Has mesh-core decide about the same request by the same config: what it tries, in its words. */
  #replay(call: CallRecord, out: Outgoing): void {
    const { ref } = call.proxy!
    const same = sameCall(ref, out)
    this.#replaying = this.#replaying.then(async () => {
      const { hops } = await this.#model.send(same)
      call.decision = hops[0]?.explain?.() ?? null
      call.relayDecision = hops.find(({ parent, from }) => parent === 0 && from !== null && from === hops[0]?.to)?.explain?.() ?? null
      call.denial = hops[0]?.denial?.() ?? null
      const config = this.#model.proxyConfig(ref)
      if (config && call.decision) call.mirrors = copiesTo(config, call.decision)
    })
    this.#replaying = this.#replaying.catch(() => {})
  }
}

/** The request as the model's proxy of the sender would get it. */
function sameCall(ref: WorkloadRef, { gateway, request, authority, tls }: Outgoing): MeshCall {
  const headers: Record<string, string[]> = { host: [request.authority] }
  for (const [name, value] of request.headers.entries()) (headers[name] ??= []).push(value)
  const { protocol, method, body } = request
  const url = `${isBytes(protocol) ? protocol : request.scheme}://${authority}${request.path}`
  const from = { kind: gateway ? 'gateway' : 'workload', ref } as const
  return { from, method, url, headers, body, timeoutMs: null, ...(protocol && !isBytes(protocol) && { protocol }), ...(tls && { tls }) }
}

const noSuchName = 'what a proxy answers when DNS does not know the name in Host is not shown here: its Envoy asks no DNS'

const shortLine = 'a line that is too short for who looks for TLS is not shown here: lines carry a mark before them, and are longer'

const ownLoopback = 'what a proxy sends to the loopback of its pod is not shown here: pods share one'

function marked(request: HttpRequest, id: string): HttpRequest {
  if (isBytes(request.protocol)) return { ...request, body: markBytes(id) + request.body }
  const headers = request.headers.copy()
  headers.append(callHeader, id)
  return { ...request, headers }
}
