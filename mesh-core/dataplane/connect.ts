import type { HttpRequest } from '../ir/message.ts'
import type { Dialled } from './dial.ts'
import type { Place } from './evidence.ts'
import type { Done, InFlight } from './outcome.ts'
import type { Plane } from './plane.ts'
import { ProxiedRequest } from './proxied-request.ts'
import { chooseFilterChain } from './proxy-runtime.ts'
import type { ProxyRuntime } from './proxy-runtime.ts'
import { proxyTcp } from './tcp-proxy.ts'

/** A connection that reaches a proxy: to the listener and the filter chain that take it. */
export function connect(plane: Plane, place: Place, proxy: ProxyRuntime, request: HttpRequest, target: Dialled, done: Done): InFlight | null {
  const listener = proxy.listenerFor(target.address ?? '', target.port)
  if (!listener) {
    done('refused')
    return null
  }
  const serverName = request.scheme === 'https' ? target.hostname : null
  // A sidecar's listeners pass on what none of their chains is for, as they do what no listener is for.
  const rest = proxy.captureListener
  const chain = chooseFilterChain(listener, serverName, target.address) ?? (rest ? chooseFilterChain(rest, serverName, target.address) : null)
  if (!chain) {
    done('closed')
    return null
  }
  if (chain.filter.kind === 'tcp') return proxyTcp(plane, place, proxy, chain.filter, request, target, done)
  const proxied = new ProxiedRequest(
    plane,
    place,
    proxy,
    { listener, table: chain.filter.routeTable, normalization: chain.filter.pathNormalization, target },
    request,
    done,
  )
  try {
    proxied.start()
  } catch (error) {
    // Config that the data plane does not model: no answer of the mesh, and not to be taken for one.
    place.exchange.fail(error)
  }
  return proxied
}
