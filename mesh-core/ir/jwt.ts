import type { Origin } from './origin.ts'

/** Which tokens a proxy takes, where it finds them, and what it makes of them. Source: Envoy `JwtProvider`, Istio `JWTRule`. */
export interface JwtRule {
  /** Of the tokens; empty for any. */
  readonly issuer: string
  /** One of them has to be among the token's; empty for any. */
  readonly audiences: readonly string[]
  /** JSON of a JWKS. */
  readonly jwks: string
  readonly headers: readonly { readonly name: string; readonly prefix: string }[]
  readonly params: readonly string[]
  readonly cookies: readonly string[]
  /** The token goes on to the application. */
  readonly forward: boolean
  /** Gets the payload as the token has it; `null` for none. */
  readonly payloadHeader: string | null
  /** Names of claims, the outer one first. */
  readonly claimHeaders: readonly { readonly header: string; readonly claim: readonly string[] }[]
  /** Texts of these claims are lists for whoever matches them: `read write`. */
  readonly spaceDelimited: readonly string[]
  /** Of the entry of `jwtRules`. */
  readonly origin: Origin
}
