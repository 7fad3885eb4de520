import type { Headers, HttpRequest } from '../../ir/message.ts'
import type { CorsPolicy } from '../../ir/route.ts'
import { compileStringMatch } from '../../match/string.ts'

/** What the policy makes of one request. */
export interface CorsVerdict {
  /** The origin that is let in; `null` when it is not. */
  readonly allowedOrigin: string | null
  /** The proxy answers this preflight itself. */
  readonly answersPreflight: boolean
}

export interface CorsFilter {
  /** `null` for a request that is none of the policy's business. */
  judge(request: HttpRequest): CorsVerdict | null
  /** Headers of a preflight's answer, as a flat list. */
  preflightHeaders(verdict: CorsVerdict, request: HttpRequest): string[]
  /** Source: Envoy `CorsFilter::encodeHeaders`. */
  editResponse(headers: Headers, verdict: CorsVerdict): void
}

/** Source: Envoy `CorsFilter`: the method and the headers that a preflight asks for are not looked at. */
export function compileCors(policy: CorsPolicy): CorsFilter {
  const origins = policy.allowOrigins.map(compileStringMatch)
  return {
    judge(request) {
      const origin = request.headers.get('origin')
      if (origin === undefined || origin === '') return null
      // A policy that would allow an origin called `*` allows every one, as Envoy does for the deprecated form.
      const allowedOrigin = origins.some((allows) => allows('*') || allows(origin)) ? origin : null
      const preflight = request.method === 'OPTIONS' && (request.headers.get('access-control-request-method') ?? '') !== ''
      return { allowedOrigin, answersPreflight: preflight && (allowedOrigin !== null || !policy.forwardNotMatchingPreflights) }
    },
    preflightHeaders({ allowedOrigin }, request) {
      // Whom it answers without letting in is told of credentials, too.
      const headers = originHeaders(policy, allowedOrigin)
      if (policy.allowMethods) headers.push('access-control-allow-methods', allowed(policy.allowMethods, 'access-control-request-method', request))
      if (policy.allowHeaders) headers.push('access-control-allow-headers', allowed(policy.allowHeaders, 'access-control-request-headers', request))
      if (policy.maxAge) headers.push('access-control-max-age', policy.maxAge)
      return headers
    },
    editResponse(headers, { allowedOrigin }) {
      if (allowedOrigin === null) return
      const written = originHeaders(policy, allowedOrigin)
      for (let i = 0; i < written.length; i += 2) headers.set(written[i]!, written[i + 1]!)
      if (policy.exposeHeaders) headers.set('access-control-expose-headers', policy.exposeHeaders)
    },
  }
}

/** A star that stands alone becomes what was asked for, be it nothing; among others it stays. Seen with Envoy 1.40.0. */
function allowed(list: string, asked: string, request: HttpRequest): string {
  return list === '*' ? (request.headers.get(asked) ?? '') : list
}

function originHeaders(policy: CorsPolicy, origin: string | null): string[] {
  const headers = origin === null ? [] : ['access-control-allow-origin', origin]
  if (policy.allowCredentials) headers.push('access-control-allow-credentials', 'true')
  return headers
}
