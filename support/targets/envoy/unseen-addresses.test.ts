import { expect, test } from 'vitest'
import type { AccessCondition, InboundPort } from '../../../mesh-core/ir/index.ts'
import type { WorkloadInstance } from '../../../mesh-core/registry/registry.ts'
import type { CallRecord, Journal } from './journal.ts'
import { unseenAddress } from './unseen-addresses.ts'

const pod = { ref: { name: 'b', namespace: 'default', instance: 'b-0' }, sidecar: true } as WorkloadInstance
const address: AccessCondition = { kind: 'not', condition: { kind: 'connection-address', range: '10.0.0.0/8' } }
const path = { kind: 'any' } as AccessCondition
const side = (condition: AccessCondition) =>
  ({ settings: { access: [{ policies: [{ permissions: [{ kind: 'all', conditions: [condition] }], principals: [] }] }] } }) as unknown as InboundPort

const received = { workload: pod, asker: null, request: { headers: new Map() } }
const call = { gateway: null, mirrors: [], received: [received], unreached: [] }

test.each([
  ['a sidecar of its own client', call, address, false],
  ['a gateway for a sidecar', { ...call, gateway: pod }, address, true],
  ['a gateway for a sidecar, and is refused', { ...call, gateway: pod, received: [], unreached: [{ pod: 'b-0.default' }] }, address, true],
  ['a gateway for a sidecar where nobody asks', { ...call, gateway: pod }, path, false],
  ['a proxy that asks whether a request may come in', { ...call, received: [{ ...received, asker: pod.ref }] }, address, true],
])('a connection is made by %s', (_, made, condition, isUnseen) => {
  const journal = { calls: [made as unknown as CallRecord] } as unknown as Journal
  expect(unseenAddress(journal, { workloads: [pod], inboundPort: () => side(condition) }) !== null).toBe(isUnseen)
})
