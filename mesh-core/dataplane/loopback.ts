import type { Listener } from '../ir/proxy-config.ts'
import type { Dialled } from './dial.ts'
import { doubtOfProxyPort } from './doubtful.ts'
import type { WorkloadRuntime } from './plane.ts'

/** Of the pod that sends: what goes to either never leaves it. */
export type Within = 'pod' | 'loopback'

/** Whether a connection stays in the pod that it comes from, past its sidecar. Source: istio-iptables, the output of others than the proxy over `lo`. */
export function withinOf({ proxy, instance }: WorkloadRuntime, target: Dialled): Within | null {
  if (proxy !== null && !proxy.edge && target.address === instance.address) return 'pod'
  // What a proxy has there is told where the connection would be led to it.
  if (proxy && doubtOfProxyPort(proxy.config, target)) return null
  return staysOnLoopback(target, proxy?.listenerFor(target.address ?? '', target.port) ?? null) ? 'loopback' : null
}

/**
 * What goes to the loopback is led to no proxy: there listens who has bound the port, the application or, by `captureMode: NONE`, its sidecar.
 * @param listener of the sidecar that a redirected connection would reach
 */
export function staysOnLoopback({ address }: Dialled, listener: Listener | null): boolean {
  return (address ?? '').startsWith('127.') && !listener?.bindsToPort
}
