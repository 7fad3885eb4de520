import { kindInfo } from './kinds.ts'
import type { NotModelled, Resource } from './resource.ts'

/** What of a resource was read and is not acted on. */
export function notModelledIn(resource: Resource): NotModelled[] {
  const { kind, apiVersion, origin } = resource
  const info = kindInfo(apiVersion, kind)
  if (!info?.modelled) return [{ resource: origin.resource, origin, message: `kind ${kind} (${apiVersion}) is not modelled` }]
  return []
}
