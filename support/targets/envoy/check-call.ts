import { checkPath, decodeCheckRequest, encodeCheckRequest } from '../../../mesh-core/ir/authorization-check.ts'
import type { HttpRequest } from '../../../mesh-core/ir/message.ts'
import { callHeader } from './xds/access-log.ts'

/** The call that a question over gRPC is about stands among the headers that the authorizer is told of; it is taken out of them. */
export function takeCallOfCheck(request: HttpRequest): string | undefined {
  const [question] = request.messages ?? []
  if (request.path !== checkPath || !(question instanceof Uint8Array)) return undefined
  const { headers, ...check } = decodeCheckRequest(question)
  const { [callHeader]: call, ...others } = headers
  request.messages = [encodeCheckRequest({ ...check, headers: others })]
  return call
}
