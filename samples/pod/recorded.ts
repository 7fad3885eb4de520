import type { HttpRequest, HttpResponse, StreamMessage } from '../../mesh-core/ir/message.ts'
import type { Program, ServiceContext } from '../../mesh-core/ir/program.ts'
import type { SeenTls } from '../../mesh-core/ir/tls.ts'

/** As JSON can carry it. */
export interface RecordedRequest extends Omit<HttpRequest, 'headers' | 'messages'> {
  readonly headers: readonly string[]
  readonly messages?: readonly RecordedMessage[]
}

/** Bytes in base64. */
type RecordedMessage = string | { readonly bytes: string }

function recorded(message: StreamMessage): RecordedMessage {
  return typeof message === 'string' ? message : { bytes: Buffer.from(message).toString('base64') }
}

export function messageOfRecord(message: RecordedMessage): StreamMessage {
  return typeof message === 'string' ? message : new Uint8Array(Buffer.from(message.bytes, 'base64'))
}

/** A request as the pod received it, and what it asked of others for its sake. */
export interface PodRecord {
  /** `x-request-id`; `''` for bytes. */
  readonly id: string
  /** By which a client knows the request where a gateway gives it another id; `null` for none. */
  readonly mark: string | null
  /** Counts what the pod has received. */
  readonly sequence: number
  readonly request: RecordedRequest
  /** That the pod itself has ended; `null` for none. */
  readonly tls: SeenTls | null
  /** Address of the other end of the connection; `null` where that is not known. */
  readonly peer: string | null
  /** Of the answer; `null` until there is one, and when the connection was closed instead. */
  status: number | null
  /** Authorities that were called, in their order. */
  readonly calls: string[]
}

/**
 * What of an `x-request-id` stays the same on its way: Envoy writes into the version of a UUID why the request is traced.
 * Source: Envoy `UUIDRequestIDExtension::setTraceReason`.
 */
export function requestKey(id: string): string {
  return /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/.test(id) ? `${id.slice(0, 14)}4${id.slice(15)}` : id
}

/** Told to the pod alone: its program does not see it. */
export const markHeader = 'x-meshspec-id'

/** How many are kept: more than a scenario sends to one pod. */
const capacity = 50_000

/** What a pod has received, by request id. */
export class PodRecords {
  readonly #all: PodRecord[] = []
  #sequence = 0

  /** The program, its requests written down. @param tls that the pod has ended. @param peer `::ffff:10.244.0.7:40123` */
  watch(program: Program): (request: HttpRequest, context: ServiceContext, tls: SeenTls | null, peer?: string) => Promise<HttpResponse> {
    return async (request, context, tls, peer) => {
      const record = this.#add(request, tls, peer)
      const call: typeof context.call = (asked, options) => {
        record.calls.push(asked.authority)
        return context.call(asked, options)
      }
      const response = await program(request, { ...context, call })
      record.status = response.status
      return response
    }
  }

  /** Those with one of the ids, or marks. */
  find(ids: readonly string[]): readonly PodRecord[] {
    const wanted = new Set(ids.map(requestKey))
    return this.#all.filter(({ id, mark }) => (id !== '' && wanted.has(requestKey(id))) || (mark !== null && wanted.has(requestKey(mark))))
  }

  /** What came without an id: bytes, and what proxies send of their own accord. @param since `next` of before */
  unnamed(since: number): readonly PodRecord[] {
    return this.#all.filter(({ id, mark, sequence }) => id === '' && mark === null && sequence >= since)
  }

  /** `sequence` of what is received next. */
  get next(): number {
    return this.#sequence
  }

  forget(): void {
    this.#all.length = 0
  }

  #add(request: HttpRequest, tls: SeenTls | null, peer: string | undefined): PodRecord {
    const { headers, messages, ...rest } = request
    const id = headers.get('x-request-id') ?? ''
    const mark = headers.get(markHeader) ?? null
    headers.remove(markHeader)
    const kept = { ...rest, headers: headers.fields.slice(), ...(messages && { messages: messages.map(recorded) }) }
    const record: PodRecord = { id, mark, sequence: this.#sequence++, request: kept, tls, peer: addressOf(peer), status: null, calls: [] }
    this.#all.push(record)
    if (this.#all.length > capacity) this.#all.splice(0, capacity / 10)
    return record
  }
}

/** IPv4 without the prefix that it has on sockets of IPv6. */
function addressOf(peer: string | undefined): string | null {
  return peer?.replace(/:\d+$/, '').replace(/^::ffff:/, '') ?? null
}
