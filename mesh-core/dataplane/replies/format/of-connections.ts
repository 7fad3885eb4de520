import { maskedAddress } from '../../../ir/address-range.ts'
import type { Format, Operator } from './format.ts'
import { notModelled } from './not-modelled.ts'
import type { Subject } from './subject.ts'

export const nothing: Operator = () => () => ''

const zero: Operator = () => () => '0'

/** Of the client's connection. Source: Envoy `stream_info_formatter.cc`. */
export const ofConnections = {
  HOSTNAME: () => (subject) => subject.hostname,
  DOWNSTREAM_REMOTE_ADDRESS: () => (subject) => endpoint(subject.client.remoteAddress, clientPortOf(subject)),
  DOWNSTREAM_REMOTE_ADDRESS_WITHOUT_PORT: (mask) => masked(mask, (subject) => subject.client.remoteAddress),
  DOWNSTREAM_REMOTE_PORT: () => (subject) => String(clientPortOf(subject)),
  DOWNSTREAM_DIRECT_REMOTE_ADDRESS: () => (subject) => endpoint(subject.client.connectionAddress, clientPort),
  DOWNSTREAM_DIRECT_REMOTE_ADDRESS_WITHOUT_PORT: (mask) => masked(mask, (subject) => subject.client.connectionAddress),
  DOWNSTREAM_DIRECT_REMOTE_PORT: () => () => String(clientPort),
  DOWNSTREAM_LOCAL_ADDRESS: () => (subject) => subject.client.localAddress,
  DOWNSTREAM_LOCAL_ADDRESS_WITHOUT_PORT: (mask) => masked(mask, (subject) => subject.client.localAddress.replace(/:\d+$/, '')),
  DOWNSTREAM_LOCAL_PORT: () => (subject) => subject.client.localAddress.replace(/^.*:/, ''),
  REQUESTED_SERVER_NAME: () => (subject) => subject.clientTls?.serverName ?? '',
  DOWNSTREAM_PEER_URI_SAN: () => (subject) => (subject.clientTls?.names ?? []).filter((name) => name.includes('://')).join(','),
  ...ofTls(),
  VIRTUAL_CLUSTER_NAME: nothing,
  CONNECTION_TERMINATION_DETAILS: nothing,
  DOWNSTREAM_TRANSPORT_FAILURE_REASON: nothing,
  DOWNSTREAM_LOCAL_CLOSE_REASON: nothing,
  DOWNSTREAM_DETECTED_CLOSE_TYPE: () => () => 'Normal',
  TLS_JA3_FINGERPRINT: nothing,
  TLS_JA4_FINGERPRINT: nothing,
  ROUNDTRIP_DURATION: nothing,
  BYTES_RETRANSMITTED: zero,
  PACKETS_RETRANSMITTED: zero,
} satisfies Readonly<Record<string, Operator>>

/** Of plain text there is nothing to say. */
function ofTls(): Record<string, Operator> {
  const told = ['VERSION', 'CIPHER', 'SESSION_ID'].map((name) => `DOWNSTREAM_TLS_${name}`)
  const shown = ['PEER', 'LOCAL'].flatMap((side) => ['DNS_SAN', 'IP_SAN', 'EMAIL_SAN', 'SUBJECT'].map((name) => `DOWNSTREAM_${side}_${name}`))
  const rest = [
    'LOCAL_URI_SAN',
    'PEER_ISSUER',
    'PEER_SERIAL',
    'PEER_CERT',
    'PEER_FINGERPRINT_256',
    'PEER_FINGERPRINT_1',
    'PEER_CERT_V_START',
    'PEER_CERT_V_END',
  ]
  const names = [...told, ...shown, ...rest.map((name) => `DOWNSTREAM_${name}`), 'DOWNSTREAM_HANDSHAKE_DURATION']
  return Object.fromEntries(names.map((name) => [name, inPlainText((subject) => subject.clientTls === null, name)]))
}

/** Empty while nothing is encrypted; of what is it cannot be told. */
export function inPlainText(isPlain: (subject: Subject) => boolean, name: string): Operator {
  return () => (subject) => {
    if (!isPlain(subject)) subject.fail(notModelled(`%${name}% of a connection with TLS`))
    return ''
  }
}

/** Simulated clients have no port of their own: the first of Linux' ephemeral ports stands for all. */
const clientPort = 32768

/** Proxies before this one tell no ports. */
function clientPortOf({ client: { remoteAddress, connectionAddress } }: Subject): number {
  return remoteAddress === connectionAddress ? clientPort : 0
}

function endpoint(address: string, port: number): string {
  return address.includes(':') ? `[${address}]:${port}` : `${address}:${port}`
}

/** With a number of bits the network, `10.244.0.0/16`; of IPv6 it is not modelled. */
export function masked(mask: string, addressOf: Format): Format | null {
  if (mask === '') return addressOf
  const bits = Number(mask)
  if (!Number.isInteger(bits) || bits > 32) return null
  return (subject) => {
    const address = addressOf(subject)
    return address === '' ? '' : maskedAddress(address, bits)
  }
}
