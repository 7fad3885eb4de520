import { isIP } from 'node:net'
import type { KubeObject } from '../../../../../mesh-core/config/resource.ts'

interface Entry {
  readonly hosts?: readonly string[]
  readonly addresses?: readonly string[]
  readonly resolution?: string
  readonly endpoints?: readonly { readonly address?: string }[]
  readonly workloadSelector?: { readonly labels?: Readonly<Record<string, string>> }
}

interface Workload {
  readonly address?: string
  readonly labels?: Readonly<Record<string, string>>
}

/**
 * Does the scenario's config say itself which addresses a name has, and are they those of its pods? Then what a sidecar answers for it is the mesh's, whether or
 * not some DNS knows the name. Source: Istio `ServiceEntry.Resolution`.
 * @param authority as a request names it, perhaps with a port
 * @param podIps addresses that are the run's
 */
export function isServedHost(authority: string, objects: readonly KubeObject[], podIps: ReadonlySet<string>): boolean {
  const isOwn = ({ address = '' }: Workload): boolean => podIps.has(address)
  return entriesFor(authority, objects).some(({ resolution, endpoints = [], workloadSelector }) => {
    if (resolution !== 'STATIC') return false
    if (workloadSelector) return selected(workloadSelector.labels ?? {}, objects).every(isOwn)
    return endpoints.length > 0 && endpoints.every(isOwn)
  })
}

/** The address of an entry that gives its hosts one: a sidecar that answers for DNS says it, and listens there. Source: Istio, "DNS Proxying". */
export function addressOfEntry(authority: string, objects: readonly KubeObject[]): string | null {
  return entriesFor(authority, objects).flatMap(({ addresses = [] }) => addresses.filter((address) => isIP(address) !== 0))[0] ?? null
}

/**
 * Addresses to which the scenario's config leads a name, and which are none of its pods': a live mesh tries them until its patience ends.
 * @param authority as a request names it, perhaps with a port
 * @param podIps addresses that are the run's
 */
export function foreignAddresses(authority: string, objects: readonly KubeObject[], podIps: ReadonlySet<string>): readonly string[] {
  const addresses = entriesFor(authority, objects).flatMap(({ endpoints = [], workloadSelector }) =>
    [...endpoints, ...(workloadSelector ? selected(workloadSelector.labels ?? {}, objects) : [])].flatMap(({ address }) => address ?? []),
  )
  return addresses.filter((address) => isIP(address) !== 0 && !podIps.has(address))
}

function selected(labels: Readonly<Record<string, string>>, objects: readonly KubeObject[]): readonly Workload[] {
  return specsOf<Workload>('WorkloadEntry', objects).filter((one) => Object.entries(labels).every(([key, value]) => one.labels?.[key] === value))
}

function entriesFor(authority: string, objects: readonly KubeObject[]): readonly Entry[] {
  const host = authority.replace(/:\d+$/, '')
  const fits = (pattern: string): boolean => pattern === host || (pattern.startsWith('*.') && host.endsWith(pattern.slice(1)))
  return specsOf<Entry>('ServiceEntry', objects).filter(({ hosts = [] }) => hosts.some(fits))
}

function specsOf<T>(kind: string, objects: readonly KubeObject[]): readonly T[] {
  return objects.filter((one) => one.kind === kind && one.apiVersion.startsWith('networking.istio.io/')).map(({ spec = {} }) => spec as T)
}
