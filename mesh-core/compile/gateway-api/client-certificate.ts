import type { Resource } from '../../config/resource.ts'
import type { Cluster } from '../../ir/cluster.ts'
import type { ServerCertificate } from '../../ir/tls.ts'
import type { Secrets } from '../gateway/secrets.ts'
import { type Certificate, certificateOf } from './certificates.ts'
import type { GatewayApi } from './conversion.ts'
import { isServedBy, specOf } from './gateways.ts'
import type { Pod } from './gateways.ts'
import type { Surroundings } from './surroundings.ts'

/** What a Gateway shows to backends that ask for a certificate; `null` where it names none. Source: Gateway API `GatewayBackendTLS.clientCertificateRef`. */
export function clientCertificateOf(gateway: Resource, surroundings: Surroundings): Certificate | null {
  const ref = specOf(gateway).tls?.backend?.clientCertificateRef
  if (!ref) return null
  const found = certificateOf(ref, gateway, surroundings)
  if ('secret' in found || found.problem.reason !== 'InvalidCertificateRef') return found
  return { problem: { ...found.problem, reason: 'InvalidClientCertificateRef' } }
}

/** Clusters that a gateway's pod begins TLS with show the certificate of its Gateway; one that cannot be had leaves them without. */
export function showingCertificate(
  clusters: Readonly<Record<string, Cluster>>,
  { gateways, surroundings }: GatewayApi,
  pod: Pod,
  secrets: Secrets,
): Readonly<Record<string, Cluster>> {
  const [found] = gateways.filter((gateway) => isServedBy(gateway, pod)).flatMap(({ resource }) => clientCertificateOf(resource, surroundings) ?? [])
  if (!found || 'problem' in found) return clusters
  const name = `kubernetes-gateway://${found.secret.namespace}/${found.secret.name}`
  const certificate: ServerCertificate = { kind: 'secret', name, pair: secrets.keyPair(name, found.secret.namespace) }
  const shown = (cluster: Cluster): Cluster =>
    cluster.tls.mode === 'originate' && cluster.tls.certificate === null ? { ...cluster, tls: { ...cluster.tls, certificate } } : cluster
  return Object.fromEntries(Object.entries(clusters).map(([key, cluster]) => [key, shown(cluster)]))
}
