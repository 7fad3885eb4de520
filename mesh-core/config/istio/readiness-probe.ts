import type { FieldPath } from '../finding.ts'
import type { Fields, Judge } from './judge.ts'
import { each } from './judge.ts'
import { checkPort } from './names.ts'

const counts = ['periodSeconds', 'initialDelaySeconds', 'timeoutSeconds', 'successThreshold', 'failureThreshold']

/** Source: the CEL rules of WorkloadGroup's CRD, and Istio validateReadinessProbe. */
export function checkReadinessProbe(probe: Fields | undefined, path: FieldPath, judge: Judge): void {
  if (!probe) return
  for (const field of counts) if (probe[field] < 0) judge.error('INVALID_VALUE', [...path, field], `${field} must be non-negative`)
  if (probe.httpGet) checkHttpGet(probe.httpGet as Fields, [...path, 'httpGet'], judge)
  else if (probe.tcpSocket) checkPort((probe.tcpSocket.port as number) ?? 0, [...path, 'tcpSocket', 'port'], judge)
  else if (probe.grpc)
    judge.error(
      'INVALID_VALUE',
      [...path, 'grpc'],
      'unknown health check method *v1alpha3.ReadinessProbe_Grpc',
      'the CRD has it, istiod refuses it: take httpGet, tcpSocket or exec',
    )
  else if (probe.exec) {
    if (!probe.exec.command?.length) judge.error('SCHEMA_REQUIRED', [...path, 'exec', 'command'], 'exec.command is required')
  } else judge.error('SCHEMA_REQUIRED', path, 'unknown health check method <nil>')
}

function checkHttpGet(get: Fields, path: FieldPath, judge: Judge): void {
  checkPort((get.port as number) ?? 0, [...path, 'port'], judge)
  if (!['', 'HTTP', 'HTTPS'].includes((get.scheme as string) ?? ''))
    judge.error('INVALID_VALUE', [...path, 'scheme'], 'httpGet.scheme must be one of "HTTPS", "HTTP"')
  for (const [header, at] of each(get.httpHeaders, [...path, 'httpHeaders']))
    if (!/^[-_A-Za-z0-9]+$/.test((header.name as string) ?? ''))
      judge.error(
        'INVALID_VALUE',
        [...at, 'name'],
        header.name ? `header name ${header.name} is not a valid header name` : 'header name cannot be empty',
      )
}
