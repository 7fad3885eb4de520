import type { KubeObject } from '../../../../../mesh-core/config/resource.ts'

/**
 * May proxies answer 429 because the scenario's own config has them do so? Then it is what the scenario is about, and no word of a mesh that has too much to do:
 * a filter of one's own, an authorizer that answers itself, a rule's fault or direct answer.
 */
export function asksForLimits(objects: readonly KubeObject[]): boolean {
  return objects.some(
    ({ kind, ...rest }) =>
      kind === 'EnvoyFilter' ||
      (kind === 'AuthorizationPolicy' && (rest as KubeObject)['spec']?.action === 'CUSTOM') ||
      (kind === 'VirtualService' && /"(?:httpStatus|status)":429\b/.test(JSON.stringify(rest))),
  )
}
