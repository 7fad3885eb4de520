import type { Resource } from '../../config/resource.ts'
import type { Problem } from './conditions.ts'
import type { Surroundings } from './surroundings.ts'
import type { ObjectRef } from './types.ts'

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
