import type { InboundPort } from '../../../mesh-core/ir/index.ts'
import { NotShown } from '../../../mesh-core/ir/not-shown.ts'
import type { WorkloadInstance } from '../../../mesh-core/registry/registry.ts'
import type { Journal } from './journal.ts'

/**
 * A workload's sidecar listens at another port here than in a cluster. Where it takes the port that a connection is for out of Host, it looks for the wrong one.
 * @returns why the evidence of such a call is none
 */
export function unseenPort({ calls }: Journal, inboundPort: (workload: WorkloadInstance, port: number) => InboundPort): NotShown | null {
  const receivers = calls.flatMap(({ received }) => received.map(({ workload }) => workload))
  const strips = receivers.some((one) => one?.sidecar === true && portsOf(one).some((port) => inboundPort(one, port).settings?.stripsMatchingPort))
  return strips ? new NotShown('the port that a connection to a workload is for (strip_matching_host_port) is not known to its sidecar here') : null
}

/** 0 is any that it has no listener for. */
function portsOf({ ports }: WorkloadInstance): readonly number[] {
  return [0, ...ports.map(({ number }) => number)]
}
