import type { UpstreamHttp } from '../ir/cluster.ts'
import type { HttpRequest } from '../ir/message.ts'

/** Puts a request that a proxy has parsed into the version of HTTP that it is passed on in. */
export function speak(request: HttpRequest, version: UpstreamHttp): void {
  if (version === 'http2') request.protocol = 'h2'
  else if (version === 'http1' && request.protocol !== undefined) delete request.protocol
}
