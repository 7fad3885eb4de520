import { decodeCheckRequest } from '../../mesh-core/ir/authorization-check.ts'

/** Length of what stands before a message of gRPC. */
const prefix = 5

/**
 * What an authorizer was asked over gRPC, without what is drawn anew for each request: its id, and the hash of the client's certificate; and without the
 * length of its body, which not every client tells where there is none.
 * @param body as it was recorded, a character for each byte
 */
export function questionIn(body = ''): string {
  const { headers, ...check } = decodeCheckRequest(Buffer.from(body, 'latin1').subarray(prefix))
  const { 'x-request-id': _, 'content-length': __, ...told } = headers
  const sorted = Object.entries(told).sort(([one], [other]) => (one < other ? -1 : 1))
  return JSON.stringify({ ...check, headers: sorted.map(([name, value]) => [name, value.replace(/Hash=[^;]*/, 'Hash=')]) })
}
