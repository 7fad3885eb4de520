import type { HttpRequest } from '../../../ir/message.ts'

/** Host is a header like others to who writes claims: without a token that is taken, nothing is left of it. Source: Envoy `HeaderMapImpl`, whose `host` is `:authority`. */
export function removeHeader(request: HttpRequest, name: string): void {
  if (name !== 'host') return request.headers.remove(name)
  request.authority = ''
  request.withoutHost = true
}

export function appendHeader(request: HttpRequest, name: string, value: string): void {
  if (name !== 'host') return request.headers.append(name, value)
  request.authority = request.withoutHost ? value : `${request.authority},${value}`
  delete request.withoutHost
}
