import type { FieldPath } from './finding.ts'
import { patchedMessages } from './istio/envoy-filter.ts'
import { envoyJson } from './istio/mesh-settings.ts'

/** Of what does not act, that which may have an effect: fields that Envoy's messages have not are left out of a patch at any depth. Source: Istio `pkg/config/xds` BuildXDSObjectFromStruct. */
export function knownToEnvoy(found: readonly FieldPath[], applyTo: string, value: unknown, path: FieldPath): FieldPath[] {
  const message = patchedMessages[applyTo]
  if (found.length === 0 || message === undefined || value === undefined) return [...found]
  const unknown: FieldPath[] = []
  envoyJson().check(message, value, path, { wrong: () => {}, unknown: (at) => unknown.push(at) })
  return found.filter((at) => !unknown.some((whole) => whole.every((part, i) => part === at[i])))
}
