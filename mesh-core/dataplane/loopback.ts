import type { Listener } from '../ir/proxy-config.ts'
import type { WorkloadInstance } from '../registry/registry.ts'
import type { Dialled } from './dial.ts'
import { listensOn } from './receiver.ts'

/**
 * What goes to the loopback is led to no proxy: there listens who has bound the port, the application or, by `captureMode: NONE`, its sidecar.
 * @param listener that a redirected connection would reach
 * @returns whether nobody does
 */
export function isDeaf({ address, port }: Dialled, listener: Listener | null, workload: WorkloadInstance): boolean {
  return (address ?? '').startsWith('127.') && !listener?.bindsToPort && !listensOn(workload, port)
}
