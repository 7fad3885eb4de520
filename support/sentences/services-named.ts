import type { Resource } from '../../mesh-core/config/resource.ts'
import { echoService } from '../config/echo-services.ts'
import type { EchoService } from '../targets/target.ts'

/** Where echo services listen, and clients call, when nobody says otherwise. */
const unnamedPort = 80

/** What names hosts in a config; its schema has passed when it is read. */
interface NamingSpec {
  readonly hosts?: readonly string[]
  readonly gateways?: readonly string[]
  readonly host?: string
  readonly http?: readonly HttpRule[]
  readonly tcp?: readonly Routed[]
  readonly tls?: readonly Routed[]
  readonly subsets?: readonly { readonly name: string; readonly labels?: Readonly<Record<string, string>> }[]
}

interface Routed {
  readonly route?: readonly { readonly destination: Destination }[]
}

interface HttpRule extends Routed {
  readonly mirror?: Destination
  readonly mirrors?: readonly { readonly destination: Destination }[]
}

interface Destination {
  readonly host: string
  readonly subset?: string
  readonly port?: { readonly number?: number }
}

/** A Gateway API route. */
interface RouteSpec {
  readonly parentRefs?: readonly ObjectReference[]
  readonly rules?: readonly {
    readonly backendRefs?: readonly ObjectReference[]
    readonly filters?: readonly { readonly requestMirror?: { readonly backendRef: ObjectReference } }[]
  }[]
}

interface ObjectReference {
  readonly group?: string
  readonly kind?: string
  readonly name: string
  readonly namespace?: string
  readonly port?: number
}

/** Of either version: `networking.k8s.io/v1` has a `service`, `extensions/v1beta1` two fields. */
interface IngressBackend {
  readonly service?: { readonly name: string; readonly port?: { readonly number?: number } }
  readonly serviceName?: string
  readonly servicePort?: number | string
}

interface IngressSpec {
  readonly defaultBackend?: IngressBackend
  readonly backend?: IngressBackend
  readonly rules?: readonly { readonly http?: { readonly paths?: readonly { readonly backend?: IngressBackend }[] } }[]
}

interface Named {
  readonly host: string
  readonly namespace: string
  /** That a destination asks for: 80 where it names none, since the client's own port counts then; `null` for what is no destination. */
  readonly port?: number | null
  /** What the rule that names it speaks; `null` where that says nothing. */
  readonly protocol?: string | null
  readonly labels?: Readonly<Record<string, string>> | null
  /** Of a destination; a DestinationRule tells its labels. */
  readonly subset?: string | null
}

const protocolOfRoute: Readonly<Record<string, string>> = { HTTPRoute: 'http', GRPCRoute: 'grpc', TLSRoute: 'tls', TCPRoute: 'tcp', UDPRoute: 'udp' }

/**
 * An echo service for each host of the cluster that the config names and does not define itself, with a version for each subset. Names with
 * dots that are no Kubernetes names belong to the world outside, and get none.
 */
export function servicesNamedBy(resources: readonly Resource[]): EchoService[] {
  const defined = new Set(resources.filter(({ kind }) => kind === 'Service').map(({ name, namespace }) => `${name}.${namespace}`))
  const names = resources.flatMap(namesIn)
  const ruled = new Set(
    names.filter(({ labels }) => labels).map(({ host, namespace, subset }) => `${subset} of ${keyOf(serviceOf({ host, namespace }))}`),
  )
  const services = new Map<string, EchoService>()
  for (const named of names) {
    const service = serviceOf(named)
    if (service === null || defined.has(keyOf(service))) continue
    const isRuled = ruled.has(`${named.subset} of ${keyOf(service)}`)
    const labels = named.labels ?? (named.subset && !isRuled ? { version: named.subset } : null)
    services.set(keyOf(service), merge(services.get(keyOf(service)), service, { ...named, labels }))
  }
  return [...services.values()].map(completed)
}

function completed(service: EchoService): EchoService {
  const [port = unnamedPort, ...ports] = service.ports ?? []
  return {
    ...withoutPorts(service),
    port,
    ...(ports.length > 0 ? { ports } : {}),
    protocol: service.protocol || 'http',
    versions: service.versions.length === 0 ? ['v1'] : service.versions,
  }
}

function withoutPorts({ ports: _, ...service }: EchoService): EchoService {
  return service
}

function namesIn({ kind, namespace, object }: Resource): Named[] {
  const spec = object['spec'] ?? {}
  if (kind === 'DestinationRule') return namesInDestinationRule(spec as NamingSpec, namespace)
  if (kind === 'VirtualService') return namesInVirtualService(spec as NamingSpec, namespace)
  if (kind === 'Ingress') return namesInIngress(spec as IngressSpec, namespace)
  const protocol = protocolOfRoute[kind]
  return protocol === undefined ? [] : namesInRoute(spec as RouteSpec, namespace, protocol)
}

function namesInDestinationRule({ host = '', subsets = [] }: NamingSpec, namespace: string): Named[] {
  return [{ host, namespace }, ...subsets.map(({ name, labels }) => ({ host, namespace, subset: name, labels: labels ?? { version: name } }))]
}

function namesInVirtualService({ gateways = ['mesh'], hosts = [], http = [], tcp = [], tls = [] }: NamingSpec, namespace: string): Named[] {
  const to = (protocol: string) => (destination: Destination) => ({
    host: destination.host,
    namespace,
    port: destination.port?.number ?? unnamedPort,
    protocol,
    subset: destination.subset ?? null,
  })
  const copied = http.flatMap(({ mirror, mirrors = [] }) => [...(mirror ? [mirror] : []), ...mirrors.map(({ destination }) => destination)])
  return [
    ...(gateways.includes('mesh') ? hosts : []).map((host) => ({ host, namespace })),
    ...[...destinationsOf(http), ...copied].map(to('http')),
    ...destinationsOf(tcp).map(to('tcp')),
    ...destinationsOf(tls).map(to('tls')),
  ]
}

function destinationsOf(rules: readonly Routed[]): Destination[] {
  return rules.flatMap(({ route = [] }) => route.map(({ destination }) => destination))
}

function namesInRoute({ parentRefs = [], rules = [] }: RouteSpec, namespace: string, protocol: string): Named[] {
  const copied = rules.flatMap(({ filters = [] }) => filters.flatMap(({ requestMirror }) => (requestMirror ? [requestMirror.backendRef] : [])))
  return [...parentRefs.filter(({ kind }) => kind === 'Service'), ...rules.flatMap(({ backendRefs = [] }) => backendRefs), ...copied]
    .filter(({ kind = 'Service', group = '' }) => kind === 'Service' && (group === '' || group === 'core'))
    .map((ref) => ({ host: ref.name, namespace: ref.namespace ?? namespace, port: ref.port ?? null, protocol }))
}

function namesInIngress({ defaultBackend, backend, rules = [] }: IngressSpec, namespace: string): Named[] {
  const backends = [defaultBackend, backend, ...rules.flatMap(({ http }) => (http?.paths ?? []).map((path) => path.backend))]
  return backends.flatMap((each) => {
    const host = each?.service?.name ?? each?.serviceName
    const port = each?.service?.port?.number ?? Number(each?.servicePort)
    return host === undefined ? [] : [{ host, namespace, port: Number.isInteger(port) ? port : null, protocol: 'http' }]
  })
}

/** `null` for a host that is none of the cluster's. */
function serviceOf({ host, namespace }: Named): EchoService | null {
  if (host.includes('*')) return null
  const [name = '', own, ...rest] = host.split('.')
  if (own === undefined) return { ...echoService(namespace), name, versions: [] }
  return rest.join('.') === 'svc.cluster.local' ? { ...echoService(own), name, versions: [] } : null
}

function keyOf(service: EchoService | null): string {
  return service === null ? '' : `${service.name}.${service.namespace}`
}

function merge(known: EchoService | undefined, fresh: EchoService, { port = null, labels = null, protocol = null }: Named): EchoService {
  const unsaid = known ?? { ...fresh, protocol: '', ports: [] }
  const before = unsaid.protocol === '' && protocol !== null ? { ...unsaid, protocol } : unsaid
  const service = port === null || before.ports?.includes(port) ? before : { ...before, ports: [...(before.ports ?? []), port] }
  if (labels === null) return service
  // A subset of other labels than `version` still needs a pod of its own: it gets the labels' values as its version.
  const version = labels['version'] ?? Object.values(labels).join('-')
  return { ...service, versions: [...new Set([...service.versions, version])], labels: { ...service.labels, [version]: labels } }
}
