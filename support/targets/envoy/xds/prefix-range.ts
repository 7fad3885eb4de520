import type { Json } from './json.ts'

/** `192.0.2.0/28`, or a single address. */
export function prefixRange(range: string): Json {
  const [address = '', bits] = range.split('/')
  return { address_prefix: address, prefix_len: bits === undefined ? (address.includes(':') ? 128 : 32) : Number(bits) }
}
