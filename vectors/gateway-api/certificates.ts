import { CertificateAuthority } from '../../mesh-core/identity/certificate-authority.ts'
import type { KeyPair } from '../../mesh-core/ir/index.ts'

/** What the suite makes before it begins: an entry of `generatedCertificates`. */
export interface WantedCertificate {
  readonly kind: 'Secret' | 'ConfigMap'
  readonly namespace: string
  readonly name: string
  readonly usage: 'server' | 'client' | 'ca'
  /** Names, and URIs. */
  readonly hosts?: readonly string[]
  /** `self`, or the ConfigMap of an authority. */
  readonly signedBy: string
}

interface Made {
  readonly wanted: WantedCertificate
  /** Of an authority's ConfigMap the certificate alone is used. */
  readonly pair: KeyPair
}

/**
 * @param all authorities may stand behind those that they sign
 * @param names that clients ask for: of a wildcard right below the top OpenSSL takes no notice, unlike the suite's own client, so they are written out
 */
export async function issueCertificates(all: readonly WantedCertificate[], names: readonly string[]): Promise<Certificates> {
  const authorities = new Map<string, CertificateAuthority>()
  for (const { usage, namespace, name } of all) if (usage === 'ca') authorities.set(`${namespace}/${name}`, await CertificateAuthority.create(name))
  const made: Made[] = []
  for (const wanted of all) {
    const own = authorities.get(`${wanted.namespace}/${wanted.name}`)
    const issuer = own ?? authorities.get(wanted.signedBy) ?? (await CertificateAuthority.create(wanted.name))
    const pair = own ? { certificateChain: own.certificate, privateKey: '' } : await issuer.issue(subjectOf(wanted, names))
    made.push({ wanted, pair })
  }
  return new Certificates(made)
}

function subjectOf({ name, hosts = [] }: WantedCertificate, names: readonly string[]): Parameters<CertificateAuthority['issue']>[0] {
  const isUri = (host: string): boolean => host.includes('://')
  const wildcards = hosts.filter((host) => host.startsWith('*')).map((host) => host.slice(1))
  const covered = names.filter((one) => wildcards.includes(one.includes('.') ? one.slice(one.indexOf('.')) : ''))
  return { commonName: name, dnsNames: [...hosts.filter((host) => !isUri(host)), ...covered], uris: hosts.filter(isUri) }
}

/** Named in vectors as `${secret:namespace/name:key}` and `${configmap:namespace/name:key}`. */
export class Certificates {
  readonly #made: readonly Made[]

  constructor(made: readonly Made[]) {
    this.#made = made
  }

  /** Their Secrets and ConfigMaps, as a stream of JSON documents. */
  manifests(): string {
    return this.#made.map(({ wanted, pair }) => JSON.stringify(objectOf(wanted, pair))).join('\n---\n')
  }

  text(reference: string): string {
    return this.#find(reference).certificateChain
  }

  pair(reference: string): KeyPair {
    return this.#find(reference)
  }

  /** A text inside of JSON, with what it refers to put in. */
  filled(json: string): string {
    return json.replaceAll(/\$\{(?:secret|configmap):[^}]+\}/g, (reference) => JSON.stringify(this.text(reference)).slice(1, -1))
  }

  #find(reference: string): KeyPair {
    const [, namespace, name] = /^\$\{\w+:([^/]+)\/([^:}]+)/.exec(reference) ?? []
    const made = this.#made.find(({ wanted }) => wanted.namespace === namespace && wanted.name === name)
    if (!made) throw new Error(`the suite makes no ${reference}`)
    return made.pair
  }
}

function objectOf({ kind, namespace, name }: WantedCertificate, { certificateChain, privateKey }: KeyPair): object {
  const metadata = { namespace, name }
  if (kind === 'ConfigMap') return { apiVersion: 'v1', kind, metadata, data: { 'ca.crt': certificateChain } }
  const stringData = { 'tls.crt': certificateChain, 'tls.key': privateKey }
  return { apiVersion: 'v1', kind, metadata, type: 'kubernetes.io/tls', stringData }
}
