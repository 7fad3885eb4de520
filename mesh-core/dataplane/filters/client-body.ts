import type { HttpRequest } from '../../ir/message.ts'
import { doubtOfStream } from '../doubtful.ts'
import type { Place } from '../evidence.ts'
import { exceeds, outgrows } from './body-limit.ts'
import type { HeldBody } from './inserted-filters.ts'

/** A request that has a body, or is one without an end. */
interface Sending {
  readonly place: Place
  readonly name: string
  readonly sent: HttpRequest
  readonly request: HttpRequest
  /** A client that opens a WebSocket is never done. */
  readonly isEndless: boolean
}

/** What a client sends after its headers: not taken in while the first filter looks at these. */
export class ClientBody implements HeldBody {
  readonly #sending: Sending
  #isTaken = false
  /** By a filter that does nothing else. */
  #isHeld = false

  constructor(sending: Sending) {
    this.#sending = sending
  }

  /** All of it has come: filters have waited for it, or it came at once. */
  get isWhole(): boolean {
    return this.#isTaken || this.#sending.sent.atOnce === true
  }

  /** Whatever filters have made of it. */
  get isThere(): boolean {
    return this.#sending.sent.body !== ''
  }

  /** From here on an answer comes after it. */
  take(): void {
    this.#isTaken = true
  }

  /** What came before that passes on at once with its end, unless a filter has held it. Source: Envoy `buffer_filter.cc`. */
  outgrows(maxBytes: number): boolean {
    if (this.#isHeld) return exceeds(this.#sending.request, maxBytes)
    return !this.#isTaken && outgrows(this.#sending.request, maxBytes)
  }

  hold(): void {
    const { place, request, isEndless, name } = this.#sending
    const doubt = doubtOfStream(request, isEndless, name)
    if (doubt) place.exchange.fail(doubt)
    this.#isHeld ||= !this.#isTaken
    this.take()
  }

  /** Is there more than was taken from the connection when the answer comes? */
  get isLeft(): boolean {
    return !this.#isTaken && (this.isThere || this.#sending.request.messages !== undefined)
  }
}
