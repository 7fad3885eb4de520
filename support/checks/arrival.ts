import type { Exchange, Hop } from '../../mesh-core/ir/exchange.ts'
import { each, needing } from './check.ts'
import type { Check, CheckContext } from './check.ts'
import { explain, nameOf, withReasons } from './evidence.ts'
import { answerOf } from './reach.ts'

/**
 * Whoever took the request at the end of its way had TLS begun with it by this name.
 * @param certificate a name in the certificate that the client has shown; `null`: it is not looked at
 */
export function arrivesByTls(serverName: string, certificate: string | null): Check {
  return atTheEnd(({ tls }) => {
    if (tls === null) return 'took it without TLS'
    if (tls.serverName !== serverName) return `took it by TLS ${tls.serverName === null ? 'without a name' : `for ${JSON.stringify(tls.serverName)}`}`
    if (certificate === null || tls.clientNames.includes(certificate)) return undefined
    return tls.clientNames.length === 0 ? 'was shown no certificate' : `was shown the certificate of ${tls.clientNames.join(', ')}`
  })
}

export function arrivesWithoutTls(): Check {
  return atTheEnd(({ tls }) => (tls === null ? undefined : `took it by TLS for ${JSON.stringify(tls.serverName)}`))
}

/** The last one that took the request: where it goes to several in turn, each passes it on to the next. */
function atTheEnd(complain: (hop: Hop) => string | undefined): Check {
  const check = (exchange: Exchange, context: CheckContext): string | undefined => {
    const last = exchange.hops.findLast((hop) => hop.received !== null && !hop.mirrored && !hop.asks)
    if (!last) return withReasons(`arrived nowhere: ${answerOf(exchange)}.`, explain(exchange, null, context))
    const complaint = complain(last)
    if (complaint === undefined) return undefined
    return withReasons(`${nameOf(last)} ${complaint}.`, explain(exchange, null, context))
  }
  return needing('application-tls', each(check))
}
