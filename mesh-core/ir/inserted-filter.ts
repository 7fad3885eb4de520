import type { StringMatch } from './match.ts'
import type { Fault, HeaderMutation, PartsPerMillion, RateLimit } from './route.ts'

interface Placed {
  /** In front of all filters, or right before the router: behind tokens, fault injection and CORS. */
  readonly place: RateLimit['place']
  /** What routes tell a filter of this name goes before it. */
  readonly name: string
  /** It is there for routes alone that tell it something. Envoy `HttpFilter.disabled`. */
  readonly isOff?: true
  /** Envoy takes no listener that has it. */
  readonly isRefused?: true
}

/** Keeps requests out for which there is no token. */
export interface LimitFilter extends RateLimit, Placed {
  readonly kind: 'limit'
  readonly place: RateLimit['place']
}

/** Holds a request back until all of its body is there, which may have so many bytes. Source: Envoy `Buffer`. */
export interface BodyBuffer extends Placed {
  readonly kind: 'buffer'
  readonly maxBytes: number
}

/** Delays and ends requests. Source: Envoy `HTTPFault`. */
export interface FaultFilter extends Placed {
  readonly kind: 'fault'
  readonly fault: Fault
}

/** Writes headers, one operation after the other, each into what those before it have left. Source: Envoy `HeaderMutation`. */
export interface HeadersFilter extends Placed, OrderedMutations {
  readonly kind: 'headers'
  /** What tables, hosts and routes tell it is done in this order, and else in the opposite one. Envoy `most_specific_header_mutations_wins`. */
  readonly mostSpecificWins?: true
}

export interface OrderedMutations {
  readonly request: readonly HeaderMutation[]
  readonly response: readonly HeaderMutation[]
}

/** Lets those in who have a password. Source: Envoy `BasicAuth`. */
export interface PasswordFilter extends Placed {
  readonly kind: 'passwords'
  readonly users: Passwords
  /** In lower case. Envoy `authentication_header`, which is `authorization` where it is left out. */
  readonly header: string
  /** Into which the name of the user is written; `null` for none. Envoy `forward_username_header`. */
  readonly userHeader: string | null
  /** Who shows no password goes on. */
  readonly allowsMissing?: true
}

/** By user: the SHA-1 of the password, in base64. */
export type Passwords = Readonly<Record<string, string>>

/** Of requests that may change something those that come from a page of their own target. Source: Envoy `CsrfPolicy`. */
export interface OriginFilter extends Placed, OriginRules {
  readonly kind: 'origins'
}

export interface OriginRules {
  /** Of the requests that are looked at. */
  readonly enabled: PartsPerMillion
  /** Hosts, with their ports, of pages that may ask, too. */
  readonly others: readonly StringMatch[]
}

/** A filter of HTTP that an EnvoyFilter puts in. */
export type InsertedFilter = LimitFilter | BodyBuffer | FaultFilter | HeadersFilter | PasswordFilter | OriginFilter

/** What a route, a host or a table tells a filter. What it says of rates and faults stands there itself: see `Route.rateLimit`. */
export type FilterOfRoute =
  | { readonly kind: 'off' }
  | { readonly kind: 'on' }
  /** `null`: nothing is held back. */
  | { readonly kind: 'buffer'; readonly maxBytes: number | null }
  | ({ readonly kind: 'headers' } & OrderedMutations)
  | { readonly kind: 'passwords'; readonly users: Passwords }
  | ({ readonly kind: 'origins' } & OriginRules)

/** By the names of filters. Source: Envoy `typed_per_filter_config`. */
export type RouteFilters = Readonly<Record<string, FilterOfRoute>>
