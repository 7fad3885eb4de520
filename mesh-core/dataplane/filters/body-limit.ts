import type { HttpRequest } from '../../ir/message.ts'

/** Bytes of a frame of HTTP/2. Source: Envoy, which leaves `SETTINGS_MAX_FRAME_SIZE` at its default. */
const frameBytes = 16_384

/**
 * Is a body too large for a filter that holds it back? What comes with its end is passed on as it comes: of a body that comes at once only the frames before the
 * last are counted. Source: Envoy `ActiveStreamFilterBase::commonHandleBufferData`, `ext_authz.cc` decodeData.
 */
export function outgrows({ body, atOnce, protocol }: HttpRequest, mostBytes: number): boolean {
  const length = bytesIn(body)
  if (length <= mostBytes) return false
  const held = atOnce && protocol === 'h2' ? (Math.ceil(length / frameBytes) - 1) * frameBytes : length
  return held > mostBytes
}

/** Of a body that is there, however it came. */
export function exceeds({ body }: HttpRequest, mostBytes: number): boolean {
  return bytesIn(body) > mostBytes
}

function bytesIn(body: string): number {
  return new TextEncoder().encode(body).length
}
