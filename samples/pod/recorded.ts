import type { HttpRequest } from '../../mesh-core/ir/message.ts'
import type { Program } from '../../mesh-core/ir/program.ts'

/** A request as the pod received it, and what it asked of others for its sake. */
export interface PodRecord {
  /** `x-request-id`; `''` for bytes. */
  readonly id: string
  /** By which a client knows the request where a gateway gives it another id; `null` for none. */
  readonly mark: string | null
  /** Counts what the pod has received. */
  readonly sequence: number
  readonly request: Omit<HttpRequest, 'headers'> & { readonly headers: readonly string[] }
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
const kept = 50_000

/** What a pod has received, by request id. */
export class PodRecords {
  readonly #all: PodRecord[] = []
  #sequence = 0

  /** The program, its requests written down. */
  watch(program: Program): Program {
    return async (request, context) => {
      const record = this.#add(request)
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

  forget(): void {
    this.#all.length = 0
  }

  #add(request: HttpRequest): PodRecord {
    const { headers, ...rest } = request
    const id = headers.get('x-request-id') ?? ''
    const mark = headers.get(markHeader) ?? null
    headers.remove(markHeader)
    const record: PodRecord = { id, mark, sequence: this.#sequence++, request: { ...rest, headers: headers.fields.slice() }, status: null, calls: [] }
    this.#all.push(record)
    if (this.#all.length > kept) this.#all.splice(0, kept / 10)
    return record
  }
}
