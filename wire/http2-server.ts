import { constants, performServerHandshake } from 'node:http2'
import type { IncomingHttpHeaders, ServerHttp2Stream } from 'node:http2'
import type { HttpRequest, HttpResponse } from '../mesh-core/ir/message.ts'
import { CallError } from '../mesh-core/ir/program.ts'
import { bytesOfContent, fieldsOf, fieldsOfResponse, requestOfStream } from './http2.ts'
import type { Served } from './served.ts'

/** Answers the streams of one connection, of which nothing was read that was not put back. */
export function serveHttp2(connection: Served): void {
  const { socket } = connection
  const session = performServerHandshake(socket)
  session.on('error', () => socket.destroy())
  session.on('stream', (stream: ServerHttp2Stream, headers: IncomingHttpHeaders, _flags: number, raw: string[]) => {
    stream.on('error', () => {})
    void respondTo(stream, headers, raw, connection)
  })
}

async function respondTo(stream: ServerHttp2Stream, headers: IncomingHttpHeaders, raw: readonly string[], { answer, tunnel }: Served): Promise<void> {
  const chunks: Buffer[] = []
  const opens = headers[constants.HTTP2_HEADER_METHOD] === 'CONNECT'
  try {
    if (!opens) for await (const chunk of stream) chunks.push(chunk as Buffer)
    const request = requestOfStream(headers, raw, Buffer.concat(chunks))
    const response = await answer(request)
    if (stream.destroyed) return
    if (opens && response.status >= 200 && response.status < 300) {
      stream.respond({ ':status': response.status, ...fieldsOf(response.headers) })
      // As with a connection, whose other half ends by itself.
      stream.once('end', () => stream.end())
      return tunnel(Buffer.alloc(0), stream)
    }
    respond(stream, request, response)
  } catch (error) {
    if (error instanceof CallError && error.reason !== 'reset') return stream.session?.destroy()
    if (error instanceof CallError) return stream.close(constants.NGHTTP2_CANCEL)
    process.stderr.write(`${error instanceof Error ? (error.stack ?? error.message) : String(error)}\n`)
    stream.close(constants.NGHTTP2_INTERNAL_ERROR)
  }
}

function respond(stream: ServerHttp2Stream, { method }: HttpRequest, response: HttpResponse): void {
  const { trailers } = response
  const content = method === 'HEAD' ? Buffer.alloc(0) : bytesOfContent(response)
  // What has nothing to follow ends with its headers, as gRPC servers end a call that they do not answer.
  const isOver = content.length === 0 && !trailers
  if (trailers) stream.once('wantTrailers', () => stream.sendTrailers(fieldsOf(trailers)))
  stream.respond(fieldsOfResponse(response), { endStream: isOver, waitForTrailers: trailers !== undefined })
  if (!isOver) stream.end(content)
}
