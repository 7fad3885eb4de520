import type { CertificateAuthority } from '../mesh-core/identity/certificate-authority.ts'
import type { ClientTls, KeyPair } from '../mesh-core/ir/tls.ts'

/** Where the ingress gateway looks for its Secrets. */
const gatewayNamespace = 'istio-system'

/** Certificates that a scenario asks for. Its clients trust one authority, and know the certificates of no other. */
export class ScenarioCertificates {
  #trusted: Promise<CertificateAuthority> | null = null
  #authority: CertificateAuthority | null = null

  /** @param trusted issued by the authority that clients trust */
  async server(names: string, trusted: boolean): Promise<KeyPair> {
    const authority = trusted ? await this.#own() : await newAuthority('another authority')
    const dnsNames = names.split(',').map((one) => one.trim())
    return authority.issue({ commonName: dnsNames[0]!, dnsNames })
  }

  /** PEM. */
  async authority(): Promise<string> {
    return (await this.#own()).certificate
  }

  /**
   * A Secret as `kubectl create secret generic` makes it for a gateway: certificate, key, and the authority that certificates of clients are to come from.
   * @param names that the certificate is for, with commas between
   * @param trusted issued by the authority that clients trust
   * @returns YAML
   */
  async secret(
    name: string,
    names: string,
    { trusted, namespace }: { readonly trusted: boolean; readonly namespace: string | null },
  ): Promise<string> {
    const { certificateChain, privateKey } = await this.server(names, trusted)
    const stringData = { 'tls.crt': certificateChain, 'tls.key': privateKey, 'ca.crt': await this.authority() }
    return JSON.stringify({
      apiVersion: 'v1',
      kind: 'Secret',
      metadata: { name, namespace: namespace ?? gatewayNamespace },
      type: 'Opaque',
      stringData,
    })
  }

  async ofClient(name: string): Promise<KeyPair> {
    return (await this.#own()).issue({ commonName: name, dnsNames: [name] })
  }

  /** How clients of the scenario begin TLS: without any certificate asked for, they check none. */
  client(certificate: KeyPair | null): ClientTls {
    return { ...(this.#authority && { trusts: this.#authority.certificate }), ...(certificate && { certificate }) }
  }

  async #own(): Promise<CertificateAuthority> {
    this.#authority = await (this.#trusted ??= newAuthority('meshspec'))
    return this.#authority
  }
}

async function newAuthority(name: string): Promise<CertificateAuthority> {
  // Read when it is needed: most scenarios have no certificates.
  const { CertificateAuthority: Authority } = await import('../mesh-core/identity/certificate-authority.ts')
  return Authority.create(name)
}
