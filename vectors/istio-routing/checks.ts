import { STATUS_CODES } from 'node:http'
import { isDeepStrictEqual } from 'node:util'
import type { Exchange } from '../../mesh-core/ir/index.ts'
import type { Difference } from '../difference.ts'
import { arrival } from './play.ts'
import type { Played } from './play.ts'
import type { Check, RoutingCall } from './vector.ts'

/** @returns the checks that do not hold; each must hold for every answer */
export function failedChecks(checks: readonly Check[], { exchanges, addresses }: Played, call: RoutingCall): Difference[] {
  return checks.flatMap((check) => {
    if (addresses !== undefined) return complaint(check, ofAddresses(check, addresses))
    const ofAll = overAll[check.check]
    if (ofAll) return complaint(check, ofAll(check, exchanges))
    const ofOne = overEach[check.check]
    if (!ofOne) return [{ call: null, field: check.check, wanted: check, seen: undefined, note: 'cannot be observed here' }]
    const failed = exchanges.map((exchange) => ofOne(check, exchange, call)).find((seen) => seen !== null)
    return complaint(check, failed ?? null)
  })
}

/** What was seen instead; `null` when the check holds. */
type Seen = { readonly seen: unknown } | null

function complaint({ check, ...wanted }: Check, seen: Seen): Difference[] {
  return seen === null ? [] : [{ call: null, field: check, wanted, seen: seen.seen }]
}

function unless(holds: boolean, seen: unknown): Seen {
  return holds ? null : { seen }
}

function status({ response, error }: Exchange): number | string {
  return response?.status ?? error ?? 'no answer'
}

/** Of other schemes nothing is looked at: no proxy could have told the workload who calls. Source: the same file, MTLSForHTTP. */
const seesIntoHttp: ReadonlySet<string> = new Set(['http', 'grpc', 'ws'])

/** Of an answer of DNS. */
function ofAddresses({ check, addresses: wanted = [] }: Check, addresses: readonly string[] | null): Seen {
  if (check === 'Error') return unless(addresses === null || addresses.length === 0, addresses)
  return unless(check === 'DNSAnswer' && isDeepStrictEqual(new Set(addresses), new Set(wanted)), addresses ?? 'no answer')
}

/** Status of what is no HTTP. */
const ofBytes = 0

/** Upstream's checks, each of one answer. Source: Istio `pkg/test/framework/components/echo/check/checkers.go`. */
const overEach: Readonly<Record<string, (check: Check, exchange: Exchange, call: RoutingCall) => Seen>> = {
  OK: (_, exchange) => unless(exchange.response !== null && [200, ofBytes].includes(exchange.response.status), status(exchange)),
  Status: ({ code }, exchange) => unless(exchange.response?.status === code, status(exchange)),
  Error: (_, exchange) => unless(exchange.response === null, status(exchange)),
  GRPCStatus: ({ code }, { response }) => {
    const seen = response?.headers.get('grpc-status')
    return unless(seen === String(code), seen)
  },
  Protocol: ({ value }, exchange) => ofArrival(exchange, ({ protocol }) => unless(versions[protocol ?? 'http/1.1'] === value, protocol)),
  Host: ({ value }, exchange) => ofArrival(exchange, ({ authority }) => unless(authority === value, authority)),
  URL: ({ value }, exchange) => ofArrival(exchange, ({ path }) => unless(path === value, path)),
  RequestHeader: ({ key = '', value = '' }, exchange) => ofArrival(exchange, ({ headers }) => sameHeader(headers.get(key.toLowerCase()), value)),
  RequestHeaderListItem: ({ key = '', index = 0, value, length }, exchange) =>
    ofArrival(exchange, ({ headers }) => {
      const items = (headers.get(key.toLowerCase()) ?? '').split(',').map((item) => item.trim())
      return unless(items[index] === value && (length === undefined || items.length === length), items)
    }),
  ResponseHeader: ({ key = '', value = '' }, { response }, { host = '' }) =>
    sameHeader(response?.headers.get(key.toLowerCase()), value.replace('${requestHostname}', host.replace(/:\d+$/, ''))),
  MTLSForHTTP: (_, exchange, { scheme }) =>
    !seesIntoHttp.has(scheme ?? 'http')
      ? null
      : ofArrival(exchange, ({ headers }) => unless(headers.has('x-forwarded-client-cert'), 'no x-forwarded-client-cert')),
  Alpn: ({ value }, exchange) => {
    const seen = arrival(exchange)?.tls?.applicationProtocol ?? undefined
    return unless(seen === value, seen)
  },
  BodyNotContains: ({ value = '' }, { response }) => unless(response !== null && !response.body.includes(value), response?.body),
  TCPResponseContains: ({ value = '' }, { response }) => {
    // Of an answer of HTTP the version is not told.
    const [, line] = /^HTTP\/1\.[01] (.*)$/.exec(value) ?? []
    const seen = line !== undefined && response ? `${response.status} ${STATUS_CODES[response.status]}` : response?.body
    return unless(line === undefined ? (seen?.includes(value) ?? false) : seen === line, seen)
  },
  // The fixture has one cluster.
  ReachedTargetClusters: (_, exchange) => unless(arrival(exchange) !== null, status(exchange)),
}

/** As Go's `http.Request.Proto` has them. */
const versions: Readonly<Record<string, string>> = { 'http/1.0': 'HTTP/1.0', 'http/1.1': 'HTTP/1.1', h2: 'HTTP/2.0' }

/** An empty text wants the header to be absent, or empty. */
function sameHeader(seen: string | undefined, value: string): Seen {
  return unless((seen ?? '') === value, seen)
}

function ofArrival(exchange: Exchange, judge: (received: NonNullable<NonNullable<ReturnType<typeof arrival>>['received']>) => Seen): Seen {
  const received = arrival(exchange)?.received
  return received ? judge(received) : { seen: `reached nobody: ${status(exchange)}` }
}

const overAll: Readonly<Record<string, (check: Check, exchanges: readonly Exchange[]) => Seen>> = {
  ConsistentHost: (_, exchanges) => unless(pods(exchanges).size === 1 && exchanges.every(arrival), [...pods(exchanges)]),
  NotConsistentHost: (_, exchanges) => unless(pods(exchanges).size > 1, [...pods(exchanges)]),
  Split: ({ weights = {}, tolerance = 0, per = 100 }, exchanges) => {
    const counts: Record<string, number> = {}
    for (const exchange of exchanges) {
      const name = arrival(exchange)?.to?.name ?? 'nobody'
      counts[name] = (counts[name] ?? 0) + 1
    }
    const share = (name: string): number => ((counts[name] ?? 0) * per) / exchanges.length
    const strangers = Object.keys(counts).filter((name) => !Object.hasOwn(weights, name))
    return unless(strangers.length === 0 && Object.entries(weights).every(([name, weight]) => Math.abs(share(name) - weight) <= tolerance), counts)
  },
}

function pods(exchanges: readonly Exchange[]): Set<string> {
  return new Set(exchanges.map((exchange) => arrival(exchange)?.to?.instance ?? 'nobody'))
}
