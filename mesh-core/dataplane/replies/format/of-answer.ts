import { grpcStatuses } from '../../../ir/grpc-status.ts'
import { grpcStatusOf, isGrpc } from '../../messages/grpc.ts'
import type { Format, Operator } from './format.ts'
import { nothing } from './of-connections.ts'
import type { Subject } from './subject.ts'

/** Source: Envoy `http_specific_formatter.cc`, `stream_info_formatter.cc`. */
export const ofAnswer = {
  RESP: (argument) => header(argument.toLowerCase().split('?')),
  RESPONSE_CODE: () => (subject) => String(subject.responseStatus),
  RESPONSE_CODE_DETAILS: (argument) => (subject) => {
    const details = subject.responseHeaders === null ? '' : subject.log.details
    return argument === 'ALLOW_WHITESPACES' ? details : details.replace(/\s/g, '_')
  },
  RESPONSE_FLAGS: () => (subject) => subject.log.flags,
  RESPONSE_FLAGS_LONG: () => (subject) =>
    subject.log.flags
      .split(',')
      .map((flag) => longNames[flag] ?? flag)
      .join(','),
  GRPC_STATUS: (argument) => grpcStatus(argument || 'CAMEL_STRING'),
  GRPC_STATUS_NUMBER: () => grpcStatus('NUMBER'),
  // None of these has come when headers are written.
  TRAILER: nothing,
  LOCAL_REPLY_BODY: nothing,
  CUSTOM_FLAGS: nothing,
  RESPONSE_TRAILERS_BYTES: () => () => '0',
  BYTES_SENT: () => () => '0',
  ACCESS_LOG_TYPE: () => () => 'NotSet',
} satisfies Readonly<Record<string, Operator>>

function header(names: readonly string[]): Format {
  return ({ responseHeaders, answerStatus }) => {
    if (responseHeaders === null) return ''
    for (const name of names) {
      const value = name === ':status' ? String(answerStatus) : responseHeaders.get(name)
      if (value !== undefined) return value
    }
    return ''
  }
}

function grpcStatus(form: string): Format {
  return (subject) => {
    const status = statusOf(subject)
    if (status === null) return ''
    const name = grpcStatuses[status]
    if (form === 'NUMBER' || name === undefined) return String(status)
    return form === 'SNAKE_STRING' ? name : camel(name)
  }
}

/** Of an answer to gRPC, by its header or what its HTTP status comes to. Source: Envoy `Grpc::Common::getGrpcStatus`. */
function statusOf({ request, responseHeaders, responseStatus }: Subject): number | null {
  if (!isGrpc(request) || responseHeaders === null) return null
  const told = responseHeaders.get('grpc-status')
  if (told !== undefined && /^\d+$/.test(told)) return Number(told)
  return responseStatus === 0 ? null : grpcStatusOf(responseStatus)
}

/** Envoy's words: `NotFound`, `OK`, `Canceled`. */
function camel(name: string): string {
  if (name === 'OK') return name
  if (name === 'CANCELLED') return 'Canceled'
  return name.replace(/([A-Z])([A-Z]*)_?/g, (_all, first: string, rest: string) => first + rest.toLowerCase())
}

/** Source: Envoy `ResponseFlagUtils`. */
const longNames: Readonly<Record<string, string>> = {
  UH: 'NoHealthyUpstream',
  UT: 'UpstreamRequestTimeout',
  LR: 'LocalReset',
  UR: 'UpstreamRemoteReset',
  UF: 'UpstreamConnectionFailure',
  UC: 'UpstreamConnectionTermination',
  UO: 'UpstreamOverflow',
  NR: 'NoRouteFound',
  DI: 'DelayInjected',
  FI: 'FaultInjected',
  RL: 'RateLimited',
  UAEX: 'UnauthorizedExternalService',
  DC: 'DownstreamConnectionTermination',
  URX: 'UpstreamRetryLimitExceeded',
  SI: 'StreamIdleTimeout',
  IH: 'InvalidEnvoyRequestHeaders',
  DPE: 'DownstreamProtocolError',
  UPE: 'UpstreamProtocolError',
  NC: 'NoClusterFound',
  DF: 'DnsResolutionFailed',
}
