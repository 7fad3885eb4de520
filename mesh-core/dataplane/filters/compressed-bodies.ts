import type { Encoding } from '../../ir/inserted-filter.ts'
import type { HttpResponse } from '../../ir/message.ts'

const encodings = new WeakMap<HttpResponse, Encoding>()

/** That a body was compressed on the way, which stays readable here. */
export function markCompressed(response: HttpResponse, encoding: Encoding): void {
  encodings.set(response, encoding)
}

/** A proxy passes an answer on as it has come. */
export function keepCompressed(from: HttpResponse, to: HttpResponse): void {
  const encoding = encodings.get(from)
  if (encoding !== undefined) encodings.set(to, encoding)
}

/** What reads the body as one that is compressed so finds; what is not comes to nothing. */
export function uncompressedBody(response: HttpResponse, encoding: Encoding): string {
  const isSo = encodings.get(response) === encoding
  encodings.delete(response)
  return isSo ? response.body : ''
}
