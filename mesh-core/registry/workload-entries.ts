import type { Resource } from '../config/resource.ts'
import type { Origin } from '../ir/origin.ts'
import { isIpAddress } from './dns.ts'
import { labelsOf, socketPath, type EntrySpec } from './endpoints.ts'
import type { Labels } from './labels.ts'
import { selects } from './labels.ts'

/** A machine outside of Kubernetes. */
export interface WorkloadEntry {
  readonly namespace: string
  readonly name: string
  readonly address: string
  /** Its address is no address of IP, which istiod takes for a name that only DNS knows: a Unix socket, too. Source: Istio `serviceentry/conversion.go` convertWorkloadEntryToWorkloadInstance. */
  readonly named: boolean
  readonly labels: Labels
  readonly spec: EntrySpec
  readonly origin: Origin
}

/**
 * Without an address there is nobody to call. Labels of the resource itself count, too, and more than those of its spec.
 * Source: Istio `serviceregistry/serviceentry/conversion.go` ConvertWorkloadEntry.
 */
export function workloadEntryOf({ namespace, name, object, origin }: Resource): WorkloadEntry[] {
  const { labels: resourceLabels } = object.metadata
  const spec: EntrySpec = { ...object['spec'], ...(resourceLabels && { resourceLabels }) }
  if (!spec.address) return []
  return [
    {
      namespace,
      name,
      address: spec.address,
      named: !isIpAddress(spec.address) || socketPath(spec.address) !== null,
      labels: labelsOf(spec),
      spec,
      origin,
    },
  ]
}

/** Entries of the namespace that a selector takes. */
export function entriesOf(entries: readonly WorkloadEntry[], namespace: string, selector: Labels): readonly WorkloadEntry[] {
  return entries.filter((entry) => entry.namespace === namespace && selects(selector, entry.labels))
}
