import { decodeCheckRequest } from '../../mesh-core/ir/authorization-check.ts'
import { unframed } from '../../wire/grpc-frames.ts'

/**
 * What an authorizer was asked over gRPC, without what is drawn anew for each request: its id, and the hash of the client's certificate; without what is said
 * for tracing, which vectors leave out everywhere; and without the length of its body, which not every client tells where there is none.
 * @param body as it was recorded, a character for each byte
 */
export function questionIn(body = ''): string {
  const [message] = unframed(Buffer.from(body, 'latin1'), true) ?? []
  if (!(message instanceof Uint8Array)) return body
  const { principal, http } = decodeCheckRequest(message)
  if (!http) return JSON.stringify({ principal })
  const { headers, ...check } = http
  const { 'x-request-id': _, 'content-length': __, 'x-envoy-decorator-operation': ___, ...told } = headers
  const sorted = Object.entries(told).sort(([one], [other]) => (one < other ? -1 : 1))
  return JSON.stringify({ principal, ...check, headers: sorted.map(([name, value]) => [name, value.replace(/Hash=[^;]*/, 'Hash=')]) })
}
