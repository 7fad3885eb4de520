import { createSecureContext } from 'node:tls'
import type { SecureContext } from 'node:tls'
import type { CertificateAuthority } from '../../mesh-core/identity/certificate-authority.ts'

/** Certificates of a pod, all of an authority of its own, each made when it is first asked for. */
export class PodCertificates {
  readonly #pod: string
  #authority: Promise<CertificateAuthority> | null = null
  readonly #made = new Map<string, Promise<SecureContext>>()

  /** @param pod its name: a client that trusts several pods tells their authorities apart by their names */
  constructor(pod: string) {
    this.#pod = pod
  }

  /** PEM of what all of them are issued by. */
  async authority(): Promise<string> {
    return (await this.#own()).certificate
  }

  for(name: string): Promise<SecureContext> {
    const made = this.#made.get(name) ?? this.#make(name)
    this.#made.set(name, made)
    return made
  }

  async #make(name: string): Promise<SecureContext> {
    const { certificateChain, privateKey } = await (await this.#own()).issue({ commonName: name.slice(0, 64), dnsNames: [name] })
    return createSecureContext({ cert: certificateChain, key: privateKey })
  }

  #own(): Promise<CertificateAuthority> {
    return (this.#authority ??= newAuthority(this.#pod))
  }
}

/** Loaded when there is something to certify: most pods speak plain text. */
async function newAuthority(pod: string): Promise<CertificateAuthority> {
  const { CertificateAuthority: Authority } = await import('../../mesh-core/identity/certificate-authority.ts')
  return Authority.create(`pod ${pod} of meshspec`.slice(0, 64))
}
