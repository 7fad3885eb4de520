import type { Fields, Judge } from './judge.ts'
import { checkMatchLabels } from './workload-selection.ts'

/** The resource, not the part of MeshConfig. Source: the CEL rules of the CRD, and Istio ValidateProxyConfig. */
export function checkProxyConfig(spec: Fields, judge: Judge): void {
  checkMatchLabels(spec.selector, ['spec', 'selector'], judge)
  if ((spec.concurrency ?? 0) < 0) judge.error('INVALID_VALUE', ['spec', 'concurrency'], 'concurrency must be greater than or equal to 0')
}
