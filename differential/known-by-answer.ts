import type { Difference } from '../vectors/difference.ts'
import type { Arrival, InboundEntry } from '../vectors/mesh-observed/case.ts'
import type { Answered } from './known-difference.ts'

/** Is it what a receiver's sidecar has written, and no sender's? What it takes for no HTTP, and answers, is an error of TLS to who has sent TLS. */
export function isOfReceiver(answer: Answered['answer']): boolean {
  if (/^(inbound\||InboundPassthroughCluster$)/.test(answer?.cluster ?? '')) return true
  return answer?.cluster === '-' && answer.details === 'http1.codec_error' && (answer.error ?? '').startsWith('tls: ')
}

/** Of an authorizer that has not answered in time. */
export function tellsWhoGaveUp(field: string, answer: Answered['answer']): boolean {
  const place = /^inbound\[(\d+)\]\.(status|flags|details)$/.exec(field)?.[1]
  const details = place === undefined ? undefined : answer?.inbound?.[Number(place)]?.details
  return (details === 'downstream_remote_disconnect' || details === 'max_duration_timeout') && (answer?.reached ?? []).some(isQuestion)
}

/** To an authorizer that speaks gRPC. */
function isQuestion({ path }: Arrival): boolean {
  return path === '/envoy.service.auth.v3.Authorization/Check'
}

/** Has a sender's sidecar another one than that which was asked, or none? */
export function isOfAnotherSender(answer: Answered['answer']): boolean {
  return answer?.cluster === '-' || (answer?.inbound ?? []).some(({ cluster }) => cluster?.startsWith('outbound|'))
}

/** Has a cluster looked a name up that no filter before it has? */
export function isLookedUpLate(answer: Answered['answer']): boolean {
  return answer?.flags === 'UH' && (answer.details ?? '').startsWith('dns_resolution_failure')
}

/** Has the client given up, or a proxy in its place? */
export function isOutOfTime(answer: Answered['answer']): boolean {
  return answer?.error === 'timeout' || /^(SI|UT|DT)\b/.test(answer?.flags ?? '')
}

/** Beside a call for a WebSocket: it has come late. */
export function isOfOtherCall({ headers }: Arrival): boolean {
  return headers['upgrade'] === null
}

export function isShorter(wanted: unknown, seen: unknown): boolean {
  return Array.isArray(wanted) && Array.isArray(seen) && wanted.length < seen.length
}

/** @param error as `file:line:column CODE Kind namespace/name …` */
export function isOfKubernetes(error: string): boolean {
  return /^\S+ SCHEMA_\w+ (Service|Deployment|ReplicaSet|Pod|EndpointSlice|Ingress|IngressClass|ConfigMap|Secret|Namespace) /.test(error)
}

/** Does a receiver that has a sidecar count as reached there, which has been sent a copy? */
export function isMirroredCopy(wanted: unknown, seen: unknown, answer: Answered['answer']): boolean {
  const receivers = new Set((answer?.inbound ?? []).map(({ workload }) => workload))
  const reached = answer?.reached ?? []
  // Behind a gateway all are forwarded, and one of them is no copy.
  const copies = reached.filter((arrival) => receivers.has(nameOf(arrival)) && isForwarded(arrival)).length - (reached.every(isForwarded) ? 1 : 0)
  return copies > 0 && Array.isArray(wanted) && Array.isArray(seen) && Math.abs(wanted.length - seen.length) === copies
}

/** The proxy that has made a copy is a client of its own. */
export function isForwarded({ headers }: Arrival): boolean {
  return headers['x-forwarded-for'] !== undefined
}

/** May it differ because a connection did not come about? */
export function tellsOfFailure(field: string): boolean {
  return /^(status|error|flags|details|body|headers\..*|reached\.length|inbound\.length|durationMs)$/.test(field)
}

/** Is it read from the access log of the client's proxy? */
export function tellsOfLog(field: string): boolean {
  return /^(flags|route|cluster|details|candidates|lb)$/.test(field)
}

/** Do sidecars of those workloads write into their logs what the other side has none for? */
export function isLogOf({ field, wanted, seen }: Difference, workloads: readonly string[]): boolean {
  return field === 'inbound.length' && isEmpty(wanted) && (seen as readonly InboundEntry[]).every(({ workload }) => workloads.includes(workload))
}

/** Its own sidecar may have failed to reach it. */
export function mayHaveCalledItself(answer: Answered['answer'], caller: string): boolean {
  const reached = reachedBy(answer)
  return reached.length === 0 || reached.includes(caller)
}

/** Where no listener stood, nobody listened at the address that was dialled either. */
export function foundNobodyPastTheMesh(answer: Answered['answer']): boolean {
  return answer?.cluster === 'PassthroughCluster' && answer.error === 'closed' && answer.flags === 'UF,URX'
}

export function reachedBy(answer: Answered['answer']): readonly string[] {
  return (answer?.reached ?? []).map(nameOf)
}

export function nameOf({ workload, namespace }: Arrival): string {
  return `${workload}.${namespace}`
}

/** Those endpoints that the other side knows the names of must be there. */
export function isByAddress(wanted: unknown, seen: unknown): boolean {
  if (!Array.isArray(wanted) || !wanted.includes('passthrough')) return false
  return !Array.isArray(seen) || wanted.every((name) => name === 'passthrough' || seen.includes(name))
}

export function isEmpty(value: unknown): boolean {
  return Array.isArray(value) && value.length === 0
}

export function hasNameOfCluster(answer: Answered['answer']): boolean {
  return (answer?.details ?? '').includes('SAN_matcher,_certificate_SANs_are_[outbound_')
}

/** Of what is no HTTP the cause is not told. */
export function failedToConnect(answer: Answered['answer']): boolean {
  return answer?.tcp === true && answer.error === 'closed' && answer.flags === 'UF,URX'
}

export function hostOfCluster(answer: Answered['answer']): string {
  return answer?.cluster?.split('|')[3] ?? ''
}

/** What is asked for, without its port: a Host header goes before the URL. */
export function authorityOf(call: Answered['call']): string {
  const [given] = [call?.headers?.['host'] ?? []].flat()
  return given === undefined ? hostOf(call) : String(given).replace(/:\d+$/, '')
}

/** Of the URL, without its port. */
export function hostOf(call: Answered['call']): string {
  return /^\S+ \w+:\/\/([^/:]+)/.exec(call?.request ?? '')?.[1] ?? ''
}

/** Is all that one side lacks what sidecars of slow workloads wrote of copies? */
export function lacksSlowCopies({ wanted, seen }: Difference, { answer, behaviour = {} }: Answered): boolean {
  const slow = new Set((answer?.mirrored ?? []).map(nameOf).filter((name) => behaviour[name]?.delay !== undefined))
  const told = (wanted as readonly InboundEntry[]).map((entry) => JSON.stringify(entry))
  const lacking = (seen as readonly InboundEntry[]).filter((entry) => {
    const i = told.indexOf(JSON.stringify(entry))
    return i < 0 || told.splice(i, 1).length === 0
  })
  return told.length === 0 && lacking.length > 0 && lacking.every(({ workload }) => slow.has(workload))
}
