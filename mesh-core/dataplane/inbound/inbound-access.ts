import type { AccessRules } from '../../ir/access.ts'
import type { Decision } from '../../ir/exchange.ts'
import type { JwtRule } from '../../ir/jwt.ts'
import type { HttpRequest } from '../../ir/message.ts'
import { denialOf, detailsOf } from '../../match/access.ts'
import type { AccessSubject, Denial } from '../../match/access.ts'
import { explainDenial } from '../../match/access-reason.ts'
import type { HopRecord } from '../evidence.ts'
import { explainTokens, outcomeOfTokens } from '../filters/jwt/explain-tokens.ts'
import type { Shipment } from '../shipment.ts'
import type { Plane, WorkloadRuntime } from '../plane.ts'

/** What a workload's own sidecar knows of a connection to it. Certificates are asked for in mutual TLS of the mesh alone. */
export function accessSubject({ instance }: WorkloadRuntime, { tls, port, source }: Shipment): AccessSubject {
  const [outer] = tls
  return {
    request: null,
    peer: outer?.identity === undefined ? [] : [outer.identity],
    serverName: outer?.serverName ?? '',
    destination: { address: instance.address, port },
    connectionAddress: source,
    clientAddress: source,
  }
}

/** @returns Envoy's details of a refusal; `null`: it may come in */
export function refusedAt(
  workload: WorkloadRuntime,
  hop: HopRecord,
  access: readonly AccessRules[] | undefined,
  subject: AccessSubject,
): string | null {
  const denial = access ? denialOf(access, subject) : null
  if (!denial) return null
  tellDenial(workload, hop, denial, subject)
  return detailsOf(denial)
}

/** A token was refused. @param details of Envoy's log */
export function tellTokenRefusal(plane: Plane, workload: WorkloadRuntime, hop: HopRecord, rules: readonly JwtRule[], refused: RefusedToken): void {
  const nowMs = plane.date()
  const outcome = outcomeOfTokens(refused.status, refused.details)!
  hop.denial = () => ({ ...atSidecarOf(workload, hop), ...explainTokens(refused.request, rules, nowMs), outcome })
}

export interface RefusedToken {
  /** As it came, and as it stays. */
  readonly request: HttpRequest
  readonly status: number
  readonly details: string
}

/** @param outcome in the place of what the policies alone say */
export function tellDenial(workload: WorkloadRuntime, hop: HopRecord, denial: Denial, subject: AccessSubject, outcome: string | null = null): void {
  // Later the request may look otherwise.
  const request = subject.request && { ...subject.request, headers: subject.request.headers.copy() }
  hop.denial = () => ({
    ...atSidecarOf(workload, hop),
    ...explainDenial(denial, { ...subject, request }),
    ...(outcome !== null && { outcome }),
  })
}

function atSidecarOf({ name }: WorkloadRuntime, { from }: HopRecord): Pick<Decision, 'proxy' | 'listener' | 'virtualHost' | 'odds' | 'host'> {
  return {
    proxy: from ? `${from.name}.${from.namespace}` : 'the client',
    ...{ listener: null, virtualHost: null, odds: [] },
    host: `the sidecar of ${name.replace(/\.default$/, '')}`,
  }
}
