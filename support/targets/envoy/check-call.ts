import { checkPath, decodeCheckRequest, encodeCheckRequest } from '../../../mesh-core/ir/authorization-check.ts'
import type { HttpRequest } from '../../../mesh-core/ir/message.ts'
import { framed, unframed } from '../../../wire/grpc-frames.ts'
import { callHeader } from './xds/access-log.ts'

/** The call that a question over gRPC is about stands among the headers that the authorizer is told of; it is taken out of them. */
export function takeCallOfCheck(request: HttpRequest): string | undefined {
  const question = request.path === checkPath ? questionIn(request) : null
  if (!question) return undefined
  const { principal, http } = decodeCheckRequest(question)
  if (!http) return undefined
  const { headers, ...check } = http
  const { [callHeader]: call, ...others } = headers
  const messages = [encodeCheckRequest({ principal, http: { ...check, headers: others } })]
  if (request.messages) request.messages = messages
  else request.body = framed(messages).toString('latin1')
  return call
}

/** Where the authorizer's port is one of HTTP/1.1, it comes as the body: a text as it may have been read. */
function questionIn({ messages, body }: HttpRequest): Uint8Array | null {
  const read = messages ?? unframed(Buffer.from(body, 'latin1'), true) ?? unframed(Buffer.from(body, 'utf8'), true)
  const [question] = read ?? []
  return question instanceof Uint8Array ? question : null
}
