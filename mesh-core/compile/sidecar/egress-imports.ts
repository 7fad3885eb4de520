import type { Service } from '../../registry/registry.ts'
import { byAge } from '../../registry/services.ts'
import { serviceIndex } from './service-index.ts'
import { isSubsetOf, isWildcard, overlaps } from '../names.ts'
import type { EgressSpec, ImportedHost } from './sidecar-resource.ts'
import type { VirtualService } from '../rules/virtual-service.ts'

/** What a sidecar knows, through one of its `egress` entries. */
export interface EgressListener extends EgressSpec {
  readonly services: readonly Service[]
  /** Other names of services: rules may be for them, nothing else is. */
  readonly aliases: readonly Service[]
  readonly virtualServices: readonly VirtualService[]
}

/** What an `egress` entry brings along, of what its sidecar may know. @param every also what it may not. Source: Istio `pilot/pkg/model/sidecar.go` convertIstioListenerToWrapper. */
export function egressListener(
  spec: EgressSpec,
  namespace: string,
  { services, aliases, every }: Pick<EgressListener, 'services' | 'aliases'> & { readonly every: readonly Service[] },
  rules: readonly VirtualService[],
): EgressListener {
  const inNamespace = (entry: ImportedHost): ImportedHost => (entry.namespace === '.' ? { ...entry, namespace } : entry)
  const [hosts, excluded] = [spec.hosts.map(inNamespace), spec.excluded.map(inNamespace)]
  const all = excluded.length === 0 && hosts.some((entry) => entry.namespace === '*' && entry.host === '*')
  const imported = (from: readonly Service[]) => {
    const some = all ? [...from] : from.filter((service) => importsService(hosts, service) && !excludes(excluded, service))
    return some.flatMap((service) => ofListened(service, spec) ?? [])
  }
  const known = hosts.every(isOneService) ? firstOfEach(services, every) : services
  return {
    ...spec,
    services: ofOneNamespaceEach(imported(known), namespace).map((service) => (all ? service : withImportedAliases(service, hosts))),
    aliases: aliases.length === 0 ? aliases : imported(aliases),
    virtualServices: all ? rules : rules.filter((vs) => importsRule({ hosts, excluded }, vs)),
  }
}

function isOneService({ namespace, host }: ImportedHost): boolean {
  return namespace !== '*' && !isWildcard(host)
}

/**
 * Where every import names one service, of several entries of one host and namespace the first is taken and nothing of the others, in order of age.
 * Source: the same file, servicesForExactHosts.
 */
function firstOfEach(visible: readonly Service[], all: readonly Service[]): Service[] {
  const index = serviceIndex(all)
  const isFirst = ({ host, namespace, origin }: Service): boolean => index.get(host)!.get(namespace)!.origin === origin
  return visible.filter(isFirst).sort(byAge)
}

/** Source: the same file, hostClassification.Excluded. */
function excludes(excluded: readonly ImportedHost[], { namespace, host }: Pick<Service, 'namespace' | 'host'>): boolean {
  return excluded.some((entry) => (entry.namespace === namespace || entry.namespace === '*') && isSubsetOf(host, entry.host))
}

/** Source: the same file, hostClassification.Matches. */
function importsService(hosts: readonly ImportedHost[], { host, namespace }: Service): boolean {
  const from = hosts.filter((entry) => entry.namespace === namespace || entry.namespace === '*')
  return from.some((entry) => (isWildcard(entry.host) ? isSubsetOf(host, entry.host) : host === entry.host))
}

/** Source: the same file, matchingAliasService. */
function withImportedAliases(service: Service, hosts: readonly ImportedHost[]): Service {
  if (service.aliases.length === 0) return service
  return { ...service, aliases: service.aliases.filter((host) => importsService(hosts, { ...service, host })) }
}

/**
 * A rule comes along when any of its hosts overlaps with what is imported; that of a route has to be within. Source: the same file, VSMatches; `virtualservice.go`
 * SelectVirtualServices.
 */
function importsRule({ hosts, excluded }: Pick<EgressSpec, 'hosts' | 'excluded'>, vs: VirtualService): boolean {
  const from = hosts.filter((entry) => entry.namespace === vs.namespace || entry.namespace === '*')
  const matches = vs.semantics === 'gateway-api' ? isSubsetOf : overlaps
  const wanted = vs.hosts.filter((host) => !excludes(excluded, { namespace: vs.namespace, host }))
  return from.some((entry) => wanted.some((host) => matches(host, entry.host)))
}

/** What of a service an entry is about; of several ports of a number the first. @returns `null`: it has no such port. Source: the same file, serviceMatchingListenerPort. */
export function ofListened(service: Service, { port, isProxy }: Pick<EgressSpec, 'port' | 'isProxy'>): Service | null {
  return port === null || isProxy ? service : ofPort(service, port.number)
}

function ofPort(service: Service, number: number): Service | null {
  const port = service.ports.find((one) => one.number === number)
  if (!port) return null
  return service.ports.length === 1 ? service : { ...service, ports: [port] }
}

/**
 * Several services of one host come from one namespace only: the proxy's own, else that of a Kubernetes service, else the first one's.
 * Source: the same file, selectServices.
 */
function ofOneNamespaceEach(services: readonly Service[], own: string): Service[] {
  const chosen = new Map<string, Service>()
  for (const service of services) {
    const known = chosen.get(service.host)
    const better = known?.provider !== 'Kubernetes' && service.provider === 'Kubernetes' && known?.namespace !== own
    if (!known || service.namespace === own || better) chosen.set(service.host, service)
  }
  return services.filter((service) => chosen.get(service.host)!.namespace === service.namespace)
}
