import type { CorsPolicy } from '../../ir/route.ts'
import { durationMs } from '../duration.ts'
import { stringMatch } from './string-match.ts'
import type { HttpCors, IstioStringMatch } from './virtual-service-types.ts'

/** Source: Istio `core/route/route.go` TranslateCORSPolicy. */
export function translateCors(cors: HttpCors): CorsPolicy {
  // A list without entries is none to protobuf.
  const origins = cors.allowOrigins?.length
    ? (cors.allowOrigins as readonly IstioStringMatch[]).map(stringMatch)
    : (cors.allowOrigin ?? []).map((origin) => stringMatch({ exact: origin }))
  return {
    allowOrigins: origins,
    allowMethods: list(cors.allowMethods),
    allowHeaders: list(cors.allowHeaders),
    exposeHeaders: list(cors.exposeHeaders),
    maxAge: cors.maxAge ? String(Math.trunc(durationMs(cors.maxAge) / 1000)) : null,
    allowCredentials: cors.allowCredentials ?? null,
    forwardNotMatchingPreflights: cors.unmatchedPreflights !== 'IGNORE',
  }
}

function list(names: readonly string[] | undefined): string | null {
  return names && names.length > 0 ? names.join(',') : null
}
