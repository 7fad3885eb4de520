import type { CertificateAuthority } from '../../mesh-core/identity/certificate-authority.ts'
import type { ClientTls, KeyPair } from '../../mesh-core/ir/tls.ts'

/** Where the ingress gateway looks for its Secrets. */
const gatewayNamespace = 'istio-system'

/** What a Secret is to hold, and where. */
export interface SecretAsked {
  /** Is its certificate issued by the authority that clients trust? */
  readonly trusted: boolean
  /** `null`: where the ingress gateway looks for it. */
  readonly namespace: string | null
  /** The client whose certificate the authority has revoked. Default: none. */
  readonly revokes?: string | null
}

/** Certificates that a scenario asks for. Its clients trust one authority, and know the certificates of no other. */
export class ScenarioCertificates {
  /** How many strangers among authorities the scenario has asked for. */
  #strangers = 0
  /** How often the scenario has asked for each certificate. */
  readonly #asked = new Map<string, number>()
  /** Of clients, by name: they go on showing what they have. */
  readonly #revoked = new Map<string, KeyPair>()
  #authority: CertificateAuthority | null = null

  /** @param trusted issued by the authority that clients trust */
  async server(names: string, trusted: boolean): Promise<KeyPair> {
    const authority = trusted ? await this.#own() : await authorityNamed('another authority', ++this.#strangers)
    return this.#issuedBy(
      authority,
      names.split(',').map((one) => one.trim()),
    )
  }

  /** PEM. */
  async authority(): Promise<string> {
    return (await this.#own()).certificate
  }

  /**
   * A Secret as `kubectl create secret generic` makes it for a gateway: certificate, key, and the authority that certificates of clients are to come from.
   * @param names that the certificate is for, with commas between
   * @returns YAML
   */
  async secret(name: string, names: string, { trusted, namespace, revokes = null }: SecretAsked): Promise<string> {
    const { certificateChain, privateKey } = await this.server(names, trusted)
    const list = revokes === null ? {} : { 'ca.crl': await this.#revoke(revokes) }
    const stringData = { 'tls.crt': certificateChain, 'tls.key': privateKey, 'ca.crt': await this.authority(), ...list }
    return JSON.stringify({
      apiVersion: 'v1',
      kind: 'Secret',
      metadata: { name, namespace: namespace ?? gatewayNamespace },
      type: 'Opaque',
      stringData,
    })
  }

  async ofClient(name: string): Promise<KeyPair> {
    return this.#revoked.get(name) ?? this.#issuedBy(await this.#own(), [name])
  }

  /** @returns PEM: the list of all that the scenario has revoked */
  async #revoke(client: string): Promise<string> {
    this.#revoked.set(client, await this.ofClient(client))
    return (await this.#own()).revocations([...this.#revoked.values()].map(({ certificateChain }) => certificateChain))
  }

  /** How clients of the scenario begin TLS: without any certificate asked for, they check none. */
  client(certificate: KeyPair | null): ClientTls {
    return { ...(this.#authority && { trusts: this.#authority.certificate }), ...(certificate && { certificate }) }
  }

  async #own(): Promise<CertificateAuthority> {
    return (this.#authority ??= await authorityNamed('meshspec', 1))
  }

  /** What is asked for once more in a scenario is another certificate. */
  #issuedBy(authority: CertificateAuthority, dnsNames: readonly string[]): Promise<KeyPair> {
    const key = dnsNames.join()
    const time = (this.#asked.get(key) ?? 0) + 1
    this.#asked.set(key, time)
    return remembered(pairsOf(authority), `${key} ${time}`, () => authority.issue({ commonName: dnsNames[0]!, dnsNames }))
  }
}

/**
 * Keys take time to make, and those that one scenario was given serve the next as well: each is given the first of a name, and the second when it asks again,
 * so that none can tell.
 */
const authorities = new Map<string, Promise<CertificateAuthority>>()
const pairs = new WeakMap<CertificateAuthority, Map<string, Promise<KeyPair>>>()
const most = 64

function pairsOf(authority: CertificateAuthority): Map<string, Promise<KeyPair>> {
  const known = pairs.get(authority) ?? new Map<string, Promise<KeyPair>>()
  pairs.set(authority, known)
  return known
}

function remembered<T>(all: Map<string, Promise<T>>, key: string, make: () => Promise<T>): Promise<T> {
  const known = all.get(key)
  if (known) return known
  if (all.size >= most) all.delete(all.keys().next().value!)
  const made = make()
  all.set(key, made)
  return made
}

function authorityNamed(name: string, index: number): Promise<CertificateAuthority> {
  return remembered(authorities, `${name} ${index}`, () => newAuthority(name))
}

async function newAuthority(name: string): Promise<CertificateAuthority> {
  // Read when it is needed: most scenarios have no certificates.
  const { CertificateAuthority: Authority } = await import('../../mesh-core/identity/certificate-authority.ts')
  return Authority.create(name)
}
