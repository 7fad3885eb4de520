import { hostOfCluster } from '../../ir/cluster.ts'
import type { Authorizer } from '../../ir/access.ts'
import { checkPath, decodeCheckResponse, encodeCheckRequest } from '../../ir/authorization-check.ts'
import type { CheckRequest, CheckResponse, DeniedResponse } from '../../ir/authorization-check.ts'
import { Headers } from '../../ir/message.ts'
import type { HttpRequest, HttpResponse } from '../../ir/message.ts'
import type { AccessSubject } from '../../match/access.ts'
import { isOfConnection } from './authorizer-answer.ts'
import type { AuthorizerAnswer, QuestionSubject } from './authorizer-answer.ts'
import type { LocalReply } from '../replies/local-reply.ts'

/** A call of `Check`. @param asker address of the proxy. Source: Envoy `check_request_utils.cc` createHttpCheck; `grpc/common.cc` prepareHeaders. */
export function grpcQuestion({ cluster, body, timeoutMs }: Authorizer, { request, peer }: QuestionSubject, asker: string): HttpRequest {
  const { method, scheme, authority: host, path, protocol } = request
  const text = body ? request.body.slice(0, body.maxBytes) : ''
  const partial = body && request.body !== '' ? { 'x-envoy-auth-partial-body': String(request.body.length > body.maxBytes) } : {}
  const headers = { ':authority': host, ':method': method, ':path': path, ':scheme': scheme, ...joined(request.headers), ...partial }
  const http = { method, scheme, host, path, protocol: names[protocol ?? 'http/1.1'] ?? '', headers, body: text }
  return callOf({ cluster, timeoutMs }, { principal: peer[0] ?? '', http }, asker)
}

/** Without a limit it says so. Source: Envoy `check_request_utils.cc` createTcpCheck. */
export function questionAboutBytes(authorizer: Authorizer, { peer }: AccessSubject, asker: string): HttpRequest {
  const question = callOf(authorizer, { principal: peer[0] ?? '', http: null }, asker)
  question.headers.set('grpc-timeout', `${authorizer.timeoutMs}m`)
  return question
}

function callOf({ cluster, timeoutMs }: Pick<Authorizer, 'cluster' | 'timeoutMs'>, question: CheckRequest, asker: string): HttpRequest {
  return {
    ...{ method: 'POST', scheme: 'http', authority: hostOfCluster(cluster)!, path: checkPath, protocol: 'h2', body: '' },
    headers: Headers.of({
      ...{ te: 'trailers', ...(timeoutMs > 0 && { 'grpc-timeout': `${timeoutMs}m` }), 'content-type': 'application/grpc' },
      ...{ 'x-envoy-internal': 'true', 'x-forwarded-for': asker },
      ...(timeoutMs > 0 && { 'x-envoy-expected-rq-timeout-ms': String(timeoutMs) }),
    }),
    messages: [encodeCheckRequest(question)],
  }
}

const names: Readonly<Record<string, string>> = { 'http/1.0': 'HTTP/1.0', 'http/1.1': 'HTTP/1.1', h2: 'HTTP/2' }

/** Values of one name as one. */
function joined(headers: Headers): Record<string, string> {
  return Object.fromEntries([...new Set([...headers.entries()].map(([name]) => name))].map((name) => [name, headers.all(name).join(',')]))
}

/** A call that fails, or that is not answered by a message, decides nothing. Source: Envoy `ext_authz_grpc_impl.cc`. */
export function grpcAnswer(response: HttpResponse): AuthorizerAnswer {
  const said = messageOf(response)
  if (said === null) return { kind: 'error', reply: null }
  if (said.kind === 'ok') return { kind: 'in', headers: said.headers, headersToRemove: said.headersToRemove, back: said.responseHeaders }
  const reply = replyOf(said)
  return said.kind === 'error' ? { kind: 'error', reply } : { kind: 'out', reply: { ...reply, status: said.status || 403 } }
}

function messageOf({ status, headers, trailers, messages = [] }: HttpResponse): CheckResponse | null {
  const ended = trailers?.get('grpc-status') ?? headers.get('grpc-status')
  const [message] = messages
  if (status !== 200 || ended !== '0' || !(message instanceof Uint8Array)) return null
  try {
    return decodeCheckResponse(message)
  } catch {
    return null
  }
}

function replyOf({ status, headers, body }: DeniedResponse): LocalReply {
  return { status, body, headers: headers.filter(({ name }) => !isOfConnection(name)).flatMap(({ name, value }) => [name, value]) }
}
