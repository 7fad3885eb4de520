import type { Answered, KnownDifference } from './known-difference.ts'

/** What the oracle has otherwise than a mesh. Its pods have no sidecars unless a policy asks for them; a mesh has them, and so has mesh-core. */
export const ofOracle: readonly Omit<KnownDifference, 'against'>[] = [
  {
    reason: 'the oracle knows endpoints by their addresses, and cannot say who those are that a cluster lists by name',
    covers: ({ field, wanted }) => /^(candidates|reached\[\d+\]\.workload)$/.test(field) && Array.isArray(wanted) && wanted.includes('passthrough'),
  },
  {
    reason: 'no sidecar of the oracle stands before a pod that is reached past the rules of the mesh',
    covers: ({ field, wanted }, { answer }) =>
      answer?.passthrough === true && ((field === 'inbound.length' && isEmpty(wanted)) || isAdded(field, wanted)),
  },
  {
    reason:
      'mutual TLS to the address of a service, kept by PASSTHROUGH, is answered by a pod of the oracle with a certificate for the name that was asked for',
    covers: ({ field }, { config, answer }) => tellsOfFailure(field) && hasNameOfCluster(answer) && config.some(keepsDestinations),
  },
  {
    reason:
      'machines that are said to be of the mesh have no sidecar there: they answer mutual TLS with a certificate for the name that was asked for',
    covers: ({ field }, { config, answer }) =>
      tellsOfFailure(field) && (hasNameOfCluster(answer) || failedToConnect(answer)) && config.some(({ spec }) => namesMember(spec)),
  },
  {
    reason: 'of a pod that happened to call itself the log of its inbound listener is told',
    covers: ({ field, wanted }, { answer }) =>
      (tellsOfLog(field) || field === 'inbound[0].cluster' || (field === 'inbound.length' && isEmpty(wanted))) &&
      /^(inbound\||InboundPassthroughCluster$)/.test(answer?.cluster ?? ''),
  },
  {
    reason: 'nobody forwards there from the address of a service to endpoints of an EndpointSlice that are no pods',
    covers: ({ field }, { config, answer }) =>
      tellsOfFailure(field) &&
      (answer?.passthrough === true || config.some(keepsDestinations)) &&
      (answer?.details ?? '').includes('Connection_refused') &&
      config.some(({ kind }) => kind === 'EndpointSlice'),
  },
]

/** May it differ because a connection did not come about? */
function tellsOfFailure(field: string): boolean {
  return /^(status|error|flags|details|body|headers\..*|reached\.length|inbound\.length|durationMs)$/.test(field)
}

/** Is it read from the access log of the client's proxy? */
function tellsOfLog(field: string): boolean {
  return /^(flags|route|cluster|details|candidates|lb)$/.test(field)
}

/** A header that only the other one has, or a path that it has normalized. */
function isAdded(field: string, wanted: unknown): boolean {
  return (/^(reached\[\d+\]\.)?headers\./.test(field) && wanted === undefined) || /^reached\[\d+\]\.path$/.test(field)
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

function keepsDestinations({ kind, spec }: Answered['config'][number]): boolean {
  return kind === 'DestinationRule' && JSON.stringify(spec).includes('"PASSTHROUGH"')
}

/** A ServiceEntry or WorkloadEntry whose machine has an account of the mesh. Source: Istio `serviceregistry/serviceentry/conversion.go` getTLSModeFromWorkloadEntry. */
function namesMember(spec: unknown): boolean {
  return /"serviceAccount":|"security\.istio\.io\/tlsMode":"istio"/.test(JSON.stringify(spec ?? null))
}
