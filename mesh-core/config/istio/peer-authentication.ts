import type { Fields, Judge } from './judge.ts'
import { checkMatchLabels } from './workload-selection.ts'

/** Source: the CEL rules of the CRD, and Istio ValidatePeerAuthentication. */
export function checkPeerAuthentication(spec: Fields, judge: Judge): void {
  const path = ['spec', 'portLevelMtls']
  const ports = spec.portLevelMtls === undefined ? [] : Object.keys(spec.portLevelMtls as object)
  const everywhere = Object.keys((spec.selector?.matchLabels ?? {}) as object).length === 0
  if (everywhere && ports.length > 0)
    judge.error('CONFLICTING_FIELDS', path, 'mesh/namespace peer authentication cannot have port level mTLS', 'select workloads by labels')
  if (spec.portLevelMtls !== undefined && ports.length === 0)
    judge.error('SCHEMA_REQUIRED', path, 'port level mTLS, if defined, must have at least one element')
  for (const port of ports)
    if (!/^\d+$/.test(port) || Number(port) < 1 || Number(port) > 65535)
      judge.error('INVALID_PORT', [...path, port], 'port must be in range 1..65535')
  checkMatchLabels(spec.selector, ['spec', 'selector'], judge)
}
