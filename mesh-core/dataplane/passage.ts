import type { HttpRequest } from '../ir/message.ts'
import type { CompiledVirtualHost } from '../match/route-table.ts'
import type { Entrance } from './entrance.ts'
import type { LogRecord } from './evidence.ts'
import type { ProxyRuntime } from './proxy-runtime.ts'
import type { ChoiceRuntime, RouteRuntime } from './routing/route-runtime.ts'

/**
 * What was decided about a request in one proxy, and by what: all that an explanation needs. It outlives the request, of which thousands may be kept, and
 * holds on to nothing else of it.
 */
export interface Passage {
  readonly proxy: ProxyRuntime
  readonly entrance: Entrance
  readonly log: LogRecord
  /** The request as it came. */
  readonly sent: HttpRequest
  /** Address that a gateway's connection came from; `null` at a sidecar. */
  readonly client: string | null
  virtualHost: CompiledVirtualHost<RouteRuntime> | null
  route: RouteRuntime | null
  choice: ChoiceRuntime | null
}
