import type { TransportError } from '../ir/exchange.ts'
import type { HttpResponse } from '../ir/message.ts'

/** How a request ended for the one who sent it: an answer, or the way in which there was none. Of HTTP/2 it may be its stream alone that has ended. */
export type Outcome = HttpResponse | TransportError | 'stream-reset'

/** As a client sees the end of a request that it has no answer to. */
export function withoutStream(end: Extract<Outcome, string>): TransportError {
  return end === 'stream-reset' ? 'closed' : end
}

/** Takes the end of a request. May be called before the function that it was given to returns: what needs no time takes none. */
export type Done = (outcome: Outcome) => void

/** A request under way. */
export interface InFlight {
  /** The one who waits has gone. What was set going goes on, and nobody hears of its end. */
  abandon(): void
}
