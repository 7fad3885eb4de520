import { Inventory, listOf, specOf } from '../../analyze/inventory.ts'
import type { Evidence } from '../../analyze/message.ts'
import type { FieldPath } from '../../config/finding.ts'
import type { Resource } from '../../config/resource.ts'
import { advise } from '../advise.ts'
import { faultWithoutPercentage } from './fault-without-percentage.ts'

/**
 * `abort.percent` of Istio 1.0 in a cluster that does not refuse it: there the field is dropped, and what is left is a fault that never happens. `null` for any
 * other field, and where that cannot be shown.
 * @param path of the field that is not known
 */
export async function percentDropped(resource: Resource, path: FieldPath): Promise<Evidence | null> {
  const [spec, protocol, index, ...inner] = path
  if (resource.kind !== 'VirtualService' || spec !== 'spec' || protocol !== 'http' || inner.join('.') !== 'fault.abort.percent') return null
  const fault = listOf(specOf(resource).http)[Number(index)]?.fault
  if (!fault?.abort) return null
  const { percent: _, ...abort } = fault.abort as Readonly<Record<string, unknown>>
  const http = listOf(specOf(resource).http).map((rule, i) => (i === Number(index) ? { ...rule, fault: { ...fault, abort } } : rule))
  const pruned: Resource = { ...resource, object: { ...resource.object, spec: { ...specOf(resource), http } } }
  const messages = await advise(new Inventory([pruned], { nowMs: 0, whole: false, manifests: true }), [faultWithoutPercentage])
  return messages.find((message) => message.path[2] === index && message.path.at(-1) === 'abort')?.proof?.[0] ?? null
}
