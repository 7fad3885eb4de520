import type { OriginatedTls, ServerCertificate } from '../../../../mesh-core/ir/tls.ts'
import { certificates, secretConfig, trust } from './downstream-tls.ts'
import { optional, typed } from './json.ts'
import type { Json } from './json.ts'
import type { Placement } from './placement.ts'

/** How a proxy begins TLS with an application. Source: Envoy `UpstreamTlsContext`, Istio `core/cluster_tls.go` constructUpstreamTLS. */
export function originatedTls(tls: OriginatedTls, placement: Placement): Json {
  const { serverName, certificate, cipherSuites, applicationProtocols } = tls
  return {
    name: 'envoy.transport_sockets.tls',
    typed_config: typed('envoy.extensions.transport_sockets.tls.v3.UpstreamTlsContext', {
      common_tls_context: {
        tls_params: { ...upstreamVersions, ...optional('cipher_suites', cipherSuites) },
        ...(certificate ? shown(certificate, placement) : {}),
        ...validation(tls, placement),
        ...optional('alpn_protocols', applicationProtocols),
      },
      ...optional('sni', serverName),
    }),
  }
}

/** Envoy's own would end at 1.2. Source: Istio `core/cluster_tls.go` defaultUpstreamCommonTLSContext. */
export const upstreamVersions: Json = { tls_minimum_protocol_version: 'TLSv1_2', tls_maximum_protocol_version: 'TLSv1_3' }

/** What of it the router does for each request. Source: Envoy `UpstreamHttpProtocolOptions`. */
export function perRequest({ serverName, validation: wanted }: OriginatedTls): Json | null {
  const options = { ...(serverName === null ? { auto_sni: true } : {}), ...(wanted?.ofHost ? { auto_san_validation: true } : {}) }
  return Object.keys(options).length > 0 ? options : null
}

/** A Secret that does not exist is asked for all the same: until it comes, there are no connections. */
function shown(certificate: ServerCertificate, placement: Placement): Json {
  if (certificate.kind === 'workload' || certificate.pair !== null || placement.secrets) return certificates([certificate], placement)
  return { tls_certificate_sds_secret_configs: [secretConfig(certificate.name, placement.missingSecrets)] }
}

function validation({ validation: wanted }: OriginatedTls, placement: Placement): Json {
  if (!wanted) return { validation_context: {} }
  const { trusted, subjectAltNames } = wanted
  const names = optional(
    'match_subject_alt_names',
    subjectAltNames.map((exact) => ({ exact })),
  )
  const combined = (source: Json): Json => ({
    combined_validation_context: { default_validation_context: names, validation_context_sds_secret_config: source },
  })
  switch (trusted.kind) {
    case 'workload': {
      const { root, configSource } = placement.own()
      return combined(secretConfig(root, configSource))
    }
    case 'system': {
      const authorities = placement.systemAuthorities
      return typeof authorities === 'string'
        ? { validation_context: { ...names, trusted_ca: { inline_string: authorities } } }
        : combined(secretConfig('file-root:system', authorities))
    }
    case 'secret': {
      if (placement.secrets) return combined(secretConfig(trusted.name, placement.secrets))
      if (trusted.certificates === null) return combined(secretConfig(trusted.name, placement.missingSecrets))
      return { validation_context: { ...names, ...trust(trusted) } }
    }
  }
}
