import type { Resource } from './resource.ts'

/** Names of DNS are the same in any case (RFC 4343): the hosts that Istio's networking resources name, in lower case. */
export function hostsInLowerCase(resource: Resource): Resource {
  if (!kinds.has(resource.kind) || !resource.apiVersion.startsWith('networking.istio.io/')) return resource
  const { spec } = resource.object
  return spec ? { ...resource, object: { ...resource.object, spec: lowered(spec) } } : resource
}

const kinds: ReadonlySet<string> = new Set(['VirtualService', 'DestinationRule', 'ServiceEntry', 'Gateway', 'Sidecar'])
const fields: ReadonlySet<string> = new Set(['host', 'hosts', 'sniHosts'])
/** Maps, whose keys are anybody's. */
const maps: ReadonlySet<string> = new Set(['headers', 'withoutHeaders', 'queryParams', 'labels', 'sourceLabels', 'matchLabels', 'selector'])

function lowered(value: unknown): any {
  if (Array.isArray(value)) return value.map(lowered)
  if (value === null || typeof value !== 'object') return value
  const entry = ([key, inner]: [string, unknown]) => [key, maps.has(key) ? inner : fields.has(key) ? inLowerCase(inner) : lowered(inner)]
  return Object.fromEntries(Object.entries(value).map(entry))
}

function inLowerCase(value: unknown): unknown {
  if (typeof value === 'string') return value.toLowerCase()
  return Array.isArray(value) ? value.map(inLowerCase) : value
}
