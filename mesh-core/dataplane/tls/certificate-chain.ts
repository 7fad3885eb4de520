import { createHash, X509Certificate } from 'node:crypto'

/** From a chain's own certificate to the authority that it leads to, each issued by the next; `null`: it leads to none of them. */
export function pathTo(authorities: string, chain: string): readonly X509Certificate[] | null {
  const roots = parse(authorities)
  const [leaf, ...others] = parse(chain)
  const path = leaf ? [leaf] : []
  while (path.length > 0 && path.length <= others.length + 1) {
    const subject = path.at(-1)!
    const root = roots.find((one) => one.fingerprint256 === subject.fingerprint256 || isIssuer(one, subject))
    if (root) return root.fingerprint256 === subject.fingerprint256 ? path : [...path, root]
    const next = others.find((other) => other !== subject && isIssuer(other, subject))
    if (!next) return null
    path.push(next)
  }
  return null
}

export function isIssuer(authority: X509Certificate, subject: X509Certificate): boolean {
  return subject.checkIssued(authority) && subject.verify(authority.publicKey)
}

/** SHA-256 of the public key, in Base64. */
export function keyHashOf({ publicKey }: X509Certificate): string {
  return createHash('sha256')
    .update(publicKey.export({ type: 'spki', format: 'der' }))
    .digest('base64')
}

/** DNS names and URIs. */
export function subjectAltNamesOf({ subjectAltName }: X509Certificate): string[] {
  return (subjectAltName ?? '').split(', ').map((entry) => entry.replace(/^(DNS|URI):/, ''))
}

const parsed = new Map<string, readonly X509Certificate[]>()

/** What cannot be parsed is no certificate. */
export function parse(pem: string): readonly X509Certificate[] {
  let certificates = parsed.get(pem)
  if (certificates) return certificates
  certificates = (pem.match(/-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----/g) ?? []).flatMap((block) => {
    try {
      return [new X509Certificate(block)]
    } catch {
      return []
    }
  })
  if (parsed.size > 1000) parsed.clear()
  parsed.set(pem, certificates)
  return certificates
}
