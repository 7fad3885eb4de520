import type { Resource } from '../../config/resource.ts'
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
  return isKeyPair(secret) ? { secret } : invalid(`Secret "${namespace}/${name}" holds no certificate with its key`)
}

/** What a ConfigMap holds that certificates of clients are checked against, or why there is none. */
export type Authorities = { readonly authorities: Resource } | { readonly problem: Problem }

/**
 * How a Gateway checks the clients of a port: as it says for that port, else as for all. `null`: it asks them for nothing. Where clients without a valid
 * certificate are let in, too, asking them changes nothing. Source: Gateway API `FrontendTLSConfig`.
 */
export function authoritiesOf(gateway: Resource, port: number, { grants, object }: Surroundings): Authorities | null {
  const { frontend } = ((gateway.object['spec'] ?? {}) as GatewaySpec).tls ?? {}
  const forPort = frontend?.perPort?.find((one) => one.port === port)
  const validation = forPort ? forPort.tls?.validation : frontend?.default?.validation
  if (!validation || validation.mode === 'AllowInsecureFallback') return null
  const problems: Problem[] = []
  for (const { group = '', kind = 'ConfigMap', name, namespace = gateway.namespace } of validation.caCertificateRefs) {
    const found = object('ConfigMap', namespace, name)
    const place = `${kind} "${namespace}/${name}"`
    if (group !== '' || kind !== 'ConfigMap') problems.push({ reason: 'InvalidCACertificateKind', message: `${place} is no ConfigMap` })
    else if (!grants.allow({ kind: gateway.kind, namespace: gateway.namespace }, { group: '', kind, namespace, name }))
      problems.push({ reason: 'RefNotPermitted', message: `${place} may not be referred to from namespace "${gateway.namespace}"` })
    else if (!String(found?.object['data']?.['ca.crt'] ?? '').includes('-----BEGIN CERTIFICATE-----'))
      problems.push({ reason: 'InvalidCACertificateRef', message: `${place} holds no certificate in ca.crt` })
    else return { authorities: found! }
  }
  return { problem: problems[0] ?? { reason: 'InvalidCACertificateRef', message: 'no authority is named' } }
}

/** In PEM, by its frame; whether the two belong together is not looked at. */
function isKeyPair({ object }: Resource): boolean {
  const text = (name: string): string => {
    const encoded: unknown = object['data']?.[name]
    return typeof encoded === 'string' ? decoded(encoded) : String(object['stringData']?.[name] ?? '')
  }
  const certificate = text('tls.crt') || text('cert')
  const key = text('tls.key') || text('key')
  return certificate.includes('-----BEGIN CERTIFICATE-----') && /-----BEGIN [A-Z ]*PRIVATE KEY-----/.test(key)
}

function decoded(base64: string): string {
  try {
    return atob(base64.replaceAll(/\s/g, ''))
  } catch {
    return ''
  }
}
