import type { Resource } from '../../config/resource.ts'
import { Secrets } from '../gateway/secrets.ts'
import type { Problem } from './conditions.ts'
import type { Surroundings } from './surroundings.ts'
import type { GatewaySpec, ObjectRef } from './types.ts'

/** A Secret that a reference leads to, or why it leads nowhere. */
export type Certificate = { readonly secret: Resource } | { readonly problem: Problem }

/**
 * The certificate that a listener refers to: a Secret, of another namespace only with a ReferenceGrant for the kind of object that the listener stands in.
 * Source: Istio `pilot/pkg/config/kube/gateway/conversion.go` buildSecretReference.
 */
export function certificateOf(ref: ObjectRef, holder: Resource, { grants, object }: Surroundings): Certificate {
  const { group = '', kind = 'Secret', name, namespace = holder.namespace } = ref
  const invalid = (message: string): Certificate => ({ problem: { reason: 'InvalidCertificateRef', message } })
  if (group !== '' || kind !== 'Secret') return invalid(`${group}/${kind} "${name}" is no Secret`)
  if (!grants.allow({ kind: holder.kind, namespace: holder.namespace }, { group: '', kind: 'Secret', namespace, name })) {
    const message = `Secret "${namespace}/${name}" may not be referred to from namespace "${holder.namespace}": no ReferenceGrant says so`
    return { problem: { reason: 'RefNotPermitted', message } }
  }
  const secret = object('Secret', namespace, name)
  if (!secret) return invalid(`there is no Secret "${namespace}/${name}"`)
  const pair = new Secrets([secret]).keyPair(name, namespace)
  return pair ? { secret } : invalid(`Secret "${namespace}/${name}" holds no certificate with its key`)
}

/** What certificates of clients are checked against: `null` for any, where clients without a valid one are let in, too. */
export type Authorities = { readonly authorities: Resource | null } | { readonly problem: Problem }

/**
 * How a Gateway checks the clients of a port: as it says for that port, else as for all. `null`: it asks them for nothing.
 * Source: Gateway API `FrontendTLSConfig`; Istio `pilot/pkg/config/kube/gateway/conversion.go` resolveGatewayTLS, buildTLS.
 */
export function authoritiesOf(gateway: Resource, port: number, surroundings: Surroundings): Authorities | null {
  const { frontend } = ((gateway.object['spec'] ?? {}) as GatewaySpec).tls ?? {}
  const forPort = frontend?.perPort?.find((one) => one.port === port)
  const validation = forPort ? forPort.tls?.validation : frontend?.default?.validation
  const [ref, ...others] = validation?.caCertificateRefs ?? []
  if (!validation || !ref) return null
  if (others.length > 0) return { problem: { reason: 'InvalidCACertificateRef', message: 'only one of caCertificateRefs is supported' } }
  const found = authoritiesAt(ref, gateway, surroundings)
  return 'problem' in found || validation.mode !== 'AllowInsecureFallback' ? found : { authorities: null }
}

/** Source: the same file, buildCaCertificateReference. */
function authoritiesAt(ref: ObjectRef, gateway: Resource, { grants, object }: Surroundings): Authorities {
  const { group = '', kind = 'ConfigMap', name, namespace = gateway.namespace } = ref
  const place = `${kind} "${namespace}/${name}"`
  const wrong = (reason: string, message: string): Authorities => ({ problem: { reason, message } })
  if (group !== '' || !(kind === 'ConfigMap' || kind === 'Secret'))
    return wrong('InvalidCACertificateKind', `${group}/${kind} "${name}" is neither a ConfigMap nor a Secret`)
  const found = object(kind, namespace, name)
  const permitted = grants.allow({ kind: gateway.kind, namespace: gateway.namespace }, { group: '', kind, namespace, name })
  if (!permitted) return wrong('RefNotPermitted', `${place} may not be referred to from namespace "${gateway.namespace}"`)
  if (!found) return wrong('InvalidCACertificateRef', `there is no ${place}`)
  const { certificates } = new Secrets([found]).authorities(resourceName(found), namespace)
  return certificates !== null ? { authorities: found } : wrong('InvalidCACertificateRef', `${place} holds no certificate in ca.crt`)
}

/** As a proxy asks for it. Source: Istio `pilot/pkg/model/credentials/resource.go`. */
export function resourceName({ kind, namespace, name }: Resource): string {
  return `${kind === 'ConfigMap' ? 'configmap' : 'kubernetes-gateway'}://${namespace}/${name}`
}
