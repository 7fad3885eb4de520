import type { Headers } from '../../ir/message.ts'

/** They concern one connection alone and are not passed on (RFC 9110, 7.6.1). */
const hopByHop = new Set(['connection', 'keep-alive', 'proxy-connection', 'transfer-encoding', 'upgrade'])

/** What of an answer concerns one connection. That a WebSocket is open is for both ends. */
export function removeHopByHopOfAnswer(headers: Headers, status: number): void {
  if (status !== 101) removeHopByHop(headers)
}

/** What filters have written into an answer of the connection's own. Source: Envoy `ConnectionManagerUtility::mutateResponseHeaders`. */
export function removeOwnOfConnection(headers: Headers, status: number): void {
  if (status !== 101) for (const name of ['connection', 'upgrade', 'proxy-connection', 'transfer-encoding']) headers.remove(name)
}

/** @returns whether the sender asked to close the connection afterwards */
export function removeHopByHop(headers: Headers): boolean {
  const { fields } = headers
  let closes = false
  for (let i = 0; i < fields.length;) {
    const name = fields[i]!
    if (!hopByHop.has(name)) {
      i += 2
      continue
    }
    if ((name === 'connection' || name === 'proxy-connection') && closing.test(fields[i + 1]!)) closes = true
    fields.splice(i, 2)
  }
  return closes
}

const closing = /(^|,)\s*close\s*(,|$)/i

/** Names in Connection that are no headers of the connection's own. */
const options: ReadonlySet<string> = new Set(['close', 'keep-alive', 'upgrade', 'http2-settings', 'te'])

/** No client says of these that they are not passed on. */
const reserved: ReadonlySet<string> = new Set(['x-forwarded-for', 'x-forwarded-host', 'x-forwarded-proto'])

const mostNames = 10

/**
 * Takes away what a client says is for this connection alone, and of TE all but that it reads trailers.
 * @returns whether the request may go on. Source: Envoy `Http::Utility::sanitizeConnectionHeader`
 */
export function removeNamedInConnection(headers: Headers): boolean {
  const te = headers.get('te')
  if (te !== undefined && te !== 'trailers') sanitizeTe(headers, te)
  const named = headers.all('connection')
  if (named.length === 0) return true
  const names = named.flatMap((value) => value.split(',').map((name) => name.trim().toLowerCase()))
  if (names.length >= mostNames || names.some((name) => reserved.has(name))) return false
  for (const name of names) if (!options.has(name)) headers.remove(name)
  return true
}

function sanitizeTe(headers: Headers, te: string): void {
  const readsTrailers = te.split(',').some((coding) => coding.trim().toLowerCase() === 'trailers')
  if (readsTrailers) headers.set('te', 'trailers')
  else headers.remove('te')
}
