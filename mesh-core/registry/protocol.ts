import type { Protocol } from './registry.ts'

const byName: Readonly<Record<string, Protocol>> = {
  http: 'http',
  http_proxy: 'http',
  http2: 'http2',
  grpc: 'grpc',
  'grpc-web': 'grpc-web',
  https: 'https',
  tls: 'tls',
  tcp: 'tcp',
  udp: 'udp',
  mongo: 'mongo',
  redis: 'tcp',
  mysql: 'mysql',
}

const serverFirstPorts: ReadonlySet<number> = new Set([25, 53, 3306, 27017])

/**
 * The protocol of a service port. `appProtocol` goes before the port's name (`http-web`: what stands before the first dash), then comes the
 * transport; what says nothing is sniffed. Source: Istio `pkg/config/kube/conversion.go` ConvertProtocol.
 */
export function protocolOf(port: {
  readonly number: number
  readonly name: string
  readonly transport: string
  readonly appProtocol: string | null
}): Protocol {
  if (port.transport === 'UDP') return 'udp'
  const named = port.appProtocol ? fromAppProtocol(port.appProtocol) : byName[prefixOf(port.name)]
  if (named) return named
  // A server that speaks first cannot be sniffed: SMTP, DNS over TCP, MySQL, MongoDB (wellKnownPorts of the same file).
  return serverFirstPorts.has(port.number) ? 'tcp' : 'auto'
}

/** Of a port of Istio's own API, where the number says nothing. Source: Istio `pkg/config/protocol/instance.go` Parse. */
export function declaredProtocol(protocol: string | undefined): Protocol {
  return byName[(protocol ?? '').toLowerCase()] ?? 'auto'
}

/** `kubernetes.io/h2c`, `kubernetes.io/ws` and plain names. */
function fromAppProtocol(appProtocol: string): Protocol | undefined {
  const name = appProtocol.toLowerCase()
  if (name === 'kubernetes.io/h2c') return 'http2'
  if (name === 'kubernetes.io/ws') return 'http'
  if (name === 'kubernetes.io/wss') return 'https'
  return byName[name]
}

function prefixOf(name: string): string {
  const lower = name.toLowerCase()
  if (lower.startsWith('grpc-web')) return 'grpc-web'
  const dash = lower.indexOf('-')
  return dash < 0 ? lower : lower.slice(0, dash)
}

/** Of two ports of one number, where one takes datagrams, that which takes connections. Source: Istio `model/service.go` PortList.GetByPort. */
export function portNumbered<P extends { readonly number: number; readonly protocol: Protocol }>(ports: readonly P[], number: number): P | undefined {
  const all = ports.filter((port) => port.number === number)
  return all.find(({ protocol }) => protocol !== 'udp') ?? all[0]
}

/** HTTP of any version; a sniffed port counts too. Source: Istio `pkg/config/protocol/instance.go` IsHTTPOrSniffed. */
export function isHttpOrSniffed(protocol: Protocol): boolean {
  return isHttp(protocol) || protocol === 'auto'
}

export function isHttp(protocol: Protocol): boolean {
  return protocol === 'http' || isHttp2(protocol)
}

/** Servers that speak it take no other version. Source: the same file, IsHTTP2. */
export function isHttp2(protocol: Protocol): boolean {
  return protocol === 'http2' || protocol === 'grpc' || protocol === 'grpc-web'
}
