import type { Exchange, Hop } from '../../mesh-core/ir/exchange.ts'
import type { HttpRequest } from '../../mesh-core/ir/message.ts'
import { formatServiceRef } from '../sentences/service-ref.ts'
import type { RequestLine } from '../sentences/request-line.ts'
import { NotSupported } from '../targets/target.ts'
import type { ServiceRef } from '../targets/target.ts'
import { each, needing } from './check.ts'
import type { Check, CheckContext } from './check.ts'
import { arrived, explain, isAt, withReasons } from './evidence.ts'
import { isReached, reaches } from './reach.ts'

/** What the service received, every try and every copy counted. */
export function received(service: ServiceRef, wanted: number): Check {
  return needing('received', (exchanges, context) => {
    const all = exchanges.flatMap((exchange) => exchange.hops.filter((hop) => isAt(hop, service)))
    const untold = exchanges.map((exchange) => exchange.untold?.(service) ?? null).find((reason) => reason !== null)
    if (untold !== undefined && all.length <= wanted) throw new NotSupported('received', untold)
    if (all.length === wanted) return undefined
    const copies = all.filter((hop) => hop.mirrored).length
    const retries = all.filter((hop) => hop.attempt > 1).length
    const counts = `${formatServiceRef(service)} received ${all.length} (${retries} of them retries, ${copies} mirrored) instead of ${wanted}.`
    return withReasons(counts, explain(exchanges[0]!, service, context))
  })
}

/** The service received the header with exactly this value, whatever was sent. */
export function receivesHeader(service: ServiceRef, name: string, value: string): Check {
  return atService(service, (hop) => {
    const values = valuesOf(hop.received!, name)
    if (values.includes(value)) return undefined
    return values.length === 0 ? `received no header ${name}` : `received ${name}: ${values.map((one) => JSON.stringify(one)).join(', ')}`
  })
}

export function receivesNoHeader(service: ServiceRef, name: string): Check {
  return atService(service, (hop) => {
    const values = valuesOf(hop.received!, name)
    return values.length === 0 ? undefined : `received ${name}: ${values.map((one) => JSON.stringify(one)).join(', ')}`
  })
}

/** The Host header, or `:authority`, is kept apart from the others. */
function valuesOf({ headers, authority }: HttpRequest, name: string): readonly string[] {
  return /^(host|:authority)$/i.test(name) ? [authority] : headers.all(name.toLowerCase())
}

/** Method and path as they arrived, after rewrites (of a CONNECT whom it asks for); a full URL is compared with the Host header, too, and a version of HTTP where one is named. */
export function receivesRequest(service: ServiceRef, { method, target, version }: RequestLine): Check {
  return atService(service, (hop) => {
    const { method: seenMethod, scheme, authority, path, protocol } = hop.received!
    const seen = target.startsWith('/') || method === 'CONNECT' ? path : `${scheme}://${authority}${path}`
    const seenVersion = version === undefined ? '' : ` ${versionNames[protocol ?? 'http/1.1'] ?? protocol}`
    const isSame = seenMethod === method && seen === target && (version === undefined || seenVersion === ` HTTP/${version}`)
    return isSame ? undefined : `received ${seenMethod} ${seen}${seenVersion}`
  })
}

const versionNames: Readonly<Record<string, string>> = { 'http/1.0': 'HTTP/1.0', 'http/1.1': 'HTTP/1.1', h2: 'HTTP/2' }

/** Some request that the service took satisfies; complains of the last one that does not. */
function atService(service: ServiceRef, complain: (hop: Hop) => string | undefined): Check {
  const check = (exchange: Exchange, context: CheckContext): string | undefined => {
    if (!isReached(exchange, service, context)) return reaches(service)([exchange], context)
    const complaints = exchange.hops.filter((hop) => arrived(hop) && isAt(hop, service) && hop.received !== null).map(complain)
    if (complaints.includes(undefined)) return undefined
    return withReasons(
      `${formatServiceRef(service)} ${complaints.at(-1) ?? 'received nothing that can be looked at'}.`,
      explain(exchange, service, context),
    )
  }
  return needing('received', each(check))
}
