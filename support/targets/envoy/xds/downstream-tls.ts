import type { DownstreamTls, KeyPair, ServerCertificate, TrustedAuthorities } from '../../../../mesh-core/ir/tls.ts'
import { optional, typed } from './json.ts'
import type { Json } from './json.ts'
import type { Placement } from './placement.ts'

/**
 * How a filter chain ends TLS. Source: Envoy `DownstreamTlsContext`.
 * @returns `missing`: there is no certificate to show, or nothing to check those of clients against
 */
export function downstreamTls(tls: DownstreamTls, placement: Placement): Json | 'missing' {
  if (!placement.secrets && (tls.certificates.every(isMissing) || isWithoutAuthorities(tls.clients?.trusted))) return 'missing'
  return {
    name: 'envoy.transport_sockets.tls',
    typed_config: typed('envoy.extensions.transport_sockets.tls.v3.DownstreamTlsContext', {
      common_tls_context: {
        ...optional('tls_params', parameters(tls)),
        ...certificates(tls, placement),
        ...clients(tls, placement),
        alpn_protocols: tls.applicationProtocols,
      },
      require_client_certificate: tls.clients?.required ?? false,
    }),
  }
}

/** What stands for a chain whose certificate is missing: Envoy itself would close its connections, and write nothing of it. */
export const closing: Json = {
  name: 'envoy.filters.network.tcp_proxy',
  typed_config: typed('envoy.extensions.filters.network.tcp_proxy.v3.TcpProxy', { stat_prefix: 'missing', cluster: 'missing' }),
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

function certificates({ certificates: all }: DownstreamTls, { secrets }: Placement): Json {
  if (secrets) return { tls_certificate_sds_secret_configs: all.map((one) => secretConfig(one.kind === 'secret' ? one.name : 'default', secrets)) }
  const pairs = all.flatMap((one) => (one.kind === 'secret' && one.pair ? [one.pair] : []))
  return { tls_certificates: pairs.map(inline) }
}

function inline({ certificateChain, privateKey }: KeyPair): Json {
  return { certificate_chain: { inline_string: certificateChain }, private_key: { inline_string: privateKey } }
}

function clients({ clients: wanted }: DownstreamTls, { secrets }: Placement): Json {
  if (!wanted) return {}
  const { trusted, subjectAltNames } = wanted
  const names = optional(
    'match_subject_alt_names',
    subjectAltNames.map((exact) => ({ exact })),
  )
  if (!secrets) return { validation_context: { ...names, trusted_ca: { inline_string: trusted.kind === 'secret' ? trusted.certificates : '' } } }
  const name = trusted.kind === 'secret' ? trusted.name : 'ROOTCA'
  return { combined_validation_context: { default_validation_context: names, validation_context_sds_secret_config: secretConfig(name, secrets) } }
}

function secretConfig(name: string, source: Json): Json {
  return { name, sds_config: source }
}
