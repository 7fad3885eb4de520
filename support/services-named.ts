import type { Resource } from '../mesh-core/config/resource.ts'
import { echoService } from './echo-services.ts'
import type { EchoService } from './targets/target.ts'

/** Where echo services listen, and clients call, when nobody says otherwise. */
const unnamedPort = 80

/** What of VirtualServices and DestinationRules names hosts; their schemas have passed when they are read. */
interface RuleSpec {
  readonly hosts?: readonly string[]
  readonly gateways?: readonly string[]
  readonly host?: string
  readonly http?: readonly HttpRule[]
  readonly subsets?: readonly { readonly name: string; readonly labels?: Readonly<Record<string, string>> }[]
}

interface HttpRule {
  readonly route?: readonly { readonly destination: Destination }[]
  readonly mirror?: Destination
  readonly mirrors?: readonly { readonly destination: Destination }[]
}

interface Destination {
  readonly host: string
  readonly port?: { readonly number?: number }
}

interface Named {
  readonly host: string
  readonly namespace: string
  /** That a destination asks for: 80 where it names none, since the client's own port counts then; `null` for what is no destination. */
  readonly port: number | null
  readonly labels: Readonly<Record<string, string>> | null
}

/**
 * An echo service for each host of the cluster that the config names and does not define itself, with a version for each subset. Names with
 * dots that are no Kubernetes names belong to the world outside, and get none.
 */
export function servicesNamedBy(resources: readonly Resource[]): EchoService[] {
  const defined = new Set(resources.filter(({ kind }) => kind === 'Service').map(({ name, namespace }) => `${name}.${namespace}`))
  const services = new Map<string, EchoService>()
  for (const named of resources.flatMap(namesIn)) {
    const service = serviceOf(named)
    if (service === null || defined.has(keyOf(service))) continue
    services.set(keyOf(service), merge(services.get(keyOf(service)), service, named))
  }
  return [...services.values()].map(completed)
}

function completed(service: EchoService): EchoService {
  const [port = unnamedPort, ...ports] = service.ports ?? []
  return {
    ...withoutPorts(service),
    port,
    ...(ports.length > 0 ? { ports } : {}),
    versions: service.versions.length === 0 ? ['v1'] : service.versions,
  }
}

function withoutPorts({ ports: _, ...service }: EchoService): EchoService {
  return service
}

function namesIn(resource: Resource): Named[] {
  const spec = (resource.object['spec'] ?? {}) as RuleSpec
  const { namespace } = resource
  const at = (host: string, port: number | null = null, labels: Named['labels'] = null): Named => ({ host, namespace, port, labels })
  if (resource.kind === 'DestinationRule')
    return [at(spec.host!), ...(spec.subsets ?? []).map(({ name, labels }) => at(spec.host!, null, labels ?? { version: name }))]
  if (resource.kind !== 'VirtualService') return []
  const isForMesh = spec.gateways === undefined || spec.gateways.includes('mesh')
  const hosts = isForMesh ? (spec.hosts ?? []) : []
  const destinations = (spec.http ?? []).flatMap(({ route = [], mirror, mirrors = [] }) => [
    ...[...route, ...mirrors].map(({ destination }) => destination),
    ...(mirror ? [mirror] : []),
  ])
  return [...hosts.map((host) => at(host)), ...destinations.map(({ host, port }) => at(host, port?.number ?? unnamedPort))]
}

/** `null` for a host that is none of the cluster's. */
function serviceOf({ host, namespace }: Named): EchoService | null {
  if (host.includes('*')) return null
  const [name = '', own, ...rest] = host.split('.')
  if (own === undefined) return { ...echoService(namespace), name, versions: [] }
  return rest.join('.') === 'svc.cluster.local' ? { ...echoService(own), name, versions: [] } : null
}

function keyOf({ name, namespace }: EchoService): string {
  return `${name}.${namespace}`
}

function merge(known: EchoService | undefined, fresh: EchoService, { port, labels }: Named): EchoService {
  const before = known ?? { ...fresh, ports: [] }
  const service = port === null || before.ports?.includes(port) ? before : { ...before, ports: [...(before.ports ?? []), port] }
  if (labels === null) return service
  // A subset of other labels than `version` still needs a pod of its own: it gets the labels' values as its version.
  const version = labels['version'] ?? Object.values(labels).join('-')
  return { ...service, versions: [...new Set([...service.versions, version])], labels: { ...service.labels, [version]: labels } }
}
