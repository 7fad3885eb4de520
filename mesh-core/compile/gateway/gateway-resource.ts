import type { IGateway } from '@kubernetes-models/istio/networking.istio.io/v1/Gateway'
import type { Resource } from '../../config/resource.ts'
import type { Origin } from '../../ir/origin.ts'
import type { Labels } from '../../registry/labels.ts'
import { originOf } from '../origin.ts'

type Server = NonNullable<NonNullable<IGateway['spec']>['servers']>[number]

export interface ServerTls extends Omit<NonNullable<Server['tls']>, 'mode' | 'httpsRedirect'> {
  /** Istio's default is PASSTHROUGH. */
  readonly mode: NonNullable<NonNullable<Server['tls']>['mode']>
  readonly httpsRedirect: boolean
  readonly insecureSkipVerify?: boolean
  readonly ecdhCurves?: readonly string[]
}

export interface GatewayServer {
  /** As the Gateway says it: the number of the gateway's Service port, or of the pod's. */
  readonly port: number
  readonly portName: string
  /** Upper case. */
  readonly protocol: string
  /** Address that the listener is bound to; `''` for every one. */
  readonly bind: string
  /** `namespace/host`, with `*` for any namespace. As written: names of TLS servers are told apart with their case. */
  readonly hosts: readonly { readonly namespace: string; readonly host: string }[]
  readonly tls: ServerTls | null
  readonly origin: Origin
}

export interface Gateway {
  readonly name: string
  readonly namespace: string
  readonly selector: Labels
  /** Of the Gateway API: the Services whose pods it configures, instead of those that `selector` selects; `null` for Istio's own. */
  readonly services: readonly string[] | null
  readonly servers: readonly GatewayServer[]
  readonly origin: Origin
}

export function gatewayOf(resource: Resource): Gateway {
  const spec: NonNullable<IGateway['spec']> = resource.object['spec'] ?? {}
  return {
    name: resource.name,
    namespace: resource.namespace,
    selector: (spec.selector ?? {}) as Labels,
    services: null,
    servers: (spec.servers ?? []).map((server, i) => serverOf(server, resource, originOf(resource, 'spec', 'servers', i))),
    origin: resource.origin,
  }
}

function serverOf(server: Server, resource: Resource, origin: Origin): GatewayServer {
  return {
    port: server.port?.number ?? 0,
    portName: server.port?.name ?? '',
    protocol: (server.port?.protocol ?? 'HTTP').toUpperCase(),
    bind: server.bind ?? '',
    hosts: serverHosts(server.hosts ?? [], resource.namespace),
    tls: server.tls ? { ...server.tls, mode: server.tls.mode ?? 'PASSTHROUGH', httpsRedirect: server.tls.httpsRedirect ?? false } : null,
    origin,
  }
}

/** `ns/host` binds VirtualServices of that namespace alone; `.` is the Gateway's own. Source: Istio `pilot/pkg/model/gateway.go` sanitizeServerHostNamespace. */
function serverHosts(texts: readonly string[], own: string): GatewayServer['hosts'] {
  if (texts.includes('*/*')) return [{ namespace: '*', host: '*' }]
  return texts.map((text) => {
    const slash = text.indexOf('/')
    if (slash < 0) return { namespace: '*', host: text }
    const namespace = text.slice(0, slash)
    return { namespace: namespace === '.' ? own : namespace, host: text.slice(slash + 1) }
  })
}
