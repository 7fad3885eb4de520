import { hostsOverlap } from '../config/istio/names.ts'
import type { Resource } from '../config/resource.ts'
import { suggestion } from '../config/schema/suggest.ts'
import type { Fields, Inventory } from './inventory.ts'
import { annotationsOf, kinds, listOf, specOf, textsOf } from './inventory.ts'

/** A name without a dot is one of the namespace; a wildcard stays as it is. Source: Istio `analyzers/util/hosts.go` ConvertHostToFQDN. */
export function fqdnOf(host: string, namespace: string): string {
  return host.startsWith('*') || host.includes('.') ? host : `${host}.${namespace}.svc.cluster.local`
}

/** Namespaces that may see a resource: `*` for all. */
export function scopesOf(exportTo: readonly string[], namespace: string): readonly string[] {
  if (exportTo.length === 0 || exportTo.includes('*')) return ['*']
  return [...new Set(exportTo.map((entry) => (entry === '.' ? namespace : entry)))]
}

/** A host that can be a destination, with what an analysis wants to know of it. */
export interface KnownHost {
  readonly host: string
  readonly ports: readonly number[]
  /** Of the pods behind it; empty for a ServiceEntry without a selector. */
  readonly selector: Readonly<Record<string, string>>
}

/** Hosts of Services and ServiceEntries, as a namespace sees them. Source: Istio `analyzers/util/service_lookup.go`. */
export class KnownHosts {
  readonly #mesh: Inventory
  readonly #byScope = new Map<string, KnownHost>()
  readonly #serviceNames = new Set<string>()
  readonly #wild: { readonly scope: string; readonly known: KnownHost }[] = []

  constructor(mesh: Inventory) {
    this.#mesh = mesh
    for (const entry of mesh.all(kinds.serviceEntry)) this.#addEntry(entry)
    for (const service of mesh.everywhere(kinds.service)) this.#addService(service)
  }

  /** What a rule of `namespace` with this `exportTo` means by `host`. */
  find(host: string, namespace: string, exportTo: readonly string[]): KnownHost | undefined {
    const fqdn = fqdnOf(host, namespace)
    const scopes = ['*', ...(exportTo.length === 0 ? [namespace] : exportTo.map((entry) => (entry === '.' ? namespace : entry)))]
    for (const scope of scopes) {
      const exact = this.#byScope.get(`${scope}/${fqdn}`)
      if (exact) return exact
    }
    const bare = host.replace(/^\*/, '')
    return this.#wild.find(({ scope, known }) => (scope === '*' || scope === namespace) && bare.endsWith(known.host.slice(1)))?.known
  }

  /** Would the host be known, if it was there? Where the mesh is not whole: if another of its namespace is known, or one of the same name elsewhere. */
  wouldKnow(host: string, namespace: string): boolean {
    if (this.#mesh.isWhole) return true
    const [name = '', owner = '', kind] = fqdnOf(host, namespace).split('.')
    if (kind !== 'svc') return this.#mesh.knows(kinds.service)
    return this.#mesh.knows(kinds.service, owner) || this.#serviceNames.has(name)
  }

  hintFor(host: string, namespace: string): string | null {
    const known = this.#mesh.everywhere(kinds.service).map((service) => fqdnOf(service.name, service.namespace))
    // The mistake that is made most: a short name with its namespace.
    const meant = `${host}.svc.cluster.local`
    if (known.includes(meant)) return `write ${meant}: a name with a dot is taken as it is written`
    const fqdn = fqdnOf(host, namespace)
    const [first = ''] = fqdn.split('.')
    const elsewhere = known.filter((name) => name.startsWith(`${first}.`))
    if (elsewhere.length > 0) return suggestion(fqdn, elsewhere)
    return suggestion(fqdn, known.filter((name) => name.startsWith(first) || name.endsWith(fqdn.slice(first.length))).slice(0, 20))
  }

  #addEntry(entry: Resource): void {
    const spec = specOf(entry)
    const ports = listOf(spec.ports).map(({ number }) => Number(number))
    const selector = spec.workloadSelector?.labels ?? {}
    for (const host of textsOf(spec.hosts))
      for (const scope of scopesOf(textsOf(spec.exportTo), entry.namespace)) this.#put(scope, entry.namespace, { host, ports, selector })
  }

  #addService(service: Resource): void {
    this.#serviceNames.add(service.name)
    const exportTo = annotationsOf(service)['networking.istio.io/exportTo']
    const ports = listOf(specOf(service).ports).map(({ port }) => Number(port))
    // As istioctl has it: a subset of a Service is looked for among all pods.
    const scopes = scopesOf(exportTo ? exportTo.split(',') : [], service.namespace)
    for (const scope of scopes) this.#put(scope, service.namespace, { host: service.name, ports, selector: {} })
  }

  #put(scope: string, namespace: string, known: KnownHost): void {
    const fqdn = fqdnOf(known.host, namespace)
    this.#byScope.set(`${scope}/${fqdn}`, known)
    if (fqdn.startsWith('*')) this.#wild.push({ scope, known })
  }
}

/** Hosts of an Istio Gateway's servers that VirtualServices of `namespace` may be bound to, without their namespaces. Source: Istio host.NamesForNamespace. */
export function gatewayHostsFor(gateway: Resource, namespace: string): readonly string[] {
  return listOf(specOf(gateway).servers)
    .flatMap(({ hosts }) => textsOf(hosts))
    .flatMap((entry) => {
      const slash = entry.indexOf('/')
      if (slash < 0) return [entry]
      const owner = entry.slice(0, slash)
      return owner === '*' || owner === namespace || (owner === '.' && gateway.namespace === namespace) ? [entry.slice(slash + 1)] : []
    })
}

export function anyOverlaps(some: readonly string[], others: readonly string[]): boolean {
  return some.some((one) => others.some((other) => hostsOverlap(one, other)))
}

/** `gw`, `ns/gw`; `./gw` is not read as the own namespace. Source: Istio resource.NewShortOrFullName. */
export function gatewayRef(name: string, namespace: string): { readonly namespace: string; readonly name: string } {
  const slash = name.indexOf('/')
  return slash < 0 ? { namespace, name } : { namespace: name.slice(0, slash), name: name.slice(slash + 1) }
}

/** A destination that a VirtualService names, with the path of it. */
export interface NamedDestination {
  readonly destination: Fields
  readonly path: readonly (string | number)[]
  readonly mirror: boolean
}

/** Source: Istio `analyzers/virtualservice/util.go`. */
export function destinationsOf(rule: Resource): readonly NamedDestination[] {
  const spec = specOf(rule)
  const found: NamedDestination[] = []
  const add = (destination: unknown, path: NamedDestination['path'], mirror: boolean): void => {
    if (destination && typeof destination === 'object') found.push({ destination, path, mirror })
  }
  for (const protocol of ['tcp', 'tls', 'http'])
    for (const [i, route] of listOf(spec[protocol]).entries()) {
      for (const [j, entry] of listOf(route.route).entries()) add(entry.destination, ['spec', protocol, i, 'route', j, 'destination'], false)
      if (protocol !== 'http') continue
      add(route.mirror, ['spec', 'http', i, 'mirror'], true)
      for (const [j, entry] of listOf(route.mirrors).entries()) add(entry.destination, ['spec', 'http', i, 'mirrors', j, 'destination'], true)
    }
  return found
}
