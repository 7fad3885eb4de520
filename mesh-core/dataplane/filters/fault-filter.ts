import type { AbortStatus, Fault } from '../../ir/route.ts'
import type { LocalReply } from '../replies/local-reply.ts'
import type { ProxiedRequest } from '../proxied-request.ts'

const million = 1_000_000

/** Delay and abort are drawn apart, and the delay comes first. It stands before the router, so no timeout counts it. Source: Envoy `FaultFilter`. */
export function injectFault(proxied: ProxiedRequest, fault: Fault, next: () => void): void {
  const { chance, clock } = proxied.plane
  const { delay, abort } = fault
  const afterDelay = () => {
    if (!abort || chance.fault.below(million) >= abort.ppm) return next()
    proxied.log.raise('FI')
    proxied.reply(replyOf(abort.status), 'fault_filter_abort')
  }
  if (!delay || delay.durationMs === 0 || chance.fault.below(million) >= delay.ppm) return afterDelay()
  proxied.log.raise('DI')
  proxied.takeBody()
  const resume = () => {
    if (!proxied.ended) afterDelay()
  }
  clock.schedule(delay.durationMs, resume, `fault delay at ${proxied.proxy.name}`)
}

function replyOf(status: AbortStatus): LocalReply {
  const body = 'fault filter abort'
  return status.kind === 'http' ? { status: status.status, body } : { status: 200, body, grpcStatus: status.status }
}
