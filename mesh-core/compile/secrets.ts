import { createPrivateKey, X509Certificate } from 'node:crypto'
import type { Resource } from '../config/resource.ts'
import type { KeyPair } from '../ir/tls.ts'

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
  authorities(credentialName: string, namespace: string): string | null {
    const key = keyOf(credentialName, namespace)
    const secret = this.#byName.get(key + authoritySuffix) ?? this.#byName.get(key)
    const certificates = secret && (entryOf(secret, 'cacert') ?? entryOf(secret, 'ca.crt'))
    return certificates && isCertificate(certificates) ? certificates : null
  }
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

/** What Envoy cannot load it refuses: no certificate, or a key that is another's. */
function isUsable({ certificateChain, privateKey }: KeyPair): boolean {
  try {
    return new X509Certificate(certificateChain).checkPrivateKey(createPrivateKey(privateKey))
  } catch {
    return false
  }
}

function isCertificate(text: string): boolean {
  return /-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----/.test(text)
}
