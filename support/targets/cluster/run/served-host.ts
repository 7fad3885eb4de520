import type { KubeObject } from '../../../../mesh-core/config/resource.ts'

interface Entry {
  readonly hosts?: readonly string[]
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
  const host = authority.replace(/:\d+$/, '')
  const isOwn = ({ address = '' }: Workload): boolean => podIps.has(address)
  const selected = (labels: Readonly<Record<string, string>>): readonly Workload[] =>
    specsOf<Workload>('WorkloadEntry', objects).filter((one) => Object.entries(labels).every(([key, value]) => one.labels?.[key] === value))
  return specsOf<Entry>('ServiceEntry', objects).some(({ hosts = [], resolution, endpoints = [], workloadSelector }) => {
    const fits = hosts.some((pattern) => pattern === host || (pattern.startsWith('*.') && host.endsWith(pattern.slice(1))))
    if (!fits || resolution !== 'STATIC') return false
    if (workloadSelector) return selected(workloadSelector.labels ?? {}).every(isOwn)
    return endpoints.length > 0 && endpoints.every(isOwn)
  })
}

function specsOf<T>(kind: string, objects: readonly KubeObject[]): readonly T[] {
  return objects.filter((one) => one.kind === kind && one.apiVersion.startsWith('networking.istio.io/')).map(({ spec = {} }) => spec as T)
}
