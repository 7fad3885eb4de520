import type { HttpRequest } from '../ir/message.ts'

export const certificateHeader = 'x-forwarded-client-cert'

/** Identities of a connection with mutual TLS: `spiffe://…`, `null` for one that does not say. */
export interface Certificates {
  /** Of the proxy that was asked. */
  readonly by: string | null
  /** Of who asked. */
  readonly uri: string | null
}

/**
 * As the receiver's sidecar tells its workload. Of the last element: that is the sender's own. Source: Envoy, `x-forwarded-client-cert`.
 * @returns `null`: without one the connection was not mutual
 */
export function certificatesIn(received: HttpRequest | null): Certificates | null {
  const text = received?.headers.get(certificateHeader)
  if (text === undefined) return null
  const last = text.slice(text.lastIndexOf(',By=') + 1)
  return { by: /(?:^|;)By=([^;,]*)/.exec(last)?.[1] ?? null, uri: /(?:^|;)URI=([^;,]*)/.exec(last)?.[1] ?? null }
}
