import { bytesOf, Headers } from '../../ir/message.ts'
import type { HttpRequest } from '../../ir/message.ts'
import type { MeshCall } from '../model.ts'
import { tellRequestLength } from './body-length.ts'

/**
 * The request as it stands on the wire; blanks around a value do not get that far.
 * @returns beside it the authority of its URL: whom the client dials, whatever its Host says
 */
export function requestOf(call: MeshCall): { request: HttpRequest; authority: string } {
  const found = /^(https?|tcp|udp):\/\/([^/?#]*)(.*)$/i.exec(call.url)
  if (!found) throw new Error(`"${call.url}" is not a URL of http, https, tcp or udp`)
  const authority = found[2]!
  const protocol = found[1]!.toLowerCase()
  if (protocol === 'tcp' || protocol === 'udp') {
    const request = bytesOf(protocol, authority, call.body)
    return { request: call.serverFirst ? { ...request, serverFirst: true } : request, authority }
  }
  const headers = new Headers()
  let host = authority
  for (const [name, value] of Object.entries(call.headers))
    for (const one of typeof value === 'string' ? [value] : value)
      if (name.toLowerCase() === 'host') host = one
      else headers.append(name, one.trim())
  tellRequestLength(headers, call.body)
  const scheme = protocol === 'https' ? 'https' : 'http'
  const path = found[3]!.startsWith('/') ? found[3]! : `/${found[3]!}`
  const request: HttpRequest = { method: call.method, scheme, authority: host, path, headers, body: call.body }
  if (call.protocol) request.protocol = call.protocol
  if (call.messages) request.messages = call.messages
  return { request, authority }
}
