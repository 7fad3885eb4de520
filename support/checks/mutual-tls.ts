import type { Exchange, Hop } from '../../mesh-core/ir/exchange.ts'
import { certificateHeader, certificatesIn } from '../../mesh-core/telemetry/client-certificate.ts'
import { StatementFailed } from '../verdicts/failure.ts'
import { formatServiceRef } from '../sentences/service-ref.ts'
import { NotSupported } from '../targets/target.ts'
import type { ServiceRef } from '../targets/target.ts'
import { needing } from './check.ts'
import type { Check } from './check.ts'
import { arrived, isAt, isFrom, nameOf, withReasons } from './evidence.ts'
import { whyPlain } from './why-plain.ts'

/**
 * Every request from the one to the other came over mutual TLS: the receiver's sidecar tells the application so, by the identity of the certificate that
 * it was shown. Source: Envoy, `x-forwarded-client-cert`; Istio's sidecars set it anew, so that no client can claim it.
 */
export function usesMutualTls(from: ServiceRef, to: ServiceRef): Check {
  return needing('received', (exchanges, { capabilities, resources }) => {
    const all = exchanges.flatMap((exchange) => hopsBetween(exchange, from, to))
    if (all.length === 0) throw new StatementFailed(`nothing went from ${formatServiceRef(from)} to ${formatServiceRef(to)}.`)
    const plain = all.find((hop) => certificatesIn(hop.received) === null)
    if (plain === undefined) return undefined
    const complaint = `${nameOf(plain)} received a request from ${formatServiceRef(from)} without mutual TLS: it came with no ${certificateHeader}.`
    return withReasons(complaint, capabilities.has('decision') ? whyPlain(plain, resources()) : '')
  })
}

/** What the workload's certificate says: of the client's, where it has called somebody; of its own, where it was called. @param identity `spiffe://…` */
export function hasIdentity(service: ServiceRef, identity: string): Check {
  return needing('received', (exchanges) => {
    const seen = exchanges.flatMap((exchange) => identitiesOf(exchange, service))
    if (seen.length === 0) throw noCertificate(exchanges, service)
    const other = seen.find((one) => one !== identity)
    return other && `the certificate of ${formatServiceRef(service)} says ${other}.`
  })
}

/** Where the target has not seen what came, there may have been one. */
function noCertificate(exchanges: readonly Exchange[], service: ServiceRef): Error {
  const reason = `no certificate of ${formatServiceRef(service)} was seen: it neither sent nor received a request over mutual TLS`
  const isUnseen = ({ hops }: Exchange): boolean => hops.some((hop) => arrived(hop) && hop.received === null)
  return exchanges.some(isUnseen) ? new NotSupported('received', reason) : new StatementFailed(`${reason}.`)
}

function identitiesOf(exchange: Exchange, service: ServiceRef): readonly string[] {
  return exchange.hops.flatMap((hop) => {
    const certificate = certificatesIn(hop.received)
    if (certificate === null) return []
    const receivers = isAt(hop, service) ? [certificate.by] : []
    const senders = isSentBy(exchange, hop, service) ? [certificate.uri] : []
    return [...receivers, ...senders].filter((one) => one !== null)
  })
}

function hopsBetween(exchange: Exchange, from: ServiceRef, to: ServiceRef): readonly Hop[] {
  return exchange.hops.filter((hop) => arrived(hop) && hop.received !== null && isAt(hop, to) && isSentBy(exchange, hop, from))
}

function isSentBy({ hops }: Exchange, hop: Hop, service: ServiceRef): boolean {
  const sender = hops[hop.parent]
  return sender ? isAt(sender, service) : isFrom(hop, service)
}
