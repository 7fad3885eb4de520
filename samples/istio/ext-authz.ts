import { decodeCheckRequest } from '../../mesh-core/ir/authorization-check.ts'
import type { Program } from '../../mesh-core/ir/program.ts'
import type { HttpRequest, HttpResponse } from '../../mesh-core/ir/message.ts'
import { answerText } from '../answer.ts'
import { answerCheck, isCheck } from '../echo/streams.ts'

const asked = 'x-ext-authz'
const refusal = `denied by ext_authz for not found header \`${asked}: allow\` in the request`

/**
 * The authorizer of Istio's samples, over HTTP and over gRPC: it lets in what says `x-ext-authz: allow`. Source: Istio `samples/extauthz`.
 */
export function createExtAuthz(): Program {
  return (request) => (isCheck(request) ? check(request) : answer(request))
}

function answer({ method, authority, path, headers }: HttpRequest): HttpResponse {
  const isAllowed = headers.get(asked) === 'allow'
  const response = isAllowed ? answerText(200, '') : answerText(403, refusal)
  for (const [name, value] of results(isAllowed, `${method} ${authority}${path}`)) response.headers.set(name, value)
  return response
}

/** Without that header it goes by the account of who calls: its own is let in. */
function check({ messages: [question] = [] }: HttpRequest): HttpResponse {
  const { http, principal } = decodeCheckRequest(question instanceof Uint8Array ? question : new Uint8Array())
  const said = http?.headers[asked]
  const isAllowed = said === undefined ? principal.endsWith('/sa/a') : said === 'allow'
  const changes = results(isAllowed, http ? `${http.method} ${http.host}${http.path}` : '').map(([name, value]) => ({ name, value, append: false }))
  if (isAllowed) return answerCheck({ kind: 'ok', headers: changes, headersToRemove: [], responseHeaders: [] })
  return answerCheck({ kind: 'denied', status: 403, headers: changes, body: refusal })
}

function results(isAllowed: boolean, received: string): [name: string, value: string][] {
  return [
    [`${asked}-check-result`, isAllowed ? 'allowed' : 'denied'],
    [`${asked}-check-received`, received],
  ]
}
