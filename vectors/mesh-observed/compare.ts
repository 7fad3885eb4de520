import { isDeepStrictEqual } from 'node:util'
import { checkPath } from '../../mesh-core/ir/authorization-check.ts'
import { isIpAddress } from '../../mesh-core/registry/dns.ts'
import type { Difference } from '../difference.ts'
import { questionIn } from './check-question.ts'
import {
  type Arrival,
  type CountedObservation,
  type InboundEntry,
  isCounted,
  type Observation,
  type ObservedCall,
  type ObservedCase,
  type SingleObservation,
} from './case.ts'
import { backOffBound, compareDurations, isTimed } from './duration.ts'
import type { Outcome } from './play.ts'
import { compareRefusal } from './refusal.ts'
import { compareShares } from './shares.ts'

/** @returns where the outcome of a case as a whole differs from the recorded one: whether the config was taken, and with which warnings */
export function compareWhole(vector: ObservedCase, outcome: Outcome): Difference[] {
  if (vector.rejected !== undefined) return compareRefusal(vector.rejected, outcome)
  if (outcome.kind === 'observed') return compareWarnings(vector, outcome.warnings)
  const seen = outcome.errors.map(({ message }) => message).join('\n')
  return [{ call: null, field: 'rejected', wanted: undefined, seen, note: 'the config is to be accepted' }]
}

/** @returns the differences of one call */
export function compareCall(vector: ObservedCase, index: number, seen: Observation | undefined): Difference[] {
  const call = vector.calls![index]!
  const name = callName(call, index)
  const wanted = countedRefusal(vector.observed?.[index], call)
  if (!wanted || !seen) return [{ call: name, field: 'observed', wanted, seen }]
  const complain: Complain = (field, wantedValue, seenValue, note) => ({
    call: name,
    field,
    wanted: wantedValue,
    seen: seenValue,
    ...(note && { note }),
  })
  const differences =
    isCounted(wanted) && isCounted(seen)
      ? compareCounted(asToldHere(wanted), asToldHere(seen), complain)
      : !isCounted(wanted) && !isCounted(seen)
        ? compareSingle(wanted, seen, isTimed(vector), complain)
        : [complain('observed', wanted, seen)]
  return differences
    .filter(({ field }) => !wanted.varies?.includes(field.split(/[.[]/)[0]!))
    .filter((difference) => !isOfListenerLeftOut(vector, difference))
}

/** The recorder left out what waits for a Secret that is missing; in a cluster the port is there, and closes connections. */
function isOfListenerLeftOut({ dropped = [] }: ObservedCase, { field, wanted, seen }: Difference): boolean {
  return field === 'error' && wanted === 'refused' && seen === 'closed' && dropped.some((note) => note.includes('missing secret'))
}

/** Where nothing listens the recorder wrote a single refusal, however often the call was to be sent. */
function countedRefusal(wanted: Observation | undefined, { times = 1 }: ObservedCall): Observation | undefined {
  if (!wanted || isCounted(wanted) || times === 1 || wanted.error !== 'refused' || wanted.flags !== '-') return wanted
  return { times, statuses: { refused: times }, workloads: {}, flags: {}, clusters: {} }
}

export function callName({ request, from, times = 1 }: ObservedCall, index: number): string {
  return `#${index} ${request} from ${from}${times > 1 ? ` ${times} times` : ''}`
}

type Complain = (field: string, wanted: unknown, seen: unknown, note?: string) => Difference

function compareSingle(wanted: SingleObservation, seen: SingleObservation, timed: boolean, complain: Complain): Difference[] {
  const free = (isChance(wanted.lb) || isGivenKey(wanted)) && wanted.candidates ? [...wanted.candidates, ...(seen.named ?? [])] : null
  const fields = ['status', 'error', 'flags', 'route', 'cluster'] as const
  const optional = ['details', 'body', 'candidates', 'lb'] as const
  return [
    ...fields
      .filter((field) => wanted[field] !== seen[field] && !(field === 'error' && areBothOfTls(wanted, seen)))
      .map((field) => complain(field, wanted[field], seen[field])),
    ...optional
      .filter((field) => wanted[field] !== undefined && !isDeepStrictEqual(wanted[field], seen[field]))
      .filter((field) => !((field === 'candidates' || field === 'lb') && isListedTwice(wanted, seen)))
      .map((field) => complain(field, wanted[field], seen[field])),
    ...compareHeaders('headers', wanted.headers, seen.headers, complain),
    ...compareArrivals('reached', wanted.reached, seen.reached, free, complain),
    ...compareArrivals('mirrored', wanted.mirrored, seen.mirrored, null, complain),
    ...compareInbound(wanted.inbound ?? [], seen.inbound ?? [], free, complain),
    ...(timed ? compareDurations(wanted, seen, complain) : []),
  ]
}

/**
 * An endpoint that stands twice in the list of a cluster is one of them, among which nobody chooses. A ServiceEntry lists its own for each of its addresses.
 * Source: Envoy `eds.cc` updateLocalityEndpoints; Istio `serviceentry/conversion.go` convertServices.
 */
function isListedTwice({ candidates: [only, ...others] = [], cluster }: SingleObservation, seen: SingleObservation): boolean {
  const isOfEntry = only !== undefined && (isIpAddress(only) || !cluster.endsWith('.svc.cluster.local'))
  return isOfEntry && others.length === 0 && seen.candidates === undefined
}

/** The key that a client is given is a hash of its port, which was drawn. */
function isGivenKey({ headers }: SingleObservation): boolean {
  return [headers['set-cookie'] ?? []].flat().some((cookie) => cookie.includes('<generated>'))
}

/** Why a handshake failed is told in the words of the recorder's library, which knows an alert only if it came before the end of the connection. */
function areBothOfTls(wanted: SingleObservation, seen: SingleObservation): boolean {
  if (wanted.error?.startsWith('tls: ') && seen.error?.startsWith('tls: ')) return true
  // A connection that ends within the handshake has no other word; and to a client that speaks plain HTTP an alert is no status line.
  return seen.error === 'closed' && isEndWithinTls(wanted.error ?? '')
}

/** With these, which of the candidates was reached is chance. */
function isChance(policy: string | undefined): boolean {
  return policy !== undefined && policy !== 'RING_HASH' && policy !== 'MAGLEV'
}

function compareHeaders(field: string, wanted: Arrival['headers'], seen: Arrival['headers'], complain: Complain): Difference[] {
  const names = [...new Set([...Object.keys(wanted), ...Object.keys(seen)])].sort()
  const differs = (name: string): boolean => !isDeepStrictEqual(wanted[name], seen[name]) && !(freeHeaders.has(name) && wanted[name] && seen[name])
  return names.filter(differs).map((name) => complain(`${field}.${name}`, wanted[name], seen[name]))
}

/**
 * How long an authorizer took, which a request may be told: any time is as good as another. And the recorder starts its Envoys by names of its own
 * (`ingressgateway`), where pilot-agent has the app and the namespace: see nodeCluster.
 */
const freeHeaders: ReadonlySet<string> = new Set(['x-envoy-upstream-service-time', 'x-envoy-upstream-healthchecked-cluster'])

function compareArrivals(
  field: string,
  wanted: readonly Arrival[],
  seen: readonly Arrival[],
  free: readonly string[] | null,
  complain: Complain,
): Difference[] {
  if (wanted.length !== seen.length) return [complain(`${field}.length`, wanted.map(arrivalName), seen.map(arrivalName))]
  return wanted.flatMap((arrival, i) => compareArrival(`${field}[${i}]`, readable(arrival), readable(seen[i]!), free, complain))
}

/** A question of gRPC to an authorizer is compared by what it says. */
function readable(arrival: Arrival): Arrival {
  return arrival.path === checkPath ? { ...arrival, body: questionIn(arrival.body) } : arrival
}

function compareArrival(field: string, wanted: Arrival, seen: Arrival, free: readonly string[] | null, complain: Complain): Difference[] {
  const differences = (['namespace', 'method', 'path', 'authority', 'body', 'protocol', 'tls'] as const)
    .filter((name) => wanted[name] !== seen[name])
    .map((name) => complain(`${field}.${name}`, wanted[name], seen[name]))
  // Who is asked whether a request may come in is none of those that it may reach.
  const sameWorkload = wanted.workload === seen.workload || free?.includes(seen.workload) === true
  if (!sameWorkload) differences.push(complain(`${field}.workload`, free ?? wanted.workload, seen.workload))
  // A target knows the port only where a proxy logged whom it called.
  if (wanted.port !== undefined && seen.port !== undefined && wanted.port !== seen.port)
    differences.push(complain(`${field}.port`, wanted.port, seen.port))
  const expected = waited(wanted, seen) ? { ...seen.headers, [timeoutHeader]: wanted.headers[timeoutHeader]! } : seen.headers
  return [...differences, ...compareHeaders(`${field}.headers`, wanted.headers, expected, complain)]
}

const timeoutHeader = 'x-envoy-expected-rq-timeout-ms'

/** Do the times left to a further try differ by no more than chance, which draws the waits before it? */
function waited(wanted: Arrival, seen: Arrival): boolean {
  const tries = Number(wanted.headers['x-envoy-attempt-count'] ?? 1)
  const [one, other] = [wanted, seen].map(({ headers }) => Number(headers[timeoutHeader] ?? NaN))
  return tries > 1 && Math.abs(one! - other!) <= backOffBound(tries - 1) + 25
}

function arrivalName({ workload, method, authority, path }: Arrival): string {
  return `${workload}: ${method} ${authority}${path}`
}

function compareInbound(
  wanted: readonly InboundEntry[],
  seen: readonly InboundEntry[],
  free: readonly string[] | null,
  complain: Complain,
): Difference[] {
  if (wanted.length !== seen.length) return [complain('inbound.length', wanted, seen)]
  return wanted.flatMap((entry, i) => {
    const other = seen[i]!
    const fields = (['status', 'flags', 'route', 'cluster', 'details'] as const).filter(
      (name) => entry[name] !== undefined && entry[name] !== other[name],
    )
    // Of a copy it is another one's.
    const sameWorkload = entry.workload === other.workload || [entry, other].every(({ workload }) => free?.includes(workload.split('.')[0]!))
    return [
      ...(sameWorkload ? [] : [complain(`inbound[${i}].workload`, entry.workload, other.workload)]),
      ...fields.map((name) => complain(`inbound[${i}].${name}`, entry[name], other[name])),
    ]
  })
}

/** How the recorder's client tells that a server of TLS has ended the connection. */
function isEndWithinTls(error: string): boolean {
  return /^(tls: (UNEXPECTED_EOF|EOF occurred)|BadStatusLine: \u0015\u0003)/.test(error)
}

/** Each library has its own words for a handshake that fails. */
function asToldHere(counted: CountedObservation): CountedObservation {
  const statuses: Record<string, number> = {}
  for (const [status, count] of Object.entries(counted.statuses)) {
    const name = isEndWithinTls(status) ? 'closed' : status.startsWith('tls: ') ? 'tls' : status
    statuses[name] = (statuses[name] ?? 0) + count
  }
  return { ...counted, statuses }
}

function compareCounted(wanted: CountedObservation, seen: CountedObservation, complain: Complain): Difference[] {
  if (wanted.times !== seen.times) return [complain('times', wanted.times, seen.times)]
  return (['statuses', 'workloads', 'flags', 'clusters', 'mirrored'] as const).flatMap((field) => {
    const complaint = compareShares(wanted[field] ?? {}, seen[field] ?? {}, wanted.times)
    return complaint === null ? [] : [complain(field, wanted[field], seen[field], complaint)]
  })
}

/** Each of istiod's sentences is to be said of the resource, word for word, and nothing else. */
function compareWarnings({ warnings = [] }: ObservedCase, seen: readonly string[]): Difference[] {
  const wanted = warnings.flatMap(sentencesOf)
  const complain = (sentence: string, isMissing: boolean): Difference => ({
    call: null,
    field: 'warnings',
    wanted: isMissing ? sentence : wanted.join('\n') || undefined,
    seen: isMissing ? seen.join('\n') || undefined : sentence,
  })
  return [
    ...[...new Set(wanted)].filter((sentence) => !seen.some((one) => says(one, sentence))).map((sentence) => complain(sentence, true)),
    ...seen.filter((one) => !isOfMesh.test(one) && !wanted.some((sentence) => says(one, sentence))).map((one) => complain(one, false)),
  ]
}

/** Nobody recorded what is told of the mesh's own settings: the webhook does not see them. */
const isOfMesh = /\bMeshConfig mesh /

/** `Kind namespace/name: sentence` of each; several stand in a list, and may be repeated. */
function sentencesOf(warning: string): string[] {
  const [resource, ...rest] = warning.split(': ')
  const said = rest.join(': ')
  const list = said.split('\n\t* ').slice(1)
  return (list.length === 0 ? [said] : list).map((sentence) => `${resource}: ${sentence.trim()}`)
}

/** Ours names the code and the field between the resource and the sentence. */
function says(seen: string, wanted: string): boolean {
  const colon = wanted.indexOf(': ')
  return seen.includes(wanted.slice(0, colon)) && seen.includes(wanted.slice(colon + 2))
}
