import type { UpstreamHttp, UpstreamTls } from '../../ir/cluster.ts'
import type { OriginatedTls, ServerCertificate, TrustedAuthorities } from '../../ir/tls.ts'
import type { Registry, Service } from '../../registry/registry.ts'
import { spiffeId } from '../../registry/spiffe.ts'
import type { ClientTls } from './destination-rule-types.ts'
import type { MeshConfig } from '../mesh/mesh-config.ts'
import type { Files, Secrets } from '../gateway/secrets.ts'
import { credentialResource } from '../gateway/server-tls.ts'

/** Whose connections are secured. */
export interface TlsClient {
  /** Of the proxy's container. */
  readonly files: Files
  readonly secrets: Secrets
  readonly mesh: MeshConfig
  readonly registry: Registry
  readonly gateway: boolean
  /** What is spoken within. */
  readonly http: UpstreamHttp
  /** Where no rule says how, mutual TLS may begin. */
  readonly inferred: boolean
  /** The rule is for chosen workloads alone. */
  readonly selected: boolean
}

/** Automatic mutual TLS acts where no mode is given. Source: Istio `core/cluster_tls.go` buildUpstreamClusterTLSContext, `core/cluster_builder.go` buildUpstreamTLSSettings. */
export function upstreamTls(tls: ClientTls | undefined, service: Service | null, client: TlsClient): UpstreamTls {
  if (!tls) return client.mesh.enableAutoMtls && client.inferred ? { mode: 'auto' } : { mode: 'disable' }
  switch (tls.mode) {
    case 'ISTIO_MUTUAL':
      return { mode: 'istio-mutual', sni: tls.sni || null, subjectAltNames: tls.subjectAltNames?.length ? tls.subjectAltNames : null }
    case 'SIMPLE':
    case 'MUTUAL':
      return isOutOfReach(tls, client) ? { mode: 'disable' } : originated(tls, service, client)
    default:
      return { mode: 'disable' }
  }
}

const configMap = 'configmap://'

/** A Secret is not given to every sidecar that a rule happens to concern: those connections stay plain. A ConfigMap is no secret. */
function isOutOfReach({ credentialName = '' }: ClientTls, { gateway, selected }: TlsClient): boolean {
  const privileged = credentialName !== '' && !credentialName.startsWith(configMap)
  return privileged && !gateway && !selected
}

/** Without a certificate to show MUTUAL comes to nothing, and connections stay plain. Source: the same file, constructUpstreamTLS. */
function originated(tls: ClientTls, service: Service | null, client: TlsClient): UpstreamTls {
  const { mode, credentialName, clientCertificate, privateKey, sni, insecureSkipVerify } = tls
  const named = tls.subjectAltNames ?? []
  if (mode === 'MUTUAL' && !credentialName && !(clientCertificate && privateKey)) return { mode: 'disable' }
  // A file that does not say whom to trust is not asked.
  const validation: OriginatedTls['validation'] = insecureSkipVerify
    ? null
    : {
        trusted: trustedBy(tls, client),
        subjectAltNames: named.length > 0 || !service ? named : namesOf(service, client.registry),
        ofHost: !sni && named.length === 0,
      }
  return {
    mode: 'originate',
    serverName: sni || null,
    certificate: mode === 'MUTUAL' ? certificateOf(tls, client) : null,
    validation,
    cipherSuites: [],
    applicationProtocols: client.http === 'http2' ? ['h2'] : [],
  }
}

/**
 * What certificates of a ServiceEntry's servers say, unless a rule says otherwise: its names, and those of whoever its endpoints say that they are.
 * Source: the same file, constructUpstreamTLS; Istio `model/push_context.go` addServiceAccounts.
 */
function namesOf(service: Service, registry: Registry): readonly string[] {
  if (service.provider !== 'External') return []
  const endpoints = service.ports.flatMap(({ number }) => registry.endpoints(service, number))
  const ids = endpoints.flatMap(({ address, workload: { namespace }, serviceAccount: own }) => {
    const pod = registry.workloadAt(address)
    const serviceAccount = own ?? pod?.serviceAccount ?? ''
    return serviceAccount === '' ? [] : [spiffeId({ namespace: own ? namespace : pod!.ref.namespace, serviceAccount }, registry.trustDomain)]
  })
  return [...new Set([...service.subjectAltNames, ...ids])].sort()
}

function certificateOf({ credentialName, clientCertificate = '', privateKey = '' }: ClientTls, { secrets, files }: TlsClient): ServerCertificate {
  if (credentialName) return { kind: 'secret', name: credentialResource(credentialName), pair: secrets.keyPair(credentialName, files.namespace) }
  const name = `file-cert:${clientCertificate}~${privateKey}`
  return { kind: 'secret', name, pair: secrets.pairInFiles(files, clientCertificate, privateKey) }
}

const systemFile = 'system'

function trustedBy({ credentialName, caCertificates, caCrl = '' }: ClientTls, { secrets, files }: TlsClient): TrustedAuthorities {
  if (credentialName) {
    const name = `${credentialResource(credentialName)}-cacert`
    return { kind: 'secret', name, ...secrets.authorities(credentialName, files.namespace) }
  }
  if (!caCertificates || caCertificates === systemFile) return { kind: 'system' }
  return { kind: 'secret', name: `file-root:${caCertificates}`, ...secrets.authoritiesInFile(files, caCertificates, caCrl) }
}

/** Who is looked up by a name has a certificate with it, whatever else is asked for. Source: Envoy `dynamic_forward_proxy/cluster.cc`. */
export function askingForHost(tls: UpstreamTls): UpstreamTls {
  return tls.mode === 'originate' ? { ...tls, validation: tls.validation && { ...tls.validation, ofHost: true } } : tls
}
