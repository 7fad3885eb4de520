import type { ProxyConfig } from '../../ir/proxy-config.ts'
import { unknownSuite } from '../gateway/cipher-suites.ts'
import type { TlsDefaults } from '../mesh/mesh-config.ts'

/** Groups that Envoy exchanges keys in. Source: BoringSSL `ssl_key_share.cc`; seen with Envoy 1.40.0. */
const known: ReadonlySet<string> = new Set('P-256 P-384 P-521 X25519 X25519MLKEM768 MLKEM1024 prime256v1 secp384r1 secp521r1 x25519'.split(' '))

/** One that Envoy refuses a listener or a cluster for, though istiod writes it down. */
export function unknownCurve(curves: readonly string[] = []): string | undefined {
  return curves.find((curve) => curve !== '' && !known.has(curve))
}

type Clusters = ProxyConfig['clusters']

/**
 * Those that begin TLS of their own with groups or suites that Envoy does not know are as they were before; a fresh proxy has none of them.
 * @param defaults of the mesh; its own mutual TLS does not go by them
 * Source: Istio `core/cluster_tls.go` applyTLSDefaults.
 */
export function withKnownTls(clusters: Clusters, { ecdhCurves, cipherSuites }: TlsDefaults, before: () => Clusters): Clusters {
  if (unknownCurve(ecdhCurves) === undefined && unknownSuite(cipherSuites) === undefined) return clusters
  const former = before()
  const entries = Object.entries(clusters).flatMap(([name, cluster]) => {
    const kept = cluster.tls.mode === 'originate' ? former[name] : cluster
    return kept ? [[name, kept] as const] : []
  })
  return Object.fromEntries(entries)
}
