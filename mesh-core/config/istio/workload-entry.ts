import type { FieldPath } from '../finding.ts'
import type { Fields, Judge } from './judge.ts'
import { checkReadinessProbe } from './readiness-probe.ts'
import { checkLabels, checkPort, fqdnProblem, isDnsLabel, isIpAddress } from './names.ts'
import { checkSocketAddress, socketPrefix, socketProblem } from './socket.ts'

/** Source: the CEL rules of the CRD, and Istio `pkg/config/validation/validation.go` validateWorkloadEntry. */
export function checkWorkloadEntry(spec: Fields, path: FieldPath, judge: Judge): void {
  const { address = '', network = '' } = spec as { address?: string; network?: string }
  // The CRD wants one of the two to be there, istiod one of them to be something.
  if (spec.address === undefined && spec.network === undefined) judge.error('SCHEMA_REQUIRED', [...path, 'address'], 'Address is required')
  else if (address === '' && network === '') judge.error('SCHEMA_REQUIRED', [...path, 'address'], 'address is required')
  else if (address === '') judge.warn('SCHEMA_REQUIRED', [...path, 'address'], `address is unset with network "${network}"`)
  else if (address.startsWith(socketPrefix)) checkSocket(address.slice(socketPrefix.length), spec, path, judge)
  else if (!isIpAddress(address) && fqdnProblem(address) !== null)
    judge.error('INVALID_HOST', [...path, 'address'], `endpoint address "${address}" is not a valid FQDN or an IP address`)
  checkPorts(spec, path, judge)
  checkLabels(spec.labels, [...path, 'labels'], judge)
}

function checkSocket(socket: string, spec: Fields, path: FieldPath, judge: Judge): void {
  const problem = socketProblem(socket)
  if (problem !== null) judge.error('INVALID_VALUE', [...path, 'address'], problem)
  if (spec.ports !== undefined) judge.error('CONFLICTING_FIELDS', [...path, 'ports'], 'UDS may not include ports')
}

/** Of the CRD; istiod would take one letter more. */
const maxPortName = 63

function checkPorts(spec: Fields, path: FieldPath, judge: Judge): void {
  for (const [name, port] of Object.entries((spec.ports ?? {}) as Record<string, number>)) {
    if (!isDnsLabel(name) || name.length >= maxPortName) judge.error('INVALID_VALUE', [...path, 'ports', name], 'port name must be valid')
    checkPort(port, [...path, 'ports', name], judge)
  }
}

/** The template is that of WorkloadEntries to come, which have addresses of their own. Source: the same file, ValidateWorkloadGroup. */
export function checkWorkloadGroup(spec: Fields, judge: Judge): void {
  const template = (spec.template ?? {}) as Fields
  checkLabels(spec.metadata?.labels, ['spec', 'metadata', 'labels'], judge)
  checkPorts(template, ['spec', 'template'], judge)
  checkSocketAddress(template, ['spec', 'template'], judge)
  checkReadinessProbe(spec.probe, ['spec', 'probe'], judge)
}
