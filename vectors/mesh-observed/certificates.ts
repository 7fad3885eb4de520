import type { Resource } from '../../mesh-core/config/resource.ts'
import { CertificateAuthority } from '../../mesh-core/identity/certificate-authority.ts'

let authority: Promise<CertificateAuthority> | null = null

/** The recorder put certificates of its own in the place of what Secrets held in words. */
export function withCertificates(resources: readonly Resource[]): Promise<readonly Resource[]> {
  return Promise.all(resources.map((resource) => (resource.kind === 'Secret' && isInWords(resource) ? filled(resource) : resource)))
}

function isInWords({ object }: Resource): boolean {
  const certificate = object['stringData']?.['tls.crt'] ?? Buffer.from(String(object['data']?.['tls.crt'] ?? ''), 'base64').toString()
  return !String(certificate).includes('BEGIN')
}

async function filled(secret: Resource): Promise<Resource> {
  const issuer = await (authority ??= CertificateAuthority.create('recorder'))
  const name = secret.name.replace(/-cacert$/, '')
  const { certificateChain, privateKey } = await issuer.issue({ commonName: name, dnsNames: [name] })
  const stringData = { 'tls.crt': certificateChain, 'tls.key': privateKey, 'ca.crt': issuer.certificate }
  return { ...secret, object: { ...secret.object, stringData } }
}
