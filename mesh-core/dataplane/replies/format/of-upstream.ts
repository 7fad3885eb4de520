import type { Format, Operator } from './format.ts'
import { notModelled } from './not-modelled.ts'
import { inPlainText, masked, nothing } from './of-connections.ts'
import type { Subject } from './subject.ts'

/** Of the endpoint that was chosen, and the connection to it: on a request there is none yet. Source: Envoy `stream_info_formatter.cc`. */
export const ofUpstream = {
  ROUTE_NAME: () => (subject) => unless(subject.log.route),
  // istiod names clusters by `alt_stat_name`, which it ends in a semicolon.
  UPSTREAM_CLUSTER: () => (subject) => (subject.log.cluster.includes('|') ? `${subject.log.cluster};` : unless(subject.log.cluster)),
  UPSTREAM_CLUSTER_RAW: () => (subject) => unless(subject.log.cluster),
  UPSTREAM_HOST: () => (subject) => unless(subject.log.upstreamHost),
  UPSTREAM_HOST_NAME: () => hostName,
  UPSTREAM_HOST_NAME_WITHOUT_PORT: () => (subject) => hostName(subject).replace(/:\d+$/, ''),
  UPSTREAM_REMOTE_ADDRESS: () => connected((subject) => unless(subject.log.upstreamHost)),
  UPSTREAM_REMOTE_ADDRESS_WITHOUT_PORT: (mask) =>
    masked(
      mask,
      connected((subject) => subject.log.upstreamHost.replace(/:\d+$/, '')),
    ),
  UPSTREAM_REMOTE_PORT: () => connected((subject) => subject.log.upstreamHost.replace(/^.*:/, '')),
  UPSTREAM_LOCAL_ADDRESS_WITHOUT_PORT: (mask) =>
    masked(
      mask,
      connected((subject) => subject.ownAddress),
    ),
  UPSTREAM_PROTOCOL: () => (subject) => subject.upstream?.protocol ?? '',
  UPSTREAM_REQUEST_ATTEMPT_COUNT: () => (subject) => String(subject.log.attempts),
  UPSTREAM_TRANSPORT_FAILURE_REASON: () => (subject) => subject.upstream?.failure ?? '',
  UPSTREAM_DETECTED_CLOSE_TYPE: () => (subject) => (subject.upstream ? 'Normal' : ''),
  UPSTREAM_LOCAL_CLOSE_REASON: nothing,
  ...ofTls(),
} satisfies Readonly<Record<string, Operator>>

function ofTls(): Record<string, Operator> {
  const names = [
    'TLS_VERSION',
    'TLS_CIPHER',
    'TLS_SESSION_ID',
    'PEER_URI_SAN',
    'PEER_DNS_SAN',
    'PEER_IP_SAN',
    'PEER_SUBJECT',
    'PEER_ISSUER',
    'PEER_CERT',
  ]
  const own = ['LOCAL_URI_SAN', 'LOCAL_DNS_SAN', 'LOCAL_IP_SAN']
  const all = [...names, ...own].map((name) => `UPSTREAM_${name}`)
  return Object.fromEntries(all.map((name) => [name, inPlainText((subject) => subject.upstream?.overTls !== true, name)]))
}

/** An endpoint that has no name is known by its address. */
function hostName({ upstream, fail }: Subject): string {
  if (upstream?.hostName === null) fail(notModelled('%UPSTREAM_HOST_NAME% of an endpoint of DNS, or of a kept destination,'))
  return upstream?.hostName ?? ''
}

function connected(format: Format): Format {
  return (subject: Subject) => (subject.upstream?.protocol ? format(subject) : '')
}

/** The log writes a dash for nothing. */
function unless(value: string): string {
  return value === '-' ? '' : value
}
