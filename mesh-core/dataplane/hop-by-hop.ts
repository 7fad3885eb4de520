import type { Headers } from '../ir/message.ts'

/** They concern one connection alone and are not passed on (RFC 9110, 7.6.1). `te: trailers` passes, as Envoy lets it. */
const hopByHop = new Set(['connection', 'keep-alive', 'proxy-connection', 'transfer-encoding', 'upgrade'])

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
    if (name === 'connection' && fields[i + 1]!.toLowerCase() === 'close') closes = true
    fields.splice(i, 2)
  }
  return closes
}
