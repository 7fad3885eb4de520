import type { Resource } from '../../config/resource.ts'
import { fqdn } from '../../registry/services.ts'
import type { DestinationRule } from '../clusters/destination-rule.ts'
import type { ClientTls, TrafficPolicy } from '../clusters/destination-rule-types.ts'
import type { Problem } from './conditions.ts'
import type { Surroundings } from './surroundings.ts'
import type { BackendTlsSpec, PolicyTarget } from './types.ts'

/** Who trusts nobody: every handshake fails. Source: Istio `pilot/pkg/model/credentials/resource.go` InvalidSecretTypeURI. */
const nobody = 'invalid://'

export function backendTlsSpec(policy: Resource): BackendTlsSpec {
  return policy.object['spec'] ?? {}
}

/** The host, or hosts, that a target stands for; `problem` where there are none. */
export type Target = { readonly hosts: readonly string[]; readonly ports: readonly NamedPort[] } | { readonly problem: Problem }

interface NamedPort {
  readonly name?: string
  readonly number: number
}

/** A Service, or Istio's ServiceEntry, of the policy's namespace. Source: Istio `pilot/pkg/config/kube/gateway/backend_policies.go` BackendTLSPolicyCollection. */
export function targetOf({ group = '', kind, name, sectionName }: PolicyTarget, { namespace }: Resource, { object }: Surroundings): Target {
  const missing = (message: string): Target => ({ problem: { reason: 'TargetNotFound', message } })
  const known = `${group}/${kind}`
  if (known !== '/Service' && known !== 'networking.istio.io/ServiceEntry') return missing(`${known} "${name}" is no target that is supported`)
  const found = object(kind, namespace, name)
  if (!found) return missing(`there is no ${kind} "${namespace}/${name}"`)
  const spec: { readonly ports?: readonly { name?: string; port?: number; number?: number }[]; readonly hosts?: string[] } =
    found.object['spec'] ?? {}
  const ports = (spec.ports ?? []).map(({ name: own, port, number }) => ({ ...(own !== undefined && { name: own }), number: port ?? number ?? 0 }))
  if (sectionName && !ports.some((port) => port.name === sectionName)) return missing(`${kind} "${namespace}/${name}" has no port "${sectionName}"`)
  return { hosts: kind === 'Service' ? [fqdn(name, namespace)] : (spec.hosts ?? []), ports }
}

/**
 * Policies as rules for the hosts of their targets: TLS with the name of `hostname`, and a certificate that the named authorities have issued for one of
 * `subjectAltNames`, or else for `hostname`. Of two for the same target the older acts, and one for a port goes before one for all.
 * Source: the same file, DestinationRuleCollection; Gateway API `BackendTLSPolicy`.
 * @param surroundings with policies in order of age
 */
export function backendTlsRules(surroundings: Surroundings): DestinationRule[] {
  const rules = new Map<string, DestinationRule>()
  for (const policy of surroundings.ofKind('BackendTLSPolicy'))
    for (const ref of backendTlsSpec(policy).targetRefs ?? []) {
      const target = targetOf(ref, policy, surroundings)
      if ('problem' in target) continue
      const port = ref.sectionName ? target.ports.find(({ name }) => name === ref.sectionName)!.number : null
      for (const host of target.hosts) rules.set(host, withTls(rules.get(host) ?? emptyRule(host, policy), clientTls(policy, surroundings), port))
    }
  return [...rules.values()]
}

function emptyRule(host: string, { namespace, origin }: Resource): DestinationRule {
  return { host, namespace, exportTo: new Set(), workloadSelector: null, trafficPolicy: {}, subsets: [], isOfPolicy: true, origin }
}

function withTls(rule: DestinationRule, tls: ClientTls, port: number | null): DestinationRule {
  const policy = rule.trafficPolicy ?? {}
  return { ...rule, trafficPolicy: port === null ? { ...policy, tls: policy.tls ?? tls } : withPort(policy, tls, port) }
}

function withPort(policy: TrafficPolicy, tls: ClientTls, number: number): TrafficPolicy {
  const settings = policy.portLevelSettings ?? []
  if (settings.some(({ port }) => port?.number === number)) return policy
  return { ...policy, portLevelSettings: [...settings, { port: { number }, tls }] }
}

function clientTls(policy: Resource, surroundings: Surroundings): ClientTls {
  const { hostname = '', subjectAltNames = [] } = backendTlsSpec(policy).validation ?? {}
  const names = subjectAltNames.flatMap(({ hostname: name, uri }) => name ?? uri ?? [])
  const credentialName = trustedBy(policy, surroundings)
  return { mode: 'SIMPLE', sni: hostname, subjectAltNames: names.length > 0 ? names : [hostname], ...(credentialName && { credentialName }) }
}

/** `undefined`: whom the system trusts. */
function trustedBy(policy: Resource, surroundings: Surroundings): string | undefined {
  const { caCertificateRefs = [] } = backendTlsSpec(policy).validation ?? {}
  if (caCertificateRefs.length === 0) return undefined
  const usable = authorityRefs(policy, surroundings).find(({ problem }) => problem === null)
  return usable ? `configmap://${policy.namespace}/${usable.name}` : nobody
}

export interface AuthorityRef {
  readonly name: string
  readonly problem: Problem | null
}

/** Source: the same file, getBackendTLSCredentialName. */
export function authorityRefs(policy: Resource, { object }: Surroundings): AuthorityRef[] {
  const { caCertificateRefs = [] } = backendTlsSpec(policy).validation ?? {}
  return caCertificateRefs.map(({ group = '', kind, name }) => {
    const place = `${kind} "${policy.namespace}/${name}"`
    if (group !== '' || kind !== 'ConfigMap') return { name, problem: { reason: 'InvalidKind', message: `${group}/${place} is no ConfigMap` } }
    const text = String(object('ConfigMap', policy.namespace, name)?.object['data']?.['ca.crt'] ?? '')
    const isCertificate = /-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----/.test(text)
    return { name, problem: isCertificate ? null : { reason: 'InvalidCACertificateRef', message: `${place} holds no certificate in ca.crt` } }
  })
}
