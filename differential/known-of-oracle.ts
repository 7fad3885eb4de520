import type { Difference } from '../vectors/difference.ts'
import type { Arrival, InboundEntry } from '../vectors/mesh-observed/case.ts'
import type { Answered, KnownDifference } from './known-difference.ts'

/** What the oracle has otherwise than a mesh. Its pods have no sidecars unless a policy asks for them; a mesh has them, and so has mesh-core. */
export const ofOracle: readonly Omit<KnownDifference, 'against'>[] = [
  {
    reason: 'the oracle knows endpoints by their addresses, and cannot say who those are that a cluster lists by name',
    covers: ({ field, wanted, seen }) => /^(candidates|reached\[\d+\]\.workload)$/.test(field) && isByAddress(wanted, seen),
  },
  {
    reason:
      'machines that are said to be of the mesh have no sidecar there: they answer mutual TLS with a certificate for the name that was asked for',
    covers: ({ field }, { config, answer }) =>
      config.some((one) => namesMember(one, hostOfCluster(answer))) &&
      ((tellsOfFailure(field) && (hasNameOfCluster(answer) || failedToConnect(answer))) || field === 'reached[0].headers.x-envoy-attempt-count'),
  },
  {
    reason: 'where a rule keeps the destination of a client, who has it answers mutual TLS there with a certificate for the name that was asked for',
    covers: ({ field }, { config, answer }) =>
      tellsOfFailure(field) && hasNameOfCluster(answer) && config.some((one) => keepsDestinationsOf(one, hostOfCluster(answer))),
  },
  {
    reason: 'what a name is looked up for is somebody outside there, where entries of several kinds have the name',
    covers: ({ field, wanted }, { config, answer }) =>
      /^reached\[\d+\]\.(workload|namespace)$/.test(field) &&
      (wanted === 'passthrough' || wanted === 'outside') &&
      config.filter((one) => one.kind === 'ServiceEntry' && (one.spec['hosts'] as readonly string[]).includes(hostOfCluster(answer))).length > 1,
  },
  {
    reason: 'of a pod that happened to call itself the log of its inbound listener is told',
    covers: (difference, { answer, call }) =>
      isOfReceiver(answer) &&
      mayHaveCalledItself(answer, call?.from ?? '') &&
      (tellsOfLog(difference.field) ||
        isLogOf(difference, [call!.from]) ||
        (/^inbound\[0\]\.(flags|route|cluster|details)$/.test(difference.field) &&
          difference.seen === answer![difference.field.slice(11) as 'flags'])),
  },
  {
    reason: 'a pod that calls its own address is led past its sidecar there, whose packets a mesh leaves alone',
    covers: ({ field }, { config, call, answer }) =>
      /^(headers\.server|reached\[0\]\.(port|headers\..+))$/.test(field) && isByOwnAddress(config, call, answer) && isOfReceiver(answer),
  },
  {
    reason: 'its services answer a request for a tunnel when it has ended, which over HTTP/2 it never has',
    covers: (_, { config, answer }) =>
      answer?.error === 'timeout' && answer.cluster === '-' && reachedBy(answer).length === 0 && config.some(({ spec }) => opensTunnels(spec)),
  },
  {
    reason: 'a short name that Envoy looks up itself is somebody outside there: its DNS completes none',
    covers: ({ field }, { call, answer }) =>
      (tellsOfFailure(field) || /^reached\[\d+\]\./.test(field)) &&
      answer?.cluster === 'AllowAnyDynamicDNSCluster' &&
      /^[^.]+(\.[^.]+)?$/.test(authorityOf(call)) &&
      (reachedBy(answer).join() === 'passthrough.outside' || (answer.details ?? '').includes('CERTIFICATE_VERIFY_FAILED')),
  },
  {
    reason: 'of a workload of several pods whose own sidecar runs the first pod alone has one there: others answer no mutual TLS',
    covers: ({ field }, { config, answer }) => tellsOfFailure(field) && failedToConnect(answer) && config.some((one) => isOneOfSeveral(one, answer)),
  },
  {
    reason: 'an authorizer that is asked about its own questions asks as long as there are connections',
    covers: (_, { answer }) => (answer?.inbound ?? []).length >= 16 && new Set(answer!.inbound!.map(({ workload }) => workload)).size <= 2,
  },
  {
    reason: "who asks an authorizer and the authorizer's own sidecar wait equally long: which of them gives up first is chance",
    covers: ({ field }, { answer }) => {
      const place = /^inbound\[(\d+)\]\.(status|flags|details)$/.exec(field)?.[1]
      const details = place === undefined ? undefined : answer?.inbound?.[Number(place)]?.details
      return (details === 'downstream_remote_disconnect' || details === 'max_duration_timeout') && (answer?.reached ?? []).some(isQuestion)
    },
  },
  {
    reason: 'its client reads no answer of more than 100 headers',
    covers: (_, { answer }) => (answer?.error ?? '').includes('got more than 100 headers'),
  },
  {
    reason: 'its services answer a request for a tunnel with a body, which then stands before the answer that comes through it',
    covers: (_, { config, answer }) => (answer?.error ?? '').startsWith('BadStatusLine') && config.some(({ spec }) => opensTunnels(spec)),
  },
  {
    reason: 'its services read a request for a WebSocket to its end, which over HTTP/2 never comes',
    covers: (_, { call, answer }) => isOutOfTime(answer) && (answer?.reached ?? []).every(isOfOtherCall) && call?.headers?.['upgrade'] !== undefined,
  },
  {
    reason: 'its proxies share one loopback: which of them takes what is sent there to a port that several have bound is chance',
    covers: (_, { config, call, answer }) => hostOf(call) === '127.0.0.1' && config.some(bindsPorts) && isOfAnotherSender(answer),
  },
  {
    reason: 'of endpoints of one address it has one name, whichever entry has it',
    covers: ({ field }, { config }) => /^(candidates|reached\[\d+\]\.(workload|namespace))$/.test(field) && haveAddressInCommon(config),
  },
  {
    reason: 'whether endpoints of a service that is exported to nobody are known in its own namespace is decided by moments in istiod',
    covers: (_, { config, answer }) => config.some((one) => isForNobody(one, hostOfCluster(answer))),
  },
  {
    reason: 'its services answer the requests of a connection of HTTP/2 one after another, and hear of no other while they take their time',
    covers: ({ field, wanted, seen }, { answer }) =>
      field === 'reached.length' &&
      answer?.flags === 'UT' &&
      isShorter(wanted, seen) &&
      (answer.reached ?? []).every(({ protocol }) => protocol === 'h2'),
  },
  {
    reason: 'a copy is known there by x-envoy-internal, which says nothing where the client has sent it, too',
    covers: ({ field }, { config, call }) =>
      /^(reached|mirrored)\.length$/.test(field) && config.some(hasMirror) && call?.headers?.['x-envoy-internal'] !== undefined,
  },
  {
    reason: 'the address of a service leads there to whichever of two ports of one number comes last, though the other be for TCP and this for UDP',
    covers: ({ field }, { config }) => /^reached\[\d+\]\.port$/.test(field) && config.some(hasPortOfBothKinds),
  },
  {
    reason:
      'of two ServiceEntries of one host its name server tells the address of the last, of whatever namespace, for which the sidecar has no listener',
    covers: (_, { config, call, answer }) =>
      /^(Passthrough|BlackHole)Cluster$/.test(answer?.cluster ?? '') && areSeveralAt(config.filter((one) => isEntryOf(one, hostOf(call)))),
  },
  {
    reason: 'its services answer 204 with a body, which over HTTP/2 is an error of the protocol once the answer has begun',
    covers: ({ field }, { answer }) => /^(flags|details)$/.test(field) && answer?.status === 204 && answer.flags === 'UPE',
  },
  {
    reason: 'a server that was asked for by no name shows a certificate for "echo" there',
    covers: ({ field, wanted }) => field === 'details' && String(wanted).includes('certificate_SANs:_[echo]'),
  },
  {
    reason: 'nobody forwards there from the address of a service to endpoints that are written down and are no pods',
    covers: ({ field }, answered) => tellsOfFailure(field) && isForSliced(answered),
  },
  {
    reason: "a mirrored copy is known there by x-envoy-internal, which a receiver's sidecar has taken away",
    covers: ({ field, wanted, seen }, { config, answer }) =>
      /^(reached|mirrored)\.length$/.test(field) && config.some(hasMirror) && isMirroredCopy(wanted, seen, answer),
  },
  {
    reason: 'a name without an address, of a headless service without pods, leads outside there',
    covers: (_, answered) => isForHeadless(answered) && reachedBy(answered.answer).join() === 'passthrough.outside',
  },
  {
    reason: 'what is of Kubernetes is taken there without a look at its fields, which an API server would refuse',
    covers: ({ field, wanted, seen }) => field === 'rejected' && wanted === undefined && String(seen).split('\n').every(isOfKubernetes),
  },
  {
    reason: 'the Service that is made there for a Gateway is older than all else, and takes the bytes that are for any of several services',
    covers: (_, { config, answer }) => answer?.tcp === true && config.some((one) => isServedBy(one, hostOfCluster(answer))),
  },
  {
    reason: 'the Service that is made there for a Gateway has the ports of its own listeners, and not those of its ListenerSets',
    covers: (_, { config, call, answer }) => answer?.error === 'refused' && call !== null && isAtPortOfSet(config, call),
  },
]

/** Is it what a receiver's sidecar has written, and no sender's? What it takes for no HTTP, and answers, is an error of TLS to who has sent TLS. */
function isOfReceiver(answer: Answered['answer']): boolean {
  if (/^(inbound\||InboundPassthroughCluster$)/.test(answer?.cluster ?? '')) return true
  return answer?.cluster === '-' && answer.details === 'http1.codec_error' && (answer.error ?? '').startsWith('tls: ')
}

/** To an authorizer that speaks gRPC. */
function isQuestion({ path }: Arrival): boolean {
  return path === '/envoy.service.auth.v3.Authorization/Check'
}

/** Has a sender's sidecar another one than that which was asked, or none? */
function isOfAnotherSender(answer: Answered['answer']): boolean {
  return answer?.cluster === '-' || (answer?.inbound ?? []).some(({ cluster }) => cluster?.startsWith('outbound|'))
}

/** Has the client given up, or a proxy in its place? */
function isOutOfTime(answer: Answered['answer']): boolean {
  return answer?.error === 'timeout' || /^(SI|UT|DT)\b/.test(answer?.flags ?? '')
}

/** Beside a call for a WebSocket: it has come late. */
function isOfOtherCall({ headers }: Arrival): boolean {
  return headers['upgrade'] === null
}

/** Is the host that of the Service of a Gateway of the Gateway API? */
function isServedBy({ kind, apiVersion, metadata, spec }: Answered['config'][number], host: string): boolean {
  const isManaged = kind === 'Gateway' && apiVersion.startsWith('gateway.networking.k8s.io/')
  return isManaged && host === `${metadata.name}-${String(spec['gatewayClassName'])}.${metadata.namespace ?? 'default'}.svc.cluster.local`
}

/** A port that no traffic is redirected to. */
function bindsPorts({ kind, spec }: Answered['config'][number]): boolean {
  return kind === 'Sidecar' && JSON.stringify(spec ?? null).includes('"captureMode":"NONE"')
}

function isForNobody({ kind, metadata }: Answered['config'][number], host: string): boolean {
  const { 'networking.istio.io/exportTo': exportTo } = (metadata['annotations'] ?? {}) as Readonly<Record<string, string>>
  return kind === 'Service' && exportTo === '~' && host === `${metadata.name}.${metadata.namespace}.svc.cluster.local`
}

function isShorter(wanted: unknown, seen: unknown): boolean {
  return Array.isArray(wanted) && Array.isArray(seen) && wanted.length < seen.length
}

function haveAddressInCommon(config: Answered['config']): boolean {
  const endpoints = config.flatMap(({ kind, spec }) => {
    if (kind === 'WorkloadEntry') return [spec]
    return kind === 'ServiceEntry' ? ((spec['endpoints'] ?? []) as readonly Answered['config'][number]['spec'][]) : []
  })
  const names = new Map<unknown, Set<string>>()
  for (const { address, labels } of endpoints) names.set(address, (names.get(address) ?? new Set()).add(JSON.stringify(labels ?? null)))
  return [...names.values()].some(({ size }) => size > 1)
}

/** @param error as `file:line:column CODE Kind namespace/name …` */
function isOfKubernetes(error: string): boolean {
  return /^\S+ SCHEMA_\w+ (Service|Deployment|ReplicaSet|Pod|EndpointSlice|Ingress|IngressClass|ConfigMap|Secret|Namespace) /.test(error)
}

/** Is it sent to a gateway, at a port that only a ListenerSet asks for? Istio's deployment controller makes the Service have it, too. */
function isAtPortOfSet(config: Answered['config'], { from, request }: NonNullable<Answered['call']>): boolean {
  const [, gateway] = /^gateway:([^.]+)/.exec(from) ?? []
  const [, port = '80'] = /^\S+ \w+:\/\/[^/]*?:(\d+)(?:\/|$)/.exec(request) ?? []
  const listens = ({ spec }: Answered['config'][number]): boolean =>
    ((spec['listeners'] ?? []) as readonly { readonly port: number }[]).some((listener) => listener.port === Number(port))
  const own = config.filter(({ kind, metadata }) => kind === 'Gateway' && metadata.name === gateway)
  const sets = config.filter(({ kind, spec }) => kind === 'ListenerSet' && (spec['parentRef'] as { readonly name?: string }).name === gateway)
  return !own.some(listens) && sets.some(listens)
}

/** Does a receiver that has a sidecar count as reached there, which has been sent a copy? */
function isMirroredCopy(wanted: unknown, seen: unknown, answer: Answered['answer']): boolean {
  const receivers = new Set((answer?.inbound ?? []).map(({ workload }) => workload))
  const reached = answer?.reached ?? []
  // Behind a gateway all are forwarded, and one of them is no copy.
  const copies = reached.filter((arrival) => receivers.has(nameOf(arrival)) && isForwarded(arrival)).length - (reached.every(isForwarded) ? 1 : 0)
  return copies > 0 && Array.isArray(wanted) && Array.isArray(seen) && Math.abs(wanted.length - seen.length) === copies
}

function opensTunnels(spec: Answered['config'][number]['spec']): boolean {
  return JSON.stringify(spec ?? null).includes('"tunnel":')
}

/** With an address of its own. */
function isEntryOf({ kind, spec }: Answered['config'][number], host: string): boolean {
  return kind === 'ServiceEntry' && ((spec['hosts'] ?? []) as readonly string[]).includes(host)
}

/** The client may see the one without an address alone. */
function areSeveralAt(entries: Answered['config']): boolean {
  return entries.length > 1 && entries.some(({ spec }) => spec['addresses'] !== undefined)
}

function hasPortOfBothKinds({ kind, spec }: Answered['config'][number]): boolean {
  if (kind !== 'Service') return false
  const ports = (spec['ports'] ?? []) as readonly { readonly port: number; readonly protocol?: string }[]
  const of = (isUdp: boolean): number[] => ports.filter(({ protocol }) => (protocol === 'UDP') === isUdp).map(({ port }) => port)
  return of(true).some((port) => of(false).includes(port))
}

function hasMirror({ spec }: Answered['config'][number]): boolean {
  return /"mirrors?":|"RequestMirror"/.test(JSON.stringify(spec ?? null))
}

/** The proxy that has made a copy is a client of its own. */
function isForwarded({ headers }: Arrival): boolean {
  return headers['x-forwarded-for'] !== undefined
}

/** May it differ because a connection did not come about? */
function tellsOfFailure(field: string): boolean {
  return /^(status|error|flags|details|body|headers\..*|reached\.length|inbound\.length|durationMs)$/.test(field)
}

/** Is it read from the access log of the client's proxy? */
function tellsOfLog(field: string): boolean {
  return /^(flags|route|cluster|details|candidates|lb)$/.test(field)
}

/** Do sidecars of those workloads write into their logs what the other side has none for? */
function isLogOf({ field, wanted, seen }: Difference, workloads: readonly string[]): boolean {
  return field === 'inbound.length' && isEmpty(wanted) && (seen as readonly InboundEntry[]).every(({ workload }) => workloads.includes(workload))
}

/** Its own sidecar may have failed to reach it. */
function mayHaveCalledItself(answer: Answered['answer'], caller: string): boolean {
  const reached = reachedBy(answer)
  return reached.length === 0 || reached.includes(caller)
}

function reachedBy(answer: Answered['answer']): readonly string[] {
  return (answer?.reached ?? []).map(nameOf)
}

function nameOf({ workload, namespace }: Arrival): string {
  return `${workload}.${namespace}`
}

function isOneOfSeveral({ kind, metadata, spec }: Answered['config'][number], answer: Answered['answer']): boolean {
  return kind === 'Deployment' && Number(spec['replicas'] ?? 1) > 1 && (answer?.candidates ?? []).includes(metadata.name)
}

/** A headless service has no other. */
function isByOwnAddress(config: Answered['config'], call: Answered['call'], answer: Answered['answer']): boolean {
  const isAddress = /^[\d.]+$/.test(hostOf(call)) || isForHeadless({ config, call, answer })
  return isAddress && reachedBy(answer).join() === call?.from
}

/** Those endpoints that the other side knows the names of must be there. */
function isByAddress(wanted: unknown, seen: unknown): boolean {
  if (!Array.isArray(wanted) || !wanted.includes('passthrough')) return false
  return !Array.isArray(seen) || wanted.every((name) => name === 'passthrough' || seen.includes(name))
}

function isEmpty(value: unknown): boolean {
  return Array.isArray(value) && value.length === 0
}

function hasNameOfCluster(answer: Answered['answer']): boolean {
  return (answer?.details ?? '').includes('SAN_matcher,_certificate_SANs_are_[outbound_')
}

/** Of what is no HTTP the cause is not told. */
function failedToConnect(answer: Answered['answer']): boolean {
  return answer?.tcp === true && answer.error === 'closed' && answer.flags === 'UF,URX'
}

/** Is it a rule for the host? Short names are read without their namespaces. */
function keepsDestinationsOf({ kind, spec }: Answered['config'][number], host: string): boolean {
  return kind === 'DestinationRule' && isFor(String(spec['host']), host) && JSON.stringify(spec).includes('"PASSTHROUGH"')
}

function isFor(host: string, called: string): boolean {
  return host.startsWith('*') || host.split('.')[0] === called.split('.')[0]
}

export function hostOfCluster(answer: Answered['answer']): string {
  return answer?.cluster?.split('|')[3] ?? ''
}

/** Was a service of the config's EndpointSlices called by its address, which was kept, and nobody was there? */
function isForSliced({ config, call, answer }: Answered): boolean {
  const host = hostOf(call)
  const isSliced = config.some((one) => isFor(serviceOf(one), host))
  const routed = hostOfCluster(answer)
  const isKept =
    answer?.passthrough === true ||
    routed === headlessOfWorld ||
    config.some((one) => keepsDestinationsOf(one, host) || keepsDestinationsOf(one, routed) || isHeadless(one, routed))
  return isSliced && isKept && ((answer?.details ?? '').includes('Connection_refused') || failedToConnect(answer))
}

/** Of the world `shop`. */
const headlessOfWorld = 'h.default.svc.cluster.local'

/** A request that a rule leads to a service without an address goes where it was dialled. */
function isHeadless({ kind, spec, metadata }: Answered['config'][number], host: string): boolean {
  return kind === 'Service' && spec['clusterIP'] === 'None' && host === `${metadata.name}.${metadata.namespace}.svc.cluster.local`
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

/** Of an EndpointSlice, or of Endpoints; `''` for anything else. */
function serviceOf({ kind, metadata }: Answered['config'][number]): string {
  if (kind === 'Endpoints') return metadata.name
  return kind === 'EndpointSlice' ? ((metadata['labels'] as Record<string, string> | undefined)?.['kubernetes.io/service-name'] ?? '') : ''
}

/**
 * A ServiceEntry of the host, or a WorkloadEntry, whose machine has an account of the mesh.
 * Source: Istio `serviceregistry/serviceentry/conversion.go` getTLSModeFromWorkloadEntry.
 */
function namesMember({ kind, spec }: Answered['config'][number], host: string): boolean {
  if (!/"serviceAccount":|"security\.istio\.io\/tlsMode":"istio"/.test(JSON.stringify(spec ?? null))) return false
  return (
    kind === 'WorkloadEntry' || (kind === 'ServiceEntry' && (spec['hosts'] as readonly string[]).some((one) => one.startsWith('*') || one === host))
  )
}

function isForHeadless({ config, call }: Answered): boolean {
  const host = /^\S+ \w+:\/\/([^/?#:]+)/.exec(call?.request ?? '')?.[1]?.split('.')[0]
  return config.some(({ kind, metadata, spec }) => kind === 'Service' && metadata.name === host && spec['clusterIP'] === 'None')
}
