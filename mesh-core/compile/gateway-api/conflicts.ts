import type { Problem } from './conditions.ts'
import type { ListenerBinding } from './listener-binding.ts'

/** What shares a port: HTTP by the Host header, everything in TLS by SNI, TCP and UDP each alone. */
const families: Readonly<Record<string, string>> = { HTTP: 'http', HTTPS: 'tls', TLS: 'tls', TCP: 'tcp', UDP: 'udp' }

/**
 * Marks listeners that do not go together with one before them on the same port of a Gateway: another protocol, or the same hostname.
 * @param bindings of one Gateway, its own before those of its ListenerSets, these in order of age
 */
export function withConflicts(bindings: readonly ListenerBinding[]): ListenerBinding[] {
  const settled: ListenerBinding[] = []
  for (const binding of bindings) {
    const conflict = settled.map((other) => conflictBetween(other, binding)).find((problem) => problem !== null) ?? null
    const judged = conflict ? { ...binding, state: { ...binding.state, conflict } } : binding
    settled.push(judged)
  }
  return settled
}

function conflictBetween(first: ListenerBinding, second: ListenerBinding): Problem | null {
  const [one, other] = [families[first.protocol], families[second.protocol]]
  if (first.state.conflict || first.state.notAccepted || first.port !== second.port || !one || !other) return null
  const place = `listener "${first.section}" of ${first.owner.kind} "${first.owner.name}"`
  if ((one === 'udp') !== (other === 'udp')) return null
  if (one !== other) return { reason: 'ProtocolConflict', message: `${place} has port ${first.port} for ${first.protocol}` }
  return first.hostname === second.hostname ? { reason: 'HostnameConflict', message: `${place} has this hostname on port ${first.port}` } : null
}
