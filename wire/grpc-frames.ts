import type { StreamMessage } from '../mesh-core/ir/message.ts'
import { decoded } from './text.ts'

/**
 * Messages of a gRPC call as they stand on the wire, each behind its length. Texts are messages `{ string text = 1; }` of protobuf, so that any gRPC client or
 * server can take part. Source: gRPC over HTTP/2, Length-Prefixed-Message.
 */
export function framed(messages: readonly StreamMessage[]): Buffer {
  return Buffer.concat(messages.flatMap((message) => prefixed(typeof message === 'string' ? textField(message) : Buffer.from(message))))
}

function prefixed(payload: Buffer): [Buffer, Buffer] {
  const prefix = Buffer.alloc(5)
  prefix.writeUInt32BE(payload.length, 1)
  return [prefix, payload]
}

/** @param asBytes none of them is taken for a text. @returns `null` for bytes that are no whole messages, or compressed ones */
export function unframed(bytes: Buffer, asBytes = false): StreamMessage[] | null {
  const messages: StreamMessage[] = []
  for (let at = 0; at < bytes.length;) {
    if (bytes.length < at + 5 || bytes[at] !== 0) return null
    const end = at + 5 + bytes.readUInt32BE(at + 1)
    if (end > bytes.length) return null
    const payload = bytes.subarray(at + 5, end)
    messages.push(asBytes ? new Uint8Array(payload) : messageOf(payload))
    at = end
  }
  return messages
}

/** Field 1, of a length. */
const tag = 0x0a

function textField(text: string): Buffer {
  const bytes = Buffer.from(text)
  return bytes.length === 0 ? bytes : Buffer.concat([Buffer.from([tag, ...varint(bytes.length)]), bytes])
}

function messageOf(payload: Buffer): StreamMessage {
  if (payload.length === 0) return ''
  const length = payload[0] === tag ? readVarint(payload, 1) : null
  return length && length.next + length.value === payload.length ? decoded(payload.subarray(length.next)) : new Uint8Array(payload)
}

function varint(value: number): number[] {
  return value < 128 ? [value] : [(value % 128) + 128, ...varint(Math.floor(value / 128))]
}

function readVarint(bytes: Buffer, start: number): { readonly value: number; readonly next: number } | null {
  let value = 0
  for (let i = 0; i < 5 && start + i < bytes.length; i++) {
    const byte = bytes[start + i]!
    value += (byte % 128) * 128 ** i
    if (byte < 128) return { value, next: start + i + 1 }
  }
  return null
}
