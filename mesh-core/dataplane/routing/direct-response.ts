import type { HttpRequest } from '../../ir/message.ts'
import type { DirectResponseAction } from '../../ir/route.ts'
import type { LocalReply } from '../replies/local-reply.ts'
import { locationOfItself } from './redirect.ts'

/** One whose status tells a place says that it is the request's own. Source: Envoy `Router::Filter::decodeHeaders`, `DirectResponseEntry::newUri`. */
export function directResponse({ status, body }: DirectResponseAction, request: HttpRequest): LocalReply {
  const tellsPlace = status === 201 || (status >= 300 && status < 400)
  return { status, body: body ?? '', headers: tellsPlace ? ['location', locationOfItself(request)] : [] }
}
