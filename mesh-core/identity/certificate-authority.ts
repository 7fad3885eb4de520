import 'reflect-metadata'
import { webcrypto, X509Certificate as Certificate } from 'node:crypto'
import {
  BasicConstraintsExtension,
  cryptoProvider,
  SubjectAlternativeNameExtension,
  X509CertificateGenerator,
  X509CrlGenerator,
  X509CrlReason,
  type JsonGeneralNames,
  type X509Certificate,
} from '@peculiar/x509'
import type { KeyPair } from '../ir/tls.ts'

/** Who a certificate is for. */
export interface Subject {
  /** `CN=` */
  readonly commonName?: string
  readonly dnsNames?: readonly string[]
  /** `spiffe://cluster.local/ns/default/sa/reviews` */
  readonly uris?: readonly string[]
  readonly ipAddresses?: readonly string[]
  /** Default: those of the authority. */
  readonly notBefore?: Date
  readonly notAfter?: Date
}

const algorithm = { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' } as const
/** Simulated time has no date, so certificates are good for as long as anybody will run this. */
const validity = { notBefore: new Date('2020-01-01T00:00:00Z'), notAfter: new Date('2040-01-01T00:00:00Z') }

/** Issues certificates with keys of their own (ECDSA P-256). Nothing of it is kept. */
export class CertificateAuthority {
  /** PEM */
  readonly certificate: string
  readonly #own: X509Certificate
  readonly #key: webcrypto.CryptoKey
  #serial = 1

  private constructor(own: X509Certificate, key: webcrypto.CryptoKey) {
    this.#own = own
    this.#key = key
    this.certificate = own.toString('pem')
  }

  /** @param name its own, `O=` of the subject */
  static async create(name: string): Promise<CertificateAuthority> {
    cryptoProvider.set(webcrypto as never)
    const keys = await generateKeys()
    const own = await X509CertificateGenerator.createSelfSigned({
      name: distinguished('O', name),
      serialNumber: '01',
      keys: keys as never,
      signingAlgorithm: algorithm,
      extensions: [new BasicConstraintsExtension(true, undefined, true)],
      ...validity,
    })
    return new CertificateAuthority(own, keys.privateKey)
  }

  /** The chain ends with the authority's own certificate. */
  async issue(subject: Subject): Promise<KeyPair> {
    const keys = await generateKeys()
    const names = namesOf(subject)
    const certificate = await X509CertificateGenerator.create({
      subject: subject.commonName === undefined ? '' : distinguished('CN', subject.commonName),
      issuer: this.#own.subject,
      serialNumber: (++this.#serial).toString(16).padStart(4, '0'),
      publicKey: keys.publicKey as never,
      signingKey: this.#key as never,
      signingAlgorithm: algorithm,
      notBefore: subject.notBefore ?? validity.notBefore,
      notAfter: subject.notAfter ?? validity.notAfter,
      extensions: names.length > 0 ? [new SubjectAlternativeNameExtension(names, subject.commonName === undefined)] : [],
    })
    return { certificateChain: `${certificate.toString('pem')}\n${this.certificate}\n`, privateKey: await keyInPem(keys.privateKey) }
  }

  /** A list of what it has revoked: certificates that it has issued, PEM. @returns PEM */
  async revocations(certificates: readonly string[]): Promise<string> {
    // Without a reason an entry has an empty list of extensions, which BoringSSL refuses.
    const about = { revocationDate: validity.notBefore, reason: X509CrlReason.keyCompromise }
    const entries = certificates.map((pem) => ({ serialNumber: new Certificate(pem).serialNumber, ...about }))
    const list = await X509CrlGenerator.create({
      issuer: this.#own.subject,
      thisUpdate: validity.notBefore,
      nextUpdate: validity.notAfter,
      entries,
      signingKey: this.#key as never,
      signingAlgorithm: algorithm,
    })
    // OpenSSL knows no other name of it.
    return inPem('X509 CRL', Buffer.from(list.rawData))
  }
}

function generateKeys(): Promise<webcrypto.CryptoKeyPair> {
  return webcrypto.subtle.generateKey(algorithm, true, ['sign', 'verify'])
}

function namesOf({ dnsNames = [], uris = [], ipAddresses = [] }: Subject): JsonGeneralNames {
  const of = (type: 'dns' | 'url' | 'ip', values: readonly string[]): JsonGeneralNames => values.map((value) => ({ type, value }))
  return [...of('dns', dnsNames), ...of('url', uris), ...of('ip', ipAddresses)]
}

/** Escaped as RFC 4514 has it. */
function distinguished(type: string, value: string): string {
  return `${type}=${value.replace(/[,+"\\<>;=]/g, '\\$&')}`
}

async function keyInPem(key: webcrypto.CryptoKey): Promise<string> {
  return inPem('PRIVATE KEY', Buffer.from(await webcrypto.subtle.exportKey('pkcs8', key)))
}

function inPem(label: string, der: Buffer): string {
  const lines = der.toString('base64').match(/.{1,64}/g) ?? []
  return [`-----BEGIN ${label}-----`, ...lines, `-----END ${label}-----`, ''].join('\n')
}
