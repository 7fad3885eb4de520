import type { KubeObject } from '../../../../mesh-core/config/resource.ts'

interface Entry {
  readonly hosts?: readonly string[]
  readonly resolution?: string
  readonly endpoints?: readonly { readonly address?: string }[]
  readonly workloadSelector?: object
}

/**
 * Does the scenario's config say itself which addresses a name has? Then what a sidecar answers for it is the mesh's, whether or not some DNS knows the name.
 * Source: Istio `ServiceEntry.Resolution`.
 * @param authority as a request names it, perhaps with a port
 */
export function isServedHost(authority: string, objects: readonly KubeObject[]): boolean {
  const host = authority.replace(/:\d+$/, '')
  const entries = objects.filter(({ kind, apiVersion }) => kind === 'ServiceEntry' && apiVersion.startsWith('networking.istio.io/'))
  return entries.some(({ spec = {} }) => {
    const { hosts = [], resolution, endpoints = [], workloadSelector } = spec as Entry
    const fits = hosts.some((pattern) => pattern === host || (pattern.startsWith('*.') && host.endsWith(pattern.slice(1))))
    return fits && resolution === 'STATIC' && (workloadSelector !== undefined || endpoints.length > 0)
  })
}
