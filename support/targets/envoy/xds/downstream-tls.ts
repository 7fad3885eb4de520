import type { DownstreamTls, KeyPair, ServerCertificate, TrustedAuthorities } from '../../../../mesh-core/ir/tls.ts'
import { optional, typed } from './json.ts'
import type { Json } from './json.ts'
import type { Placement } from './placement.ts'

/**
 * How a filter chain ends TLS. Source: Envoy `DownstreamTlsContext`.
 * @returns `missing`: there is no certificate to show, or nothing to check those of clients against
 */
export function downstreamTls(tls: DownstreamTls, placement: Placement): Json | 'missing' {
  if (!placement.secrets && isWithoutSecrets(tls)) return 'missing'
  return {
    name: 'envoy.transport_sockets.tls',
    typed_config: typed('envoy.extensions.transport_sockets.tls.v3.DownstreamTlsContext', {
      common_tls_context: {
        ...optional('tls_params', parameters(tls)),
        ...certificates(tls.certificates, placement),
        ...clients(tls, placement),
        alpn_protocols: tls.applicationProtocols,
      },
      require_client_certificate: tls.clients?.required ?? false,
    }),
  }
}

/** Ends each connection: the certificate that it waits for does not come. Source: Envoy `NotReadySslSocket`. */
export function notReady({ missingSecrets }: Placement): Json {
  const context = { tls_certificate_sds_secret_configs: [secretConfig('missing', missingSecrets)] }
  const type = 'envoy.extensions.transport_sockets.tls.v3.DownstreamTlsContext'
  return { name: 'envoy.transport_sockets.tls', typed_config: typed(type, { common_tls_context: context }) }
}

/** What stands for a chain of HTTP whose certificate is missing: Envoy itself would close its connections, and write nothing of it. */
export const closing: Json = {
  name: 'envoy.filters.network.tcp_proxy',
  typed_config: typed('envoy.extensions.filters.network.tcp_proxy.v3.TcpProxy', { stat_prefix: 'missing', cluster: 'missing' }),
}

/** There is no certificate to show, or nothing to check those of clients against. */
export function isWithoutSecrets({ certificates: own, clients: wanted }: DownstreamTls): boolean {
  return own.every(isMissing) || isWithoutAuthorities(wanted?.trusted)
}

function isMissing(certificate: ServerCertificate): boolean {
  return certificate.kind === 'secret' && certificate.pair === null
}

function isWithoutAuthorities(trusted: TrustedAuthorities | undefined): boolean {
  return trusted?.kind === 'secret' && trusted.certificates === null
}

function parameters({ minVersion, maxVersion, cipherSuites }: DownstreamTls): Json | null {
  const all = {
    ...optional('tls_minimum_protocol_version', minVersion),
    ...optional('tls_maximum_protocol_version', maxVersion),
    ...optional('cipher_suites', cipherSuites),
  }
  return Object.keys(all).length > 0 ? all : null
}

export function certificates(all: readonly ServerCertificate[], placement: Placement): Json {
  if (all.some(({ kind }) => kind === 'workload')) {
    const { own, configSource } = placement.own()
    return { tls_certificate_sds_secret_configs: [secretConfig(own, configSource)] }
  }
  const { secrets } = placement
  const named = all.flatMap((one) => (one.kind === 'secret' ? [one] : []))
  if (secrets) return { tls_certificate_sds_secret_configs: named.map(({ name }) => secretConfig(name, secrets)) }
  return { tls_certificates: named.flatMap(({ pair }) => (pair ? [inline(pair)] : [])) }
}

function inline({ certificateChain, privateKey }: KeyPair): Json {
  return { certificate_chain: { inline_string: certificateChain }, private_key: { inline_string: privateKey } }
}

function clients({ clients: wanted }: DownstreamTls, placement: Placement): Json {
  if (!wanted) return {}
  const { trusted, subjectAltNames, pins, acceptsUntrusted } = wanted
  const names = {
    ...optional(
      'match_subject_alt_names',
      subjectAltNames.map((exact) => ({ exact })),
    ),
    ...optional('verify_certificate_hash', pins?.hashes),
    ...optional('verify_certificate_spki', pins?.keys),
    ...(acceptsUntrusted && { trust_chain_verification: 'ACCEPT_UNTRUSTED' }),
  }
  if (trusted.kind === 'secret' && !placement.secrets) return { validation_context: { ...names, ...trust(trusted) } }
  const { root, configSource } = placement.own()
  const source = trusted.kind === 'secret' ? secretConfig(trusted.name, placement.secrets!) : secretConfig(root, configSource)
  return { combined_validation_context: { default_validation_context: names, validation_context_sds_secret_config: source } }
}

/** Source: Envoy `CertificateValidationContext`. */
export function trust({ certificates, revocations }: Extract<TrustedAuthorities, { kind: 'secret' }>): Json {
  return { trusted_ca: { inline_string: certificates }, ...(revocations === undefined ? {} : { crl: { inline_string: revocations } }) }
}

export function secretConfig(name: string, source: Json): Json {
  return { name, sds_config: source }
}
