import { createSecureContext } from 'node:tls'
import type { SecureContext } from 'node:tls'
import { defaultTrustDomain } from '../../../mesh-core/registry/spiffe.ts'
import type { CertificateAuthority } from '../../../mesh-core/identity/certificate-authority.ts'
import type { KeyPair } from '../../../mesh-core/ir/tls.ts'

/** The certificates of one run: all of one authority, each made when it is first asked for. */
class Credentials {
  #authority: Promise<CertificateAuthority> | null = null
  /** Of servers in the world outside. */
  #publicAuthority: Promise<CertificateAuthority> | null = null
  readonly #pairs = new Map<string, Promise<KeyPair>>()

  /** PEM of what all of them are issued by. */
  async root(): Promise<string> {
    return (await this.#ca()).certificate
  }

  /** @param identity `spiffe://…` */
  ofIdentity(identity: string): Promise<KeyPair> {
    return this.#pair(identity, (authority) => authority.issue({ uris: [identity] }))
  }

  /** What systems trust: the public authority, and the one of the mesh, of which servers that nobody knows more about have theirs. */
  async systemAuthorities(): Promise<string> {
    return `${(await this.#public()).certificate}\n${await this.root()}`
  }

  /** For a server, by the name that is asked for. @param issuer as `ApplicationTls.certificate` */
  async ofServer(name: string, issuer: 'public' | 'any'): Promise<SecureContext> {
    const request = { commonName: name.slice(0, 64), dnsNames: [name] }
    const { certificateChain, privateKey } =
      issuer === 'any'
        ? await this.#pair(name, (authority) => authority.issue(request))
        : await this.#pair(`public ${name}`, async () => (await this.#public()).issue(request))
    return createSecureContext({ cert: certificateChain, key: privateKey })
  }

  #pair(name: string, issue: (authority: CertificateAuthority) => Promise<KeyPair>): Promise<KeyPair> {
    const pair = this.#pairs.get(name) ?? this.#ca().then(issue)
    this.#pairs.set(name, pair)
    return pair
  }

  #ca(): Promise<CertificateAuthority> {
    return (this.#authority ??= authorityNamed(defaultTrustDomain))
  }

  #public(): Promise<CertificateAuthority> {
    return (this.#publicAuthority ??= authorityNamed('Public Authority'))
  }
}

async function authorityNamed(organization: string): Promise<CertificateAuthority> {
  const { CertificateAuthority: Authority } = await import('../../../mesh-core/identity/certificate-authority.ts')
  return Authority.create(organization)
}

export const credentials = new Credentials()
