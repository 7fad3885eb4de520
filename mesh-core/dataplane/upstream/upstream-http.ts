import type { Cluster, UpstreamHttp } from '../../ir/cluster.ts'
import type { HttpRequest } from '../../ir/message.ts'
import { tellEmptyRequest } from '../messages/body-length.ts'

/** The version that a cluster's endpoints are spoken to in. */
export function versionTo({ http }: Cluster, { protocol }: HttpRequest): 'http1' | 'http2' {
  return http === 'http2' || (http !== 'http1' && protocol === 'h2') ? 'http2' : 'http1'
}

/** Puts a request that a proxy has parsed into the version of HTTP that it is passed on in. */
export function speak(request: HttpRequest, version: UpstreamHttp): void {
  if (version === 'http2') request.protocol = 'h2'
  else if (version === 'http1' && request.protocol !== undefined) delete request.protocol
  tellEmptyRequest(request)
}
