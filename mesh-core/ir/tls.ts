/** PEM: a certificate with those that it was issued by, and its private key. */
export interface KeyPair {
  readonly certificateChain: string
  readonly privateKey: string
}

/** Which certificate a proxy shows. */
export type ServerCertificate =
  /** `pair` is `null` when there is no usable one: the handshake then fails. Source: Envoy `SdsSecretConfig` by istiod, `kubernetes://name`. */
  | { readonly kind: 'secret'; readonly name: string; readonly pair: KeyPair | null }
  /** The workload's own, which says its SPIFFE identity. Source: the same, `default`. */
  | { readonly kind: 'workload' }

/** What certificates of clients are checked against. */
export type TrustedAuthorities =
  /** `certificates`: PEM; `null` when there are none: the handshake then fails. */
  | { readonly kind: 'secret'; readonly name: string; readonly certificates: string | null }
  /** The authority of the mesh. Source: the same, `ROOTCA`. */
  | { readonly kind: 'workload' }

export type TlsVersion = 'TLSv1_0' | 'TLSv1_1' | 'TLSv1_2' | 'TLSv1_3'

/** Source: Envoy `DownstreamTlsContext`. */
export interface DownstreamTls {
  readonly certificates: readonly ServerCertificate[]
  /** `null`: clients are not asked for a certificate. */
  readonly clients: {
    readonly trusted: TrustedAuthorities
    /** Without one the handshake fails. */
    readonly required: boolean
    /** One of these has to stand in the certificate; empty for any. */
    readonly subjectAltNames: readonly string[]
  } | null
  /** `null`: Envoy's own, 1.2 and 1.3. */
  readonly minVersion: TlsVersion | null
  readonly maxVersion: TlsVersion | null
  /** OpenSSL's names; empty for Envoy's own. */
  readonly cipherSuites: readonly string[]
  readonly applicationProtocols: readonly string[]
}

/** How a client begins TLS. */
export interface ClientTls {
  /** SNI; `null` for none. Default: the host that is dialled, unless it is an address. */
  readonly serverName?: string | null
  readonly applicationProtocols?: readonly string[]
  /** Shown to a server that asks for one. */
  readonly certificate?: KeyPair
  /** PEM: the server's certificate has to come from one of these, and be for its name. Default: any will do. */
  readonly trusts?: string
  readonly minVersion?: TlsVersion
  readonly maxVersion?: TlsVersion
}
