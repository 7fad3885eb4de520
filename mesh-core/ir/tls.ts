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

/** What certificates of the other side are checked against. */
export type TrustedAuthorities =
  /**
   * `certificates`: PEM; `null` when there are none: the handshake then fails. `revocations`: PEM; lists of what each authority of a chain has revoked; left out: none is
   * asked. Source: Envoy `CertificateValidationContext.crl`.
   */
  | { readonly kind: 'secret'; readonly name: string; readonly certificates: string | null; readonly revocations?: string }
  /** The authority of the mesh. Source: the same, `ROOTCA`. */
  | { readonly kind: 'workload' }
  /** Those that the operating system comes with. Source: Istio's agent, `file-root:system`. */
  | { readonly kind: 'system' }

export type TlsVersion = 'TLSv1_0' | 'TLSv1_1' | 'TLSv1_2' | 'TLSv1_3'

/** Source: Envoy `CertificateValidationContext`, `verify_certificate_hash` and `verify_certificate_spki`. */
export interface CertificatePins {
  /** SHA-256 of certificates, in hexadecimal digits with or without colons. */
  readonly hashes: readonly string[]
  /** SHA-256 of their public keys, in Base64. */
  readonly keys: readonly string[]
}

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
    /** The certificate has to be one of these, or its key; left out: any. */
    readonly pins?: CertificatePins
    /** Whatever is shown will do. Envoy `trust_chain_verification: ACCEPT_UNTRUSTED`. */
    readonly acceptsUntrusted?: true
  } | null
  /** `null`: Envoy's own, 1.2 and 1.3. */
  readonly minVersion: TlsVersion | null
  readonly maxVersion: TlsVersion | null
  /** OpenSSL's names; empty for Envoy's own. */
  readonly cipherSuites: readonly string[]
  readonly applicationProtocols: readonly string[]
  /** Why Envoy takes no listener that has it. */
  readonly refusal?: string
}

/** How a proxy begins TLS with an application. Source: Envoy `UpstreamTlsContext`. */
export interface OriginatedTls {
  /** SNI; `null`: the name in Host, and for what is no HTTP none (Envoy `auto_sni`). */
  readonly serverName: string | null
  /** Shown to a server that asks for one; `null` for none. */
  readonly certificate: ServerCertificate | null
  /** `null`: any certificate will do. */
  readonly validation: {
    readonly trusted: TrustedAuthorities
    /** One of these has to stand in the certificate; empty for any. */
    readonly subjectAltNames: readonly string[]
    /** The name in Host has to stand there, too (Envoy `auto_san_validation`). */
    readonly ofHost: boolean
  } | null
  /** OpenSSL's names; empty for Envoy's own. */
  readonly cipherSuites: readonly string[]
  /** Empty: what follows from the version of HTTP. */
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
  /** The client is a proxy of the mesh, and shows the certificate of this identity: `spiffe://…`. */
  readonly identity?: string
}

/** What an application expects of connections to one of its ports. */
export interface ApplicationTls {
  /** `either`: TLS from whom begins it. */
  readonly accepts: 'plain' | 'tls' | 'either'
  /** Within its own TLS it looks for another. */
  readonly takesTlsWithin?: true
  /** `public`: one for the name that is asked for, of an authority that systems trust; `any`: of one that everybody trusts. */
  readonly certificate: KeyPair | 'public' | 'any'
  /** PEM: clients have to show a certificate that one of these has issued; `null`: they are not asked for one. */
  readonly clientAuthorities: string | null
}

/** What servers answer to HTTP on a port of TLS, as Go's `net/http` has it. */
export const plainOnTls = 'Client sent an HTTP request to an HTTPS server.\n'

/** TLS as the application that ended it saw it. */
export interface SeenTls {
  readonly serverName: string | null
  readonly applicationProtocol: string | null
  /** Names in the certificate that the client has shown: DNS names and URIs; empty for none. */
  readonly clientNames: readonly string[]
  /** PEM: the certificate that the client has shown, without those that it was issued by; `null` for none. */
  readonly clientCertificate: string | null
}
