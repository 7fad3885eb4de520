import { wordsOf } from '../../../mesh-core/ir/address-range.ts'

/** Bytes by which every PROXY header of version 2 begins. */
const signature = Buffer.from('0d0a0d0a000d0a515549540a', 'hex')
const version2Proxy = 0x21
const tcpOverIpv4 = 0x11
const tcpOverIpv6 = 0x21
/** The first of the types that are free for anybody's use, of the first place; the next of the next. */
export const landsType = 0xe0

export interface ProxiedConnection {
  readonly source: { readonly address: string; readonly port: number }
  /** Where the client believes that it connects to: what iptables would have kept for Envoy as the original destination. */
  readonly destination: { readonly address: string; readonly port: number }
  /** Who answers there in truth, `127.0.0.1:40123`, or `''` for nobody; further ones for clusters that do not go to where the client was going. */
  readonly lands: readonly string[]
}

/** The bytes that go before a connection's own. Source: The PROXY protocol, version 2 (HAProxy), section 2.2. */
export function proxyHeader({ source, destination, lands }: ProxiedConnection): Buffer {
  const tlv = Buffer.concat(lands.flatMap((place, i) => [Buffer.from([landsType + i]), twoBytes(place.length), Buffer.from(place)]))
  const ports = Buffer.concat([twoBytes(source.port), twoBytes(destination.port)])
  const addresses = [source.address, destination.address]
  // Both are of one family.
  const isIpv6 = addresses.some((address) => address.includes(':'))
  const payload = Buffer.concat([...addresses.map(isIpv6 ? sixteenBytes : fourBytes), ports, tlv])
  const family = isIpv6 ? tcpOverIpv6 : tcpOverIpv4
  return Buffer.concat([signature, Buffer.from([version2Proxy, family]), twoBytes(payload.length), payload])
}

/** Bytes of a header that stands at the beginning of a connection: 0 without one, `null` while that cannot be told. */
export function headerLength(bytes: Buffer): number | null {
  const known = Math.min(bytes.length, signature.length)
  if (!bytes.subarray(0, known).equals(signature.subarray(0, known))) return 0
  if (bytes.length < lengthAt + 2) return null
  const length = lengthAt + 2 + bytes.readUInt16BE(lengthAt)
  return bytes.length < length ? null : length
}

/** After the signature, the version and the family. */
const lengthAt = 14

function twoBytes(number: number): Buffer {
  return Buffer.from([number >> 8, number & 0xff])
}

function fourBytes(address: string): Buffer {
  return Buffer.from(address.split('.').map(Number))
}

/** An address of IPv4 as it is written in IPv6: `::ffff:10.244.0.2`. */
function sixteenBytes(address: string): Buffer {
  if (!address.includes(':')) return Buffer.concat([Buffer.alloc(10), Buffer.from([0xff, 0xff]), fourBytes(address)])
  return Buffer.concat(wordsOf(address)!.map(twoBytes))
}
