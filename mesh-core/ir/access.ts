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
