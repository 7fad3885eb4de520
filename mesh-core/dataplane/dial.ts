import type { HttpRequest } from '../ir/message.ts'
import type { ClientTls } from '../ir/tls.ts'
import { belowService } from '../registry/pod-names.ts'
import type { Registry } from '../registry/registry.ts'
import { lookUp } from '../registry/resolver.ts'
import type { NameTable } from '../registry/resolver.ts'
import type { TlsLayer } from './tls/tls-handshake.ts'

/** Where a client's connection goes before any proxy has a say. */
export interface Dialled {
  readonly hostname: string
  /** What DNS made of the name; `null` when it knows none. */
  readonly address: string | null
  readonly port: number
  /** FQDN of the service that owns the name, if one does. */
  readonly service: string | null
}

/** Resolves the authority of a URL as a client in `namespace` does. @param dns what the agent of its pod answers for */
export function dial(
  registry: Registry,
  authority: string,
  scheme: HttpRequest['scheme'],
  { namespace, dns = null }: { readonly namespace: string; readonly dns?: NameTable | null },
): Dialled {
  const { hostname, port } = splitAuthority(authority, scheme)
  const address = isAddress(hostname) ? hostname : (lookUp(registry, dns, hostname, namespace)[0] ?? null)
  return { hostname, address, port, service: serviceNamed(registry, hostname, address, namespace) }
}

export function splitAuthority(authority: string, scheme: HttpRequest['scheme']): { hostname: string; port: number } {
  const port = /:(\d+)$/.exec(authority)
  const hostname = port ? authority.slice(0, port.index) : authority
  return { hostname, port: port ? Number(port[1]) : scheme === 'https' ? 443 : 80 }
}

/** The TLS that a client of a URL of https begins by itself. */
export function ownLayers({ scheme, protocol }: HttpRequest, target: Dialled, tls: ClientTls = {}): readonly TlsLayer[] {
  if (scheme !== 'https') return none
  const offers = protocol === 'h2' ? { applicationProtocols: ['h2'] } : {}
  return [{ ...offers, ...tls, serverName: serverNameOf(target, tls) }]
}

const none: readonly TlsLayer[] = []

/** SNI of a client: what it is told to ask for, or the host that it dials, unless that is an address. */
export function serverNameOf({ hostname }: Dialled, tls: ClientTls | undefined): string | null {
  if (tls?.serverName !== undefined) return tls.serverName
  return isAddress(hostname) ? null : hostname
}

function isAddress(hostname: string): boolean {
  return /^\d+\.\d+\.\d+\.\d+$/.test(hostname) || hostname.startsWith('[')
}

/** A headless service has no address of its own, so its names are tried, too, and those of its pods. */
function serviceNamed(registry: Registry, hostname: string, address: string | null, namespace: string): string | null {
  const owner = address === null ? undefined : registry.serviceAt(address)
  if (owner) return owner.host
  const name = hostname.toLowerCase().replace(/\.$/, '')
  for (const suffix of ['', `.${namespace}.svc.cluster.local`, '.svc.cluster.local', '.cluster.local']) {
    const service = registry.service(name + suffix)
    // A name of another host is that host.
    if (service)
      return service.resolution === 'alias' ? (serviceNamed(registry, service.externalName, null, namespace) ?? service.externalName) : service.host
  }
  // A name below it is one of its pods.
  const below = address !== null && registry.workloadAt(address) ? belowService(name) : null
  return below && serviceNamed(registry, below[1], null, namespace)
}
