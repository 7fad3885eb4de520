import {
  isOfReceiver,
  isOfAnotherSender,
  isLookedUpLate,
  isOutOfTime,
  isOfOtherCall,
  isShorter,
  isOfKubernetes,
  isMirroredCopy,
  tellsOfFailure,
  tellsOfLog,
  tellsWhoGaveUp,
  isLogOf,
  foundNobodyPastTheMesh,
  mayHaveCalledItself,
  reachedBy,
  isByAddress,
  hasNameOfCluster,
  failedToConnect,
  hostOfCluster,
  authorityOf,
  hostOf,
} from './known-by-answer.ts'
import {
  isManagedGateway,
  isServedBy,
  bindsPorts,
  isForNobody,
  haveAddressInCommon,
  isAtPortOfSet,
  opensTunnels,
  isEntryOf,
  areSeveralAt,
  areSomeHidden,
  hasPortOfBothKinds,
  hasMirror,
  isOneOfSeveral,
  isByOwnAddress,
  keepsDestinationsOf,
  isForSliced,
  namesMember,
  isForHeadless,
} from './known-by-config.ts'
import type { KnownDifference } from './known-difference.ts'

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
      isByOwnAddress(config, call, answer)
        ? /^(headers\.server|reached\[0\]\.(port|headers\..+))$/.test(field) && isOfReceiver(answer)
        : /^(error|flags|cluster)$/.test(field) && isForHeadless({ config, call, answer }) && foundNobodyPastTheMesh(answer),
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
    covers: ({ field }, { answer }) => tellsWhoGaveUp(field, answer),
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
    reason: 'of who is dialled past the mesh, and stands in ServiceEntries of several namespaces, it tells the namespace of the last',
    covers: ({ field }, { config, call, answer }) =>
      /^reached\[\d+\]\.namespace$/.test(field) &&
      answer?.cluster === 'PassthroughCluster' &&
      new Set(config.filter((one) => isEntryOf(one, hostOf(call))).map(({ metadata }) => metadata.namespace)).size > 1,
  },
  {
    reason: 'of two ServiceEntries of one host of which one is hidden from the client its name server tells another address than is told here',
    covers: ({ field }, { config, call }) => /^(cluster|candidates|reached\[\d+\]\..+)$/.test(field) && areSomeHidden(config, call),
  },
  {
    reason: 'its services answer 204 with a body, which over HTTP/2 is an error of the protocol once the answer has begun',
    covers: ({ field }, { answer }) => /^(flags|details)$/.test(field) && answer?.status === 204 && answer.flags === 'UPE',
  },
  {
    reason: 'a server that was asked for by no name shows a certificate for "echo" there',
    covers: ({ field, wanted }) => field === 'details' && /certificate_SANs(:|_are)_\[echo\]/.test(String(wanted)),
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
    reason: 'as it is older than all else, no filter looks names up at its ports',
    covers: ({ field }, { config, answer }) => /^(flags|body)$/.test(field) && isLookedUpLate(answer) && config.some(isManagedGateway),
  },
  {
    reason: 'the Service that is made there for a Gateway has the ports of its own listeners, and not those of its ListenerSets',
    covers: (_, { config, call, answer }) => answer?.error === 'refused' && call !== null && isAtPortOfSet(config, call),
  },
]
