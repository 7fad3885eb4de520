import type { HttpSettings } from '../ir/proxy-config.ts'
import type { Route } from '../ir/route.ts'
import type { LocalReply } from './local-reply.ts'

/** How a request ends of which nothing was seen for too long: it has come whole. Source: Envoy `ConnectionManagerImpl::ActiveStream::onIdleTimeout`. */
export const idleReply: LocalReply = { status: 504, body: 'stream timeout' }
export const idleDetails = 'stream_idle_timeout'

/** In ms; 0 for never. What a route says goes before what the proxy does. Source: Envoy `ConnectionManagerImpl::ActiveStream::refreshIdleTimeout`. */
export function idleMsOf({ streamIdleMs = 0 }: HttpSettings, route: Route | null): number {
  return (route?.action.kind === 'forward' ? route.action.idleMs : undefined) ?? streamIdleMs
}
