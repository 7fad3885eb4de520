import type { Route, VirtualHost } from '../../ir/route.ts'
import type { Service } from '../../registry/registry.ts'
import { clusterDomain } from '../../registry/services.ts'

/** Names the virtual hosts of one route table and sees to it that no domain occurs twice: the first owner keeps it. */
export class VirtualHosts {
  readonly all: VirtualHost[] = []
  readonly #names = new Set<string>()
  readonly #domains = new Set<string>()
  readonly #known: ReadonlySet<string>

  /** @param known full names of services that speak HTTP at the port: a shortened form of another name never takes one of them */
  constructor(known: ReadonlySet<string>) {
    this.#known = known
  }

  /** Source: Istio `core/httproute.go` buildVirtualHost, dedupeDomains. */
  add(host: string, port: number, domains: readonly string[], shortened: readonly string[], routes: readonly Route[]): void {
    const name = `${host.toLowerCase()}:${port}`
    if (this.#names.has(name)) return
    this.#names.add(name)
    const free = domains.map((domain) => domain.toLowerCase()).filter((domain) => this.#take(domain, shortened))
    if (free.length > 0) this.all.push({ name, domains: free, routes, requireTls: false })
  }

  #take(domain: string, shortened: readonly string[]): boolean {
    if (this.#domains.has(domain) || (shortened.includes(domain) && this.#known.has(domain))) return false
    this.#domains.add(domain)
    return true
  }
}

/**
 * The names under which a service is known to a client of a namespace: its full name, shorter ones as DNS would complete them, and its addresses.
 * Source: Istio `core/httproute.go` generateVirtualHostDomains.
 */
export function serviceDomains(service: Service, clientNamespace: string): { domains: string[]; shortened: string[] } {
  const hosts = [service.host, ...service.aliases]
  const shortened = hosts.flatMap((host) => shortNames(host, clientNamespace))
  const names = hosts.flatMap((host) => [host, ...(host.startsWith('*') ? [] : [`${host}.`]), ...shortNames(host, clientNamespace)])
  const pods = service.headless ? names.map((name) => `*.${name}`) : []
  return { domains: [...names, ...pods, ...(service.address === '' ? [] : [service.address])], shortened }
}

/** Source: the same file, GenerateAltVirtualHosts. */
export function shortNames(host: string, clientNamespace: string): string[] {
  const suffix = `.svc.${clusterDomain}`
  if (!host.endsWith(suffix)) return []
  const qualified = host.slice(0, -suffix.length)
  const dot = qualified.indexOf('.')
  if (dot < 0 || qualified.indexOf('.', dot + 1) >= 0) return []
  const sameNamespace = qualified.slice(dot + 1) === clientNamespace
  return [...(sameNamespace ? [qualified.slice(0, dot)] : []), `${qualified}.svc`, qualified]
}
