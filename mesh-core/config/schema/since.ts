import type { MeshSpecError } from '../errors.ts'
import { findingOf, type Problem } from '../finding.ts'
import type { Resource } from '../resource.ts'
import { groupOf } from '../resource.ts'
import { istioRelease } from './istio-trees.generated.ts'

/** Releases of Istio whose CRDs are known, the oldest first. Between them nothing is known: a field came with one or another. */
export const istioReleases = ['1.29', istioRelease] as const
export type IstioRelease = (typeof istioReleases)[number]

const trafficPolicy = [
  'http.http2KeepAlive',
  'loadBalancer.backendUtilization',
  'loadBalancer.zoneAwareLbSetting',
  'outlierDetection.outlierDetectionHttpErrorCodes',
  'retryBudget.budgetInterval',
]
const serverTls = ['tls.ecdhCurves', 'tls.insecureSkipVerify']

/** What 1.29 does not have, by `group/Kind`: `*` for the kind itself, else the end of a field's path, with a value where that alone is new. */
const later: Readonly<Record<string, readonly string[]>> = {
  'extensions.istio.io/TrafficExtension': ['*'],
  'networking.istio.io/DestinationRule': trafficPolicy,
  'networking.istio.io/EnvoyFilter': ['filterChain.transportSocket', 'patch.operation=MERGE_AND_REPLACE_LIST'],
  'networking.istio.io/Gateway': serverTls,
  'networking.istio.io/Sidecar': ['http.http2KeepAlive', ...serverTls],
  'networking.istio.io/VirtualService': ['redirect.prefixRewrite'],
  'security.istio.io/AuthorizationPolicy': ['source.notTrustDomains', 'source.trustDomains'],
  'security.istio.io/RequestAuthentication': ['jwtRules.presence'],
  'telemetry.istio.io/Telemetry': ['tracing.disableContextPropagation'],
}

/** What a mesh of an older release would not know of a resource: it refuses unknown fields. */
export function laterThan(release: IstioRelease, resource: Resource): readonly MeshSpecError[] {
  const names = release === istioRelease ? undefined : later[`${groupOf(resource.apiVersion)}/${resource.kind}`]
  if (!names) return []
  const hint = `it is there in ${istioRelease}`
  if (names.includes('*'))
    return [findingOf(resource, { code: 'UNKNOWN_FIELD', path: ['kind'], problem: `Istio ${release} has no kind ${resource.kind}`, hint })]
  return [...fieldsOf(resource.object.spec, ['spec'], names)].map(({ path, what }) => {
    const problem: Problem = { code: 'UNKNOWN_FIELD', path, problem: `Istio ${release} has no ${what}`, hint }
    return findingOf(resource, problem)
  })
}

function* fieldsOf(
  value: unknown,
  path: readonly (string | number)[],
  names: readonly string[],
): Generator<{ readonly path: Problem['path']; readonly what: string }> {
  if (typeof value !== 'object' || value === null) return
  for (const [key, inner] of Object.entries(value)) {
    const at = [...path, Array.isArray(value) ? Number(key) : key]
    const end = at
      .filter((part) => typeof part === 'string')
      .slice(-2)
      .join('.')
    if (!Array.isArray(value) && names.includes(end)) yield { path: at, what: `field ${key}` }
    else if (typeof inner === 'string' && names.includes(`${end}=${inner}`)) yield { path: at, what: `value ${inner} for ${key}` }
    else yield* fieldsOf(inner, at, names)
  }
}
