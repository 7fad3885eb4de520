import { gatewayApi } from '../../registry/managed-gateways.ts'
import type { Departs } from '../departures.ts'
import type { Listener, RouteKind } from './types.ts'

function kinds(...names: string[]): RouteKind[] {
  return names.map((kind) => ({ group: gatewayApi, kind }))
}

/** Routes that a listener of a protocol can take; none for a protocol that is not served. Source: Gateway API `ProtocolType`. */
function kindsOf({ protocol, tls }: Listener, departs: Departs): readonly RouteKind[] {
  switch (protocol) {
    case 'HTTP':
    case 'HTTPS':
      return kinds('HTTPRoute', 'GRPCRoute')
    case 'TCP':
      return kinds('TCPRoute')
    case 'UDP':
      return departs('udpIsNotServed') ? [] : kinds('UDPRoute')
    case 'TLS':
      return tls?.mode === 'Passthrough' ? kinds('TLSRoute') : kinds('TLSRoute', 'TCPRoute')
    default:
      return []
  }
}

export interface SupportedKinds {
  readonly supported: readonly RouteKind[]
  /** Kinds that the listener asks for and that cannot attach to it. */
  readonly invalid: readonly string[]
}

/** Source: Istio `pilot/pkg/config/kube/gateway/conditions.go` generateSupportedKinds. */
export function supportedKinds(listener: Listener, departs: Departs): SupportedKinds {
  const possible = kindsOf(listener, departs)
  const wanted = listener.allowedRoutes?.kinds ?? []
  if (wanted.length === 0) return { supported: possible, invalid: [] }
  const asks = (kind: RouteKind, wish: RouteKind): boolean => kind.kind === wish.kind && kind.group === (wish.group ?? gatewayApi)
  return {
    supported: possible.filter((kind) => wanted.some((wish) => asks(kind, wish))),
    invalid: wanted.filter((wish) => !possible.some((kind) => asks(kind, wish))).map(({ kind }) => kind),
  }
}
