import { clusterDomain } from './services.ts'

const ipv4 = /^\d{1,3}(\.\d{1,3}){3}$/

export function isIpAddress(text: string): boolean {
  return ipv4.test(text) || text.includes(':')
}

/** The names that a pod's resolver tries, in its order: the search list of `resolv.conf` with `ndots:5`, then the name itself. Source: Kubernetes DNS for Services and Pods. */
export function candidates(hostname: string, namespace: string): string[] {
  const name = hostname.toLowerCase().replace(/\.$/, '')
  if (hostname.endsWith('.')) return [name]
  return [`${name}.${namespace}.svc.${clusterDomain}`, `${name}.svc.${clusterDomain}`, `${name}.${clusterDomain}`, name]
}
