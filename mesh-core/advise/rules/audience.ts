import type { VirtualService } from '../../compile/rules/virtual-service.ts'
import { isWildcard, meshGateway } from '../../compile/names.ts'
import type { Audience } from '../../cover/route-box.ts'
import { inlineOfRequest } from '../../dataplane/messages/inline-headers.ts'
import { clusterDomain } from '../../registry/services.ts'

/**
 * Whose requests the rules are for.
 * @param knowsNames every name that a service goes by is known
 * @param once headers come once only, as nearly all do; otherwise those that Envoy does not join may come repeatedly
 */
export function audienceOf(vs: VirtualService, once: boolean, knowsNames: boolean): Audience {
  return { authority: writtenHost(vs), authorities: authoritiesOf(vs, knowsNames), joined: once ? everyHeader : inlineOfRequest }
}

const everyHeader = { has: () => true } as unknown as ReadonlySet<string>

/** A name that a client would write. */
export function writtenHost({ hosts, namespace }: VirtualService): string {
  const host = hosts[0] ?? 'example.com'
  if (host === '*') return 'example.com'
  if (host.startsWith('*.')) return `www${host.slice(1)}`
  const suffix = `.${namespace}.svc.${clusterDomain}`
  return host.endsWith(suffix) ? host.slice(0, -suffix.length) : host
}

/**
 * Every Host header that may lead to the rules, as RE2; `null` where any may. Rather too many than too few: a sidecar knows a service by shorter names and by its
 * addresses too, and a port may follow. Source: Istio `core/httproute.go` generateVirtualHostDomains.
 */
function authoritiesOf({ hosts, gateways }: VirtualService, knowsNames: boolean): string | null {
  const inMesh = gateways.includes(meshGateway)
  if (hosts.length === 0 || hosts.includes('*') || (inMesh && (!knowsNames || hosts.some(isWildcard)))) return null
  const names = hosts.flatMap((host) => patternsOf(host, inMesh))
  return `(?i)(?:${names.join('|')})(?::[0-9]+)?`
}

const addresses = ['[0-9.]+', '\\[?[0-9a-f:.]+\\]?']

function patternsOf(host: string, inMesh: boolean): string[] {
  if (isWildcard(host)) return [`.+${quoted(host.slice(1))}`]
  if (!inMesh) return [quoted(host)]
  const suffix = `.svc.${clusterDomain}`
  // Pods of headless services go by names below the service's.
  if (!host.endsWith(suffix)) return [`(?:.+\\.)?${quoted(host)}\\.?`, ...addresses]
  const [name = '', namespace = ''] = host.slice(0, -suffix.length).split('.')
  return [`(?:.+\\.)?${quoted(name)}(?:\\.${quoted(namespace)}(?:\\.svc(?:${quoted(`.${clusterDomain}`)}\\.?)?)?)?`, ...addresses]
}

function quoted(text: string): string {
  return text.replace(/[\\.+*?()|[\]{}^$]/g, '\\$&')
}
