import type { HttpSettings } from '../ir/proxy-config.ts'
import type { Route } from '../ir/route.ts'
import type { Clock, Timer } from '../time/clock.ts'
import type { StreamEnd } from './stream-timers.ts'

/** How a request ends of which nothing was seen for too long: it has come whole. Source: Envoy `ConnectionManagerImpl::ActiveStream::onIdleTimeout`. */
const idleEnd: StreamEnd = { reply: { status: 504, body: 'stream timeout' }, details: 'stream_idle_timeout', flag: 'SI' }

/**
 * Gives a request up of which nothing is seen for too long. No more comes from its client than what came at once. What its route says goes before what the proxy does.
 * @param proxy as the journal names it
 * @returns `null`: it has any time. Source: Envoy `ConnectionManagerImpl::ActiveStream::refreshIdleTimeout`.
 */
export function watchIdle(
  clock: Clock,
  { streamIdleMs = 0 }: HttpSettings,
  route: Route | null,
  proxy: string,
  giveUp: (end: StreamEnd) => void,
): Timer | null {
  const ms = (route?.action.kind === 'forward' ? route.action.idleMs : undefined) ?? streamIdleMs
  return ms > 0 ? clock.deadline(ms, () => giveUp(idleEnd), `stream idle timeout at ${proxy}`) : null
}
