import { createSecureContext } from 'node:tls'
import type { SecureContext } from 'node:tls'
import { trustDomain } from '../../../mesh-core/registry/spiffe.ts'
import type { CertificateAuthority } from '../../../mesh-core/identity/certificate-authority.ts'
import type { KeyPair } from '../../../mesh-core/ir/tls.ts'

/** The certificates of one run: all of one authority, each made when it is first asked for. */
class Credentials {
  #authority: Promise<CertificateAuthority> | null = null
  readonly #pairs = new Map<string, Promise<KeyPair>>()

  /** PEM of what all of them are issued by. */
  async root(): Promise<string> {
    return (await this.#ca()).certificate
  }

  /** @param identity `spiffe://…` */
  ofIdentity(identity: string): Promise<KeyPair> {
    return this.#pair(identity, (authority) => authority.issue({ uris: [identity] }))
  }

  /** For a server outside the mesh, by the name that is asked for. */
  async ofServer(name: string): Promise<SecureContext> {
    const { certificateChain, privateKey } = await this.#pair(name, (authority) =>
      authority.issue({ commonName: name.slice(0, 64), dnsNames: [name] }),
    )
    return createSecureContext({ cert: certificateChain, key: privateKey })
  }

  #pair(name: string, issue: (authority: CertificateAuthority) => Promise<KeyPair>): Promise<KeyPair> {
    const pair = this.#pairs.get(name) ?? this.#ca().then(issue)
    this.#pairs.set(name, pair)
    return pair
  }

  #ca(): Promise<CertificateAuthority> {
    this.#authority ??= import('../../../mesh-core/identity/certificate-authority.ts').then((module) =>
      module.CertificateAuthority.create(trustDomain),
    )
    return this.#authority
  }
}

export const credentials = new Credentials()
