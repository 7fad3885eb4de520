import type { GrpcWebFilter } from '../../ir/inserted-filter.ts'
import type { Headers } from '../../ir/message.ts'
import { NotShown } from '../../ir/not-shown.ts'
import { encodeGrpcMessage, grpcStatusOf, isGrpcType } from '../messages/grpc.ts'
import type { Noted, PassedAnswer } from './answer-filters.ts'
import type { Ending } from './fault-filter.ts'

const binary: ReadonlySet<string> = new Set(['application/grpc-web', 'application/grpc-web+proto'])
const asText: ReadonlySet<string> = new Set(['application/grpc-web-text', 'application/grpc-web-text+proto'])

/** Makes a call of gRPC of what a browser sends. Source: Envoy `grpc_web/grpc_web_filter.cc` decodeHeaders, decodeData. */
export function fromBrowser(filter: GrpcWebFilter, { request, notes }: Noted): Ending | null {
  const { headers } = request
  const type = headers.get('content-type') ?? ''
  if (!binary.has(type) && !asText.has(type)) return null
  notes.set(filter, asText.has(headers.get('accept') ?? '') ? 'application/grpc-web-text+proto' : 'application/grpc-web+proto')
  headers.remove('content-length')
  headers.set('content-type', 'application/grpc')
  headers.set('te', 'trailers')
  if (!headers.has('grpc-accept-encoding')) headers.set('grpc-accept-encoding', 'identity')
  if (!asText.has(type) || request.body === '') return null
  if (request.body.length % 4 !== 0) return undecodable('grpc_base_64_decode_failed_bad_size')
  if (!isBase64(request.body)) return undecodable('grpc_base_64_decode_failed')
  request.body = Buffer.from(request.body, 'base64').toString()
  return null
}

function undecodable(details: string): Ending {
  return { reply: { status: 400, body: 'Bad gRPC-web request, invalid base64 data.' }, details, flag: null }
}

/** Bits that stand for nothing are 0. */
function isBase64(text: string): boolean {
  return Buffer.from(text, 'base64').toString('base64') === text
}

/** What is no answer of gRPC is made one, its body being what has gone wrong. Source: the same file, encodeHeaders, encodeData. */
export function toBrowser(filter: GrpcWebFilter, { response, hadBody, notes, subject }: PassedAnswer): void {
  const type = notes.get(filter)
  if (type === undefined) return
  const { headers, status } = response
  const isAnswered = status === 200 && isOfGrpc(headers)
  headers.remove('content-length')
  headers.set('content-type', type)
  if (response.messages ?? response.trailers) return subject().fail(streamed)
  if (!hadBody) return
  if (isAnswered) return type.includes('text') ? subject().fail(inText) : undefined
  headers.set('grpc-message', encodeGrpcMessage(response.body))
  headers.set('grpc-status', String(grpcStatusOf(status)))
  response.body = ''
}

const streamed = new NotShown('how messages of gRPC come to a browser (envoy.filters.http.grpc_web) is not modelled')
const inText = new NotShown('a body that comes to a browser as application/grpc-web-text is not modelled')

function isOfGrpc(headers: Headers): boolean {
  const type = headers.get('content-type') ?? ''
  return isGrpcType(type) || binary.has(type.split(';')[0]!.trimEnd().toLowerCase())
}
