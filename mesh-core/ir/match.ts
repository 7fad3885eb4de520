import type { Origin } from './origin.ts'

/** How the `:path` header, less its query string, is tested. Source: Envoy `RouteMatch.path_specifier`. */
export type PathMatch =
  /** Istio `uri.exact`, Gateway API `Exact`. `ignoreCase`: Istio `ignoreUriCase`. */
  | { readonly kind: 'exact'; readonly path: string; readonly ignoreCase: boolean }
  /** By characters: `/v2` also matches `/v2beta`. Istio `uri.prefix`. */
  | { readonly kind: 'prefix'; readonly prefix: string; readonly ignoreCase: boolean }
  /** By segments: `/v2` matches `/v2/x`, not `/v2beta`. Never ends in `/` (the root is a `prefix`). Gateway API `PathPrefix`. */
  | { readonly kind: 'segments'; readonly prefix: string; readonly ignoreCase: boolean }
  /** RE2 syntax, whole path. Istio `uri.regex`, Gateway API `RegularExpression`. */
  | { readonly kind: 'regex'; readonly pattern: string }

/** How one text is tested. Source: Envoy `StringMatcher`. `regex` is RE2 and must match the whole text. */
export type StringMatch =
  | { readonly kind: 'exact'; readonly value: string; readonly ignoreCase: boolean }
  | { readonly kind: 'prefix'; readonly value: string; readonly ignoreCase: boolean }
  | { readonly kind: 'suffix'; readonly value: string; readonly ignoreCase: boolean }
  | { readonly kind: 'contains'; readonly value: string; readonly ignoreCase: boolean }
  | { readonly kind: 'regex'; readonly pattern: string }
  /** Present, with any value (the empty one too). */
  | { readonly kind: 'present' }

/** A whole number, at least `start` and less than `end`. Source: Envoy `Int64Range`; istiod never writes it. */
export interface NumberRange {
  readonly kind: 'range'
  readonly start: number
  readonly end: number
}

/**
 * A condition on a header or a pseudo header (`:method`, `:authority`, `:scheme`, `:path`). Source: Envoy `HeaderMatcher`.
 * A header that was sent several times holds if any single value does (facts/istio-tasks.md 4.18).
 */
export interface HeaderMatch {
  /** Lower case. */
  readonly name: string
  readonly match: StringMatch | NumberRange
  /** Istio `withoutHeaders`: the condition holds when `match` does not. */
  readonly invert: boolean
  /** A header that is missing is compared as the empty text; otherwise a missing header never matches. */
  readonly treatMissingAsEmpty: boolean
  /** Of the field in the user's YAML. */
  readonly origin: Origin
}

/** A condition on one query parameter; the first occurrence counts. Source: Envoy `QueryParameterMatcher`. */
export interface QueryMatch {
  /** Case-sensitive. */
  readonly name: string
  readonly match: StringMatch
  /** The parameter is not to be there. Envoy `present_match: false`. */
  readonly invert?: boolean
  readonly origin: Origin
}

/**
 * A condition on a claim of the JWT that the proxy has verified: a text, or a list of which one fits. No header of any name fulfils it.
 * Source: Envoy `RouteMatch.dynamic_metadata`, of the filter `envoy.filters.http.jwt_authn`.
 */
export interface ClaimMatch {
  /** Names of claims, the outer one first. Case-sensitive. */
  readonly claim: readonly string[]
  readonly match: StringMatch
  /** Istio `withoutHeaders`: it holds where there is no such claim, too. */
  readonly invert: boolean
  readonly origin: Origin
}

/** All conditions must hold. An Istio `match[]` entry becomes one route each, so there is no OR here. Source: Envoy `RouteMatch`. */
export interface RouteMatch {
  readonly path: PathMatch
  readonly pathOrigin: Origin | null
  readonly headers: readonly HeaderMatch[]
  readonly query: readonly QueryMatch[]
  /** Left out for none, as most have it. */
  readonly claims?: readonly ClaimMatch[]
}
