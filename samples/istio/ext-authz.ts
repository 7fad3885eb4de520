import type { Program } from '../../mesh-core/ir/program.ts'
import type { HttpRequest } from '../../mesh-core/ir/message.ts'
import { answerText } from '../answer.ts'

const asked = 'x-ext-authz'

/**
 * The authorizer of Istio's samples, over HTTP: it lets in what says `x-ext-authz: allow`. Source: Istio `samples/extauthz`.
 */
export function createExtAuthz(): Program {
  return (request) => {
    const isAllowed = request.headers.get(asked) === 'allow'
    const answer = isAllowed ? answerText(200, '') : answerText(403, `denied by ext_authz for not found header \`${asked}: allow\` in the request`)
    answer.headers.set(`${asked}-check-result`, isAllowed ? 'allowed' : 'denied')
    answer.headers.set(`${asked}-check-received`, received(request))
    return answer
  }
}

function received({ method, authority, path }: HttpRequest): string {
  return `${method} ${authority}${path}`
}
