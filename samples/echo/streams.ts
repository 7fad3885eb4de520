import { checkPath, encodeCheckResponse } from '../../mesh-core/ir/authorization-check.ts'
import type { CheckResponse } from '../../mesh-core/ir/authorization-check.ts'
import { Headers } from '../../mesh-core/ir/message.ts'
import type { HttpRequest, HttpResponse, StreamMessage } from '../../mesh-core/ir/message.ts'

/** What an echo service says to those that open a stream, and to a proxy that asks it over gRPC: whoever asks is let in. `null` for other requests. @param name goes before each text */
export function answerStream(request: HttpRequest, name: string): HttpResponse | null {
  if (request.headers.get('upgrade')?.toLowerCase() === 'websocket') return openWebSocket(name)
  if (isCheck(request)) return answerCheck({ kind: 'ok', headers: [], headersToRemove: [], responseHeaders: [] })
  return isGrpc(request) ? answerGrpc(request, name) : null
}

/** Is it a call of gRPC, which is spoken over HTTP/2 alone? */
export function isGrpc({ protocol, headers }: HttpRequest): boolean {
  return protocol === 'h2' && (headers.get('content-type')?.startsWith('application/grpc') ?? false)
}

/** Does Envoy ask whether a request may come in? */
export function isCheck(request: HttpRequest): boolean {
  return request.path === checkPath && isGrpc(request)
}

export function answerCheck(response: CheckResponse): HttpResponse {
  const headers = new Headers(['content-type', 'application/grpc'])
  return { status: 200, headers, body: '', messages: [encodeCheckResponse(response)], trailers: new Headers(['grpc-status', '0']) }
}

/** How a gRPC server ends a call that it does not answer: with a status in place of all else. */
export function endGrpc(status: number): HttpResponse {
  return { status: 200, headers: new Headers(['content-type', 'application/grpc', 'grpc-status', String(status)]), body: '' }
}

function openWebSocket(name: string): HttpResponse {
  const converse = (messages: readonly StreamMessage[]): StreamMessage[] => messages.map((message) => echoed(message, name))
  return { status: 101, headers: new Headers(['connection', 'Upgrade', 'upgrade', 'websocket']), body: '', converse }
}

/** As many as `Repeat` answers to a message. */
const repetitions = 3

function answerGrpc(request: HttpRequest, name: string): HttpResponse {
  const { messages = [] } = request
  const headers = new Headers(['content-type', 'application/grpc'])
  return { status: 200, headers, body: '', messages: answersOf(methodOf(request), messages, name), trailers: new Headers(['grpc-status', '0']) }
}

/** `Repeat` streams from the server, `Join` from the client; every other method answers each message by one. */
function answersOf(method: string, messages: readonly StreamMessage[], name: string): StreamMessage[] {
  switch (method) {
    case 'Repeat':
      return messages.flatMap((message) => Array<StreamMessage>(repetitions).fill(echoed(message, name)))
    case 'Join':
      return [echoed(messages.map(String).join(' '), name)]
    default:
      return messages.map((message) => echoed(message, name))
  }
}

/** `Say` of `/shop.Echo/Say`. */
function methodOf({ path }: HttpRequest): string {
  return path.slice(path.lastIndexOf('/') + 1)
}

function echoed(message: StreamMessage, name: string): StreamMessage {
  return typeof message === 'string' ? `${name} ${message}` : message
}
