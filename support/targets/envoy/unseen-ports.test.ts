import { expect, test } from 'vitest'
import type { InboundPort } from '../../../mesh-core/ir/index.ts'
import type { WorkloadInstance } from '../../../mesh-core/registry/registry.ts'
import type { Journal } from './journal.ts'
import { unseenPort } from './unseen-ports.ts'

const journalOf = (sidecar: boolean) =>
  ({ calls: [{ received: [{ workload: { sidecar, ports: [{ number: 8080 }] } as unknown as WorkloadInstance }] }] }) as unknown as Journal
const side = (settings: InboundPort['settings']) => () => ({ settings }) as InboundPort

test.each([
  ['a sidecar that strips the matching port', true, { stripsMatchingPort: true as const }, true],
  ['a sidecar that strips any port', true, { stripsAnyPort: true as const }, false],
  ['no sidecar', false, { stripsMatchingPort: true as const }, false],
])('a call is taken by %s', (_, sidecar, settings, isUnseen) => expect(unseenPort(journalOf(sidecar), side(settings)) !== null).toBe(isUnseen))
