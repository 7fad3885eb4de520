import type { Headers, HttpRequest } from '../../ir/message.ts'

/** What a client of HTTP/1.1 asks to go on with on its connection. */
export type Upgrade =
  /** istiod has Envoy let them pass. */
  | 'websocket'
  /** HTTP/2, which Envoy does not hear of in this way: the request is a plain one. */
  | 'h2c'
  /** All else is refused. */
  | 'unknown'

/** @returns `null` for a plain request. Source: Envoy `Http::Utility::isUpgrade`; `upgrade_configs` of Istio `core/listener_builder.go`. */
export function upgradeOf(headers: Headers): Upgrade | null {
  const wanted = headers.get('upgrade')?.toLowerCase()
  if (wanted === undefined) return null
  const tokens = headers.all('connection').join(',').toLowerCase().split(',')
  if (!tokens.some((token) => token.trim() === 'upgrade')) return null
  return wanted === 'websocket' || wanted === 'h2c' ? wanted : 'unknown'
}

export const failedHandshake = 'websocket_handshake_unsuccessful'

/**
 * An answer that neither opens the WebSocket nor tells of a failure is the proxy's own, with the headers of the workload behind those that routes write.
 * Source: Envoy `UpstreamCodecFilter::CodecBridge::decodeHeaders`.
 */
export function isFailedHandshake(status: number): boolean {
  return status !== 101 && status < 400
}

/** As its headers have it, whoever wrote them. */
export function opensWebSocket({ headers }: HttpRequest): boolean {
  return upgradeOf(headers) === 'websocket'
}

/**
 * What a client says after its request goes on when the workload has opened the WebSocket: one that wants to read the request's body first waits for it. Where the
 * route has taken the upgrade out of the request, its body has no end.
 * @param isEndless the client has asked for a WebSocket
 * Source: Envoy `UpstreamRequest::acceptDataFromRouter`, `http1/codec_impl.cc` encodeHeadersBase.
 */
export function awaitsHandshake({ headers, body }: HttpRequest, isEndless: boolean): boolean {
  return upgradeOf(headers) === null ? isEndless : body !== ''
}
