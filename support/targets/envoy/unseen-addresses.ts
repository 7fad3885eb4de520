import { NotShown } from '../../../mesh-core/ir/not-shown.ts'
import type { AccessCondition, InboundPort } from '../../../mesh-core/ir/index.ts'
import type { WorkloadInstance } from '../../../mesh-core/registry/registry.ts'
import { isMirrored } from './hops.ts'
import type { CallRecord, Journal } from './journal.ts'
import { podName } from './pod-names.ts'

interface Receivers {
  readonly workloads: readonly WorkloadInstance[]
  readonly inboundPort: (workload: WorkloadInstance, port: number) => InboundPort
}

/**
 * Proxies say of a connection what was said of the one that it is made for. What they send of their own accord (copies, questions to authorizers) is made for
 * none, and what a gateway passes on for a sidecar bears the sidecar's name: a receiver that asks for the address decides otherwise than in a cluster.
 * @returns why the evidence of such a call is none
 */
export function unseenAddress({ calls }: Journal, { workloads, inboundPort }: Receivers): NotShown | null {
  // The same at each port.
  const asks = (one: WorkloadInstance | null | undefined): boolean => one?.sidecar === true && asksForAddresses(inboundPort(one, 0))
  const isThere = calls.some((call) => receiversOf(call, workloads).some(asks))
  return isThere
    ? new NotShown('where a connection comes from that is made for no client, or by a gateway for a sidecar, is not known to who takes it')
    : null
}

function receiversOf(call: CallRecord, workloads: readonly WorkloadInstance[]): readonly (WorkloadInstance | null | undefined)[] {
  const ofPod = (pod: string): WorkloadInstance | undefined => workloads.find((one) => podName(one) === pod)
  const isDoubtful = (end: Parameters<typeof isMirrored>[1]): boolean => call.gateway !== null || isMirrored(call, end)
  return [
    ...call.received.filter((received) => received.asker || isDoubtful({ received, unreached: null })).map(({ workload }) => workload),
    ...call.unreached.filter((unreached) => isDoubtful({ received: null, unreached })).map(({ pod }) => ofPod(pod)),
  ]
}

function asksForAddresses({ settings, access }: InboundPort): boolean {
  const rules = [...(settings?.access ?? []), ...(settings?.custom ? [settings.custom.rules] : []), ...(access ?? [])]
  return rules.some(({ policies }) => policies.some(({ permissions, principals }) => [...permissions, ...principals].some(asksForAddress)))
}

function asksForAddress(one: AccessCondition): boolean {
  switch (one.kind) {
    case 'connection-address':
    case 'client-address':
      return true
    case 'all':
    case 'some':
      return one.conditions.some(asksForAddress)
    case 'not':
      return asksForAddress(one.condition)
    default:
      return false
  }
}
