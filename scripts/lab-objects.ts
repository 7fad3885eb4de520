/** Objects of a cluster, as they are compared before and after a run. */

import type { Lab } from './the-lab.ts'

interface Named {
  readonly metadata: Readonly<Record<string, unknown>>
}

/** But for what the API server counts by itself: versions, and when a field was set. */
export function asWritten<T extends Named>({ metadata, ...rest }: T): object {
  const { resourceVersion: _, generation: __, uid: ___, creationTimestamp: ____, managedFields = [], ...kept } = metadata
  const managers = (managedFields as readonly Readonly<Record<string, unknown>>[]).map(({ time: _time, ...one }) => one)
  return { ...rest, metadata: { ...kept, managedFields: managers } }
}

/** That of the control plane, in YAML, and all that is said of it. */
export function meshConfigIn(lab: Lab): string {
  const found = lab.kubectl('get', 'configmap', 'istio', '-n', 'istio-system', '-o', 'json', '--show-managed-fields')
  return JSON.stringify(asWritten(JSON.parse(found) as Named), null, 1)
}
