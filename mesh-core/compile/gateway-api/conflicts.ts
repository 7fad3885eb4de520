import type { Departs } from '../departures.ts'
import { overlaps } from '../names.ts'
import type { Problem } from './conditions.ts'
import type { ListenerBinding } from './listener-binding.ts'

/** What shares a port: whatever has a hostname, by that; TCP and UDP each alone. */
const families: Readonly<Record<string, string>> = { HTTP: 'named', HTTPS: 'named', TLS: 'named', TCP: 'tcp', UDP: 'udp' }

/**
 * Marks listeners that do not go together with one before them on the same port of a Gateway: another protocol, or the same hostname.
 * @param bindings of one Gateway, its own before those of its ListenerSets, these in order of age
 */
export function withConflicts(bindings: readonly ListenerBinding[], departs: Departs): ListenerBinding[] {
  const settled: ListenerBinding[] = []
  for (const binding of bindings) {
    const conflict = settled.map((other) => conflictBetween(other, binding, departs)).find((problem) => problem !== null) ?? null
    const judged = conflict ? { ...binding, state: { ...binding.state, conflict } } : binding
    settled.push(judged)
  }
  return departs('misdirectedRequestsAreUnknown')
    ? settled
    : settled.map((one) => ({ ...one, state: { ...one.state, overlap: overlapAmong(settled, one) } }))
}

/** A connection opened for one of the two may carry requests for the other. Source: Gateway API `ListenerConditionOverlappingTLSConfig`. */
function overlapAmong(all: readonly ListenerBinding[], one: ListenerBinding): Problem | null {
  const meets = (other: ListenerBinding): boolean =>
    other !== one && other.port === one.port && [one, other].every(isHttps) && overlaps(one.hostname || '*', other.hostname || '*')
  const other = all.find(meets)
  if (!other) return null
  return {
    reason: 'OverlappingHostnames',
    message: `listener "${other.section}" of ${other.owner.kind} "${other.owner.name}" has hostnames of this one`,
  }
}

function isHttps({ protocol, state }: ListenerBinding): boolean {
  return protocol === 'HTTPS' && state.conflict === null
}

/** istiod does not serve UDP, and yet keeps its port for it. Source: Istio `pilot/pkg/config/kube/gatewaycommon/listener_conflict.go`. */
function conflictBetween(first: ListenerBinding, second: ListenerBinding, departs: Departs): Problem | null {
  const [one, other] = [families[first.protocol], families[second.protocol]]
  if (first.state.conflict || first.port !== second.port || !one || !other) return null
  const place = `listener "${first.section}" of ${first.owner.kind} "${first.owner.name}"`
  if ((one === 'udp') !== (other === 'udp') && !departs('udpIsNotServed')) return null
  if (one === other && one === 'named' && (first.hostname || '*') !== (second.hostname || '*')) return null
  if (first.protocol !== second.protocol || one !== 'named')
    return { reason: 'ProtocolConflict', message: `${place} has port ${first.port} for ${first.protocol}` }
  return { reason: 'HostnameConflict', message: `${place} has this hostname on port ${first.port}` }
}
