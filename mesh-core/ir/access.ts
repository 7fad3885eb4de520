import type { StringMatch } from './match.ts'
import type { Origin } from './origin.ts'

/**
 * Who may do what: with ALLOW what none of the policies fits is refused, with DENY what one of them fits. Source: Envoy `RBAC`, of the filters
 * `envoy.filters.http.rbac` and `envoy.filters.network.rbac`.
 */
export interface AccessRules {
  readonly action: 'ALLOW' | 'DENY'
  /** In the order of their names: of several that fit the first is told. */
  readonly policies: readonly AccessPolicy[]
}

/** Fits where one of the permissions does and one of the principals. Source: Envoy `Policy`. */
export interface AccessPolicy {
  /** `ns[default]-policy[readers]-rule[0]` */
  readonly name: string
  readonly permissions: readonly AccessCondition[]
  readonly principals: readonly AccessCondition[]
  /** Of CUSTOM: the extension provider that it names. */
  readonly provider?: string
  /** Of the entry of `rules`, or of the policy where it has none. */
  readonly origin: Origin
}

/** Source: Envoy `Permission` and `Principal`. Of HTTP: `header`, `path`, `path-template`, `claim`. */
export type AccessCondition =
  | { readonly kind: 'any' }
  | { readonly kind: 'all' | 'some'; readonly conditions: readonly AccessCondition[] }
  | { readonly kind: 'not'; readonly condition: AccessCondition }
  /** By its name in lower case, or `:method`, `:authority`. Any of several values. */
  | { readonly kind: 'header'; readonly name: string; readonly match: StringMatch }
  /** Without the query. */
  | { readonly kind: 'path'; readonly match: Exclude<StringMatch, { kind: 'present' }> }
  /** `*` is one segment, `**` what is left. Envoy `UriTemplateMatchConfig`. */
  | { readonly kind: 'path-template'; readonly template: string }
  | { readonly kind: 'destination-port'; readonly port: number }
  | { readonly kind: 'destination-address'; readonly range: string }
  /** SNI; empty for none. */
  | { readonly kind: 'server-name'; readonly match: Exclude<StringMatch, { kind: 'present' }> }
  /** A name in the certificate of the other side: `spiffe://cluster.local/ns/default/sa/sleep`. Without a certificate there is none. */
  | { readonly kind: 'peer'; readonly match: Exclude<StringMatch, { kind: 'present' }> }
  /** Where the connection comes from. Envoy `direct_remote_ip`. */
  | { readonly kind: 'connection-address'; readonly range: string }
  /** Where the client is, as proxies before this one say. Envoy `remote_ip`. */
  | { readonly kind: 'client-address'; readonly range: string }
  /** Of the token: a text that fits, or a list (unless a text is wanted) of which one does. */
  | {
      readonly kind: 'claim'
      readonly claim: readonly string[]
      readonly match: Exclude<StringMatch, { kind: 'present' }>
      readonly isText: boolean
    }

/** Which requests somebody else decides about, before their tokens are looked at. Source: Istio AuthorizationPolicy, action CUSTOM. */
export interface CustomAccess {
  /** What one of the policies fits is asked about. Envoy's RBAC in shadow mode. */
  readonly rules: AccessRules
  /** `null`: the mesh does not have the one that is named, and such requests are refused. */
  readonly authorizer: Authorizer | null
}

/** Of connections: that are asked about too, where the authorizer speaks gRPC. Source: Istio `security/authz/builder/extauthz.go` generateTCPConfig. */
export type AuthorizedBytes = CustomAccess & { readonly authorizer: Authorizer }

/** Who is asked, and how. Source: Envoy `ExtAuthz`, with a service of gRPC where there is no `http`. */
export interface Authorizer {
  /** Of the mesh's extension provider. */
  readonly name: string
  readonly cluster: string
  readonly timeoutMs: number
  /** One that fails keeps nobody out. */
  readonly failOpen: boolean
  /** Of the answer where it fails. */
  readonly statusOnError: number
  /** Of the request's body it gets so many bytes; `null`: none. */
  readonly body: { readonly maxBytes: number; readonly allowPartial: boolean } | null
  /** `null`: it is asked over gRPC, told all, and says itself which headers go where. */
  readonly http: HttpAuthorizer | null
  /** Envoy takes no listener that asks so. */
  readonly isRefused?: true
}

/** Source: Envoy `HttpService`. */
export interface HttpAuthorizer {
  /** Before the path of the request. */
  readonly pathPrefix: string
  /** Headers of the request that it is told, beside `authorization`. */
  readonly told: readonly HeaderName[]
  readonly added: readonly (readonly [name: string, value: string])[]
  /** Headers of its answer that go on with the request, and back with the answer. */
  readonly toUpstream: readonly HeaderName[]
  readonly toClient: readonly HeaderName[]
  /** Headers of its refusal that the client gets; `null`: all. */
  readonly ofRefusal: readonly HeaderName[] | null
}

/** Header names, in any case. */
export type HeaderName = Extract<StringMatch, { kind: 'exact' | 'prefix' | 'suffix' }>
