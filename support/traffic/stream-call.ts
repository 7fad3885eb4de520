import { StatementFailed } from '../verdicts/failure.ts'
import type { Call } from '../targets/target.ts'

type Opened = Pick<Call, 'method' | 'target' | 'headers' | 'protocol'>

/**
 * A call of gRPC as it stands on the wire.
 * @param target `grpc://shop:7070/shop.Stock/Get`, `grpcs://…` under TLS, or at the gateway only a path
 * @throws StatementFailed
 */
export function grpcCall(target: string): Opened {
  const url = httpUrl(target, 'grpc')
  if (!/^[^?#]*\/[\w.]+\/\w+$/.test(url)) throw new StatementFailed(`"${target}" names no method of gRPC, such as "grpc://shop:7070/shop.Stock/Get"`)
  return { method: 'POST', target: url, headers: { 'content-type': 'application/grpc', te: 'trailers' }, protocol: 'h2' }
}

/** What asks for a WebSocket. @param target `ws://shop/chat`, `wss://…` under TLS, or at the gateway only a path. @throws StatementFailed */
export function webSocketCall(target: string): Opened {
  const headers = { connection: 'Upgrade', upgrade: 'websocket', 'sec-websocket-key': key, 'sec-websocket-version': '13' }
  return { method: 'GET', target: httpUrl(target, 'ws'), headers }
}

/** Any will do: the answer to it proves that the server understands, and is no secret. Source: RFC 6455, 1.2. */
const key = 'dGhlIHNhbXBsZSBub25jZQ=='

function httpUrl(target: string, scheme: string): string {
  if (target.startsWith('/')) return target
  const [, secure, rest] = new RegExp(`^${scheme}(s?)(://.+)$`).exec(target) ?? []
  if (rest === undefined) throw new StatementFailed(`"${target}" is no URL of ${scheme}:// or ${scheme}s://, and no path`)
  return `http${secure}${rest}`
}
