import type { HeaderMatch, StringMatch } from './match.ts'
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

/** Answers those that ask whether all is well. Source: Envoy `HealthCheck`. */
export interface HealthFilter extends Placed {
  readonly kind: 'health'
  /** Of the requests that ask; all of them hold. */
  readonly headers: readonly HeaderMatch[]
  /** As which the proxy knows itself: answers name it. Envoy `Node.cluster`. */
  readonly cluster: string
  /** They go on, and only their answers are marked. Envoy `pass_through_mode`. */
  readonly passesThrough: boolean
}

/** Compresses bodies of answers for those who take it. Source: Envoy `Compressor`. */
export interface Compressor extends Placed {
  readonly kind: 'compressor'
  readonly encoding: Encoding
  /** A body of fewer bytes stays as it is. */
  readonly leastBytes: number
  /** In lower case; what says nothing of its type is compressed, too. */
  readonly contentTypes: readonly string[]
  readonly isEnabled: boolean
  /** An answer with an ETag stays as it is. Envoy `disable_on_etag_header`. */
  readonly sparesTagged?: true
  /** Nobody behind it learns what the client takes. Envoy `remove_accept_encoding_header`. */
  readonly hidesAccepted?: true
}

/** Decompresses bodies that say that they are compressed. Source: Envoy `Decompressor`. */
export interface Decompressor extends Placed {
  readonly kind: 'decompressor'
  readonly encoding: Encoding
  /** `null`: they stay as they are. */
  readonly requests: Decompression | null
  readonly answers: Decompression | null
  /** Those behind it are told that they may compress. Envoy `advertise_accept_encoding`. */
  readonly advertises: boolean
}

export interface Decompression {
  /** Also what asks to stay as it is. Envoy `ignore_no_transform_header`. */
  readonly transformsAll: boolean
}

/** Of what it reads from headers for other filters nothing is looked at here; but it may take headers away. Source: Envoy `header_to_metadata`. */
export interface MetadataFilter extends Placed {
  readonly kind: 'metadata'
  /** Headers that are read and taken away, in lower case. */
  readonly takesOfRequest: readonly string[]
  readonly takesOfAnswer: readonly string[]
}

/** Keeps texts of a request, for those behind it and for values of headers. Source: Envoy `set_filter_state`. */
export interface StateFilter extends Placed {
  readonly kind: 'state'
  readonly values: readonly KeptValue[]
}

/** Source: Envoy `FilterStateValue`. */
export interface KeptValue {
  readonly key: string
  /** Of a text with operators, `%REQ(x)%`, of which `-` stands for what is missing. */
  readonly format: string
  /** An empty text is not kept. */
  readonly skipsEmpty?: true
  /** Nothing stands for what is missing. Envoy `omit_empty_values`. */
  readonly omitsMissing?: true
}

/** Keys under which neither Envoy nor Istio keeps something itself. */
export const ownStateKey = /^(?!envoy\.|istio|io\.istio|wasm\.|(?:up|down)stream_peer)/

/** Makes calls of gRPC of what browsers send. Source: Envoy `grpc_web`. */
export interface GrpcWebFilter extends Placed {
  readonly kind: 'grpc-web'
}

/** Where an EnvoyFilter puts a filter, or, of a TrafficExtension's phases: before tokens, before rules of access, behind these, and last of those behind. */
export type FilterPlace = Placed['place'] | 'authn' | 'authz' | 'stats' | 'unspecified'

/** Runs a script over requests and answers. Source: Envoy `Lua`. */
export interface LuaFilter extends Omit<Placed, 'place'> {
  readonly place: FilterPlace
  readonly kind: 'lua'
  /** `null`: there is none but for routes that name one. */
  readonly code: string | null
  /** Those that routes may name. Envoy `source_codes`. */
  readonly named: Readonly<Record<string, string>>
  /** The route of a request whose headers it has changed is looked for again. Envoy `clear_route_cache`. */
  readonly clearsRoute: boolean
}

/** As `content-encoding` has it. */
export type Encoding = 'gzip' | 'br'

/** A filter of HTTP that an EnvoyFilter puts in. */
export type InsertedFilter =
  | LimitFilter
  | BodyBuffer
  | FaultFilter
  | HeadersFilter
  | PasswordFilter
  | OriginFilter
  | HealthFilter
  | Compressor
  | Decompressor
  | MetadataFilter
  | StateFilter
  | GrpcWebFilter
  | LuaFilter

/** What a route, a host or a table tells a filter. What it says of rates and faults stands there itself: see `Route.rateLimit`. */
export type FilterOfRoute =
  | { readonly kind: 'off' }
  | { readonly kind: 'on' }
  /** `null`: nothing is held back. */
  | { readonly kind: 'buffer'; readonly maxBytes: number | null }
  | ({ readonly kind: 'headers' } & OrderedMutations)
  | { readonly kind: 'passwords'; readonly users: Passwords }
  | ({ readonly kind: 'origins' } & OriginRules)
  | { readonly kind: 'state'; readonly values: readonly KeptValue[] }
  /** Its own script, or one of the filter's; with neither none runs. */
  | { readonly kind: 'lua'; readonly code: string | null; readonly name: string | null }

/** By the names of filters. Source: Envoy `typed_per_filter_config`. */
export type RouteFilters = Readonly<Record<string, FilterOfRoute>>
