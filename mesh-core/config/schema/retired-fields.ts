import type { FieldPath } from '../finding.ts'

/** Fields of old that people still write, by the end of their path, and what is to be written instead. */
const retired: Readonly<Record<string, string>> = {
  // Reserved since 1.5. Source: `istio/api` networking/v1alpha3/virtual_service.proto, HTTPFaultInjection.Abort.
  'fault.abort.percent': "Istio 1.0's percent is gone: a cluster that does not refuse it drops it and aborts nothing; write percentage: {value: …}",
}

/** @returns `null` for a field that never was one */
export function retiredHint(path: FieldPath, name: string): string | null {
  return retired[[...path.slice(-2), name].join('.')] ?? null
}
