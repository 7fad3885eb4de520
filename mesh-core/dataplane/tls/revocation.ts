import { verify } from 'node:crypto'
import type { X509Certificate } from 'node:crypto'
import { createRequire } from 'node:module'
import type { X509Crl } from '@peculiar/x509'

/** As OpenSSL calls it, with `_` for blanks. */
export const revoked = 'certificate_revoked'
export const withoutList = 'unable_to_get_certificate_CRL'

export interface Objection {
  /** Place in the chain of the certificate that is objected to. */
  readonly depth: number
  readonly cause: typeof revoked | typeof withoutList
}

/**
 * Each certificate on the path is to be on no list, and its issuer has to have one. How long lists are valid is not looked at, as with certificates.
 * Source: Envoy `DefaultCertValidator::initializeSslContexts`, which sets `X509_V_FLAG_CRL_CHECK_ALL`.
 * @param path each issued by the next, the last by itself
 * @param lists PEM
 */
export function objectionTo(path: readonly X509Certificate[], lists: string): Objection | null {
  const parsed = parse(lists)
  for (const [depth, certificate] of path.entries()) {
    const issuer = path[depth + 1] ?? certificate
    const own = parsed.filter((list) => isIssuedBy(list, issuer))
    if (own.length === 0) return { depth, cause: withoutList }
    const serial = serialOf(certificate.serialNumber)
    if (own.some(({ entries }) => entries.some(({ serialNumber }) => serialOf(serialNumber) === serial))) return { depth, cause: revoked }
  }
  return null
}

/** Leading zeroes belong to the encoding. */
function serialOf(hex: string): string {
  return hex.toLowerCase().replace(/^0+(?=.)/, '')
}

/** Only those who have lists pay for the library. */
const load = createRequire(import.meta.url)

let known: { readonly pem: string; readonly lists: readonly X509Crl[] } | null = null

/** What cannot be parsed is no list. */
function parse(pem: string): readonly X509Crl[] {
  if (known?.pem === pem) return known.lists
  load('reflect-metadata')
  const { X509Crl: List } = load('@peculiar/x509') as { readonly X509Crl: new (der: Buffer) => X509Crl }
  const lists = [...pem.matchAll(/-----BEGIN X509 CRL-----([^-]+)-----END X509 CRL-----/g)].flatMap(([, base64 = '']) => {
    try {
      return [new List(Buffer.from(base64, 'base64'))]
    } catch {
      return []
    }
  })
  known = { pem, lists }
  return lists
}

const signed = new WeakMap<X509Crl, Map<string, boolean>>()

/** @returns false, too, where the key is of another kind than the signature */
function isIssuedBy(list: X509Crl, issuer: X509Certificate): boolean {
  const answers = signed.get(list) ?? new Map<string, boolean>()
  signed.set(list, answers)
  let answer = answers.get(issuer.fingerprint256)
  if (answer === undefined) answers.set(issuer.fingerprint256, (answer = isSignedBy(list, issuer)))
  return answer
}

function isSignedBy(list: X509Crl, issuer: X509Certificate): boolean {
  const { hash } = list.signatureAlgorithm as { readonly hash?: string | { readonly name: string } }
  const digest = typeof hash === 'string' ? hash : hash?.name
  try {
    return verify(digest?.replace('-', '') ?? null, signedPartOf(list), issuer.publicKey, Buffer.from(list.signature))
  } catch {
    return false
  }
}

/** The library itself checks signatures, but has one wait for it. */
function signedPartOf(list: X509Crl): Buffer {
  return Buffer.from((list as unknown as { readonly tbs: ArrayBuffer }).tbs)
}
