import { createPrivateKey, X509Certificate } from 'node:crypto'
import type { Resource } from '../../config/resource.ts'
import type { KeyPair, TrustedAuthorities } from '../../ir/tls.ts'
import type { WorkloadInstance } from '../../registry/registry.ts'
import { fileSource } from '../../registry/volumes.ts'
import type { Mount } from '../../registry/volumes.ts'

const authoritySuffix = '-cacert'

/** The Secrets that gateways take their certificates from. Source: Istio `pilot/pkg/credentials/kube/secrets.go`. */
export class Secrets {
  readonly #byName: ReadonlyMap<string, Resource>

  constructor(resources: readonly Resource[]) {
    const keyed = resources.flatMap((resource): [string, Resource][] => {
      if (resource.kind === 'Secret') return [[`${resource.namespace}/${resource.name}`, resource]]
      return resource.kind === 'ConfigMap' ? [[`configmap://${resource.namespace}/${resource.name}`, resource]] : []
    })
    this.#byName = new Map(keyed)
  }

  /** @returns `null` for a Secret that is missing, or has no certificate that could be shown */
  keyPair(credentialName: string, namespace: string): KeyPair | null {
    const secret = this.#byName.get(keyOf(credentialName, namespace))
    if (!secret) return null
    const pair = pairOf(secret, 'cert', 'key') ?? pairOf(secret, 'tls.crt', 'tls.key')
    return pair && isUsable(pair) ? pair : null
  }

  /** In a Secret of its own, `<name>-cacert`, or beside the certificate. */
  authorities(credentialName: string, namespace: string): Authorities {
    const key = keyOf(credentialName, namespace)
    const secret = this.#byName.get(key + authoritySuffix) ?? this.#byName.get(key)
    if (!secret) return none
    const generic = entryOf(secret, 'cacert')
    const revocations = entryOf(secret, generic ? 'crl' : 'ca.crl')
    return usable(generic || entryOf(secret, 'ca.crt'), revocations === '' ? null : revocations)
  }

  /** Of files of a container; `null` where no volume gives both, or they do not belong together. */
  pairInFiles({ mounts, namespace }: Files, certificate: string, key: string): KeyPair | null {
    const certificateChain = this.#file(mounts, namespace, certificate)
    const privateKey = this.#file(mounts, namespace, key)
    const pair = certificateChain !== null && privateKey !== null ? { certificateChain, privateKey } : null
    return pair && isUsable(pair) ? pair : null
  }

  /** @param revoked a file, too; `''` for none */
  authoritiesInFile({ mounts, namespace }: Files, path: string, revoked: string): Authorities {
    const certificates = this.#file(mounts, namespace, path)
    if (revoked === '') return usable(certificates, null)
    return usable(certificates, this.#file(mounts, namespace, revoked) ?? '')
  }

  /** Does a container find anything there? */
  hasFile({ mounts, namespace }: Files, path: string): boolean {
    return this.#file(mounts, namespace, path) !== null
  }

  /** The certificate that a container finds in a Secret of the usual keys, and what it is to check clients against. */
  mountedPair({ mounts, namespace }: Files): { readonly pair: KeyPair; readonly authorities: string | null } | null {
    for (const mount of mounts) {
      const pair = mount.kind === 'Secret' && shows(mount, 'tls.crt') ? this.keyPair(mount.name, namespace) : null
      if (pair) return { pair, authorities: shows(mount, 'ca.crt') ? this.authorities(mount.name, namespace).certificates : null }
    }
    return null
  }

  #file(mounts: readonly Mount[], namespace: string, path: string): string | null {
    const source = fileSource(mounts, path)
    if (!source) return null
    const { mount, key } = source
    const resource = this.#byName.get(mount.kind === 'ConfigMap' ? `configmap://${namespace}/${mount.name}` : `${namespace}/${mount.name}`)
    return resource ? entryOf(resource, key) : null
  }
}

/** What a proxy is to trust, and not to trust in spite of it. */
type Authorities = Pick<Extract<TrustedAuthorities, { kind: 'secret' }>, 'certificates' | 'revocations'>

const none: Authorities = { certificates: null }

/** Envoy takes both or neither. @param revocations `null`: none are named */
function usable(certificates: string | null, revocations: string | null): Authorities {
  if (certificates === null || !isCertificate(certificates)) return none
  if (revocations === null) return { certificates }
  return isRevocationList(revocations) ? { certificates, revocations } : none
}

/** Does it have this key among its files? */
function shows({ items, file }: Mount, key: string): boolean {
  return (items === null || Object.hasOwn(items, key)) && (file === '' || file === key)
}

/** What a container of the namespace finds in its volumes. */
export interface Files {
  readonly mounts: readonly Mount[]
  readonly namespace: string
}

/** Of the proxy's container. */
export function filesOf({ proxyMounts, ref }: WorkloadInstance): Files {
  return { mounts: proxyMounts, namespace: ref.namespace }
}

/** `name`, `kubernetes://name`, `kubernetes-gateway://namespace/name`. Source: Istio `pilot/pkg/model/credentials/resource.go`. */
function keyOf(credentialName: string, namespace: string): string {
  const name = credentialName.replace(/^kubernetes(-gateway)?:\/\//, '')
  return name.includes('/') ? name : `${namespace}/${name}`
}

function pairOf(secret: Resource, certificate: string, key: string): KeyPair | null {
  const certificateChain = entryOf(secret, certificate)
  const privateKey = entryOf(secret, key)
  return certificateChain && privateKey ? { certificateChain, privateKey } : null
}

/** `stringData` is what the API server writes over `data`. */
function entryOf({ kind, object }: Resource, key: string): string | null {
  const plain: unknown = kind === 'ConfigMap' ? object['data']?.[key] : object['stringData']?.[key]
  if (typeof plain === 'string') return plain
  const encoded: unknown = object['data']?.[key]
  return typeof encoded === 'string' ? Buffer.from(encoded, 'base64').toString() : null
}

/** By certificate and key: each proxy that a Secret is for asks, and again at each version of the config. */
const judged = new Map<string, boolean>()
const mostJudged = 1000

/** What Envoy cannot load it refuses: no certificate, or a key that is another's. */
function isUsable(pair: KeyPair): boolean {
  const text = `${pair.certificateChain}\0${pair.privateKey}`
  const known = judged.get(text)
  if (known !== undefined) return known
  if (judged.size >= mostJudged) judged.clear()
  const usable = belongTogether(pair)
  judged.set(text, usable)
  return usable
}

function belongTogether({ certificateChain, privateKey }: KeyPair): boolean {
  try {
    return new X509Certificate(certificateChain).checkPrivateKey(createPrivateKey(privateKey))
  } catch {
    return false
  }
}

function isCertificate(text: string): boolean {
  return /-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----/.test(text)
}

function isRevocationList(text: string): boolean {
  return /-----BEGIN X509 CRL-----[^-]+-----END X509 CRL-----/.test(text)
}
