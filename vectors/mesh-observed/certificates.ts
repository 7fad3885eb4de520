import type { Resource } from '../../mesh-core/config/resource.ts'
import { CertificateAuthority } from '../../mesh-core/identity/certificate-authority.ts'

let authority: Promise<CertificateAuthority> | null = null

/**
 * The recorder put certificates of its own in the place of what Secrets held in words, once istiod had sent them: what istiod reads itself
 * it took as it stood.
 * @param trusted PEM: the authority of the application's servers, which the recorder's own was, too
 */
export function withCertificates(resources: readonly Resource[], trusted: string): Promise<readonly Resource[]> {
  const read = readByIstiod(resources)
  return Promise.all(
    resources.map((resource) => {
      if (resource.kind === 'Secret' && isInWords(resource) && !read.has(`${resource.namespace}/${resource.name}`)) return filled(resource, trusted)
      return resource.kind === 'ConfigMap' ? trusting(resource, trusted) : resource
    }),
  )
}

/** Secrets of the Gateway API's listeners. Source: Istio `pilot/pkg/config/kube/gateway/conversion.go` buildSecretReference. */
function readByIstiod(resources: readonly Resource[]): ReadonlySet<string> {
  const refs = resources.flatMap(({ object, namespace }) =>
    referencesIn(object['spec']?.listeners).map((ref) => `${ref.namespace ?? namespace}/${ref.name}`),
  )
  return new Set(refs)
}

interface SecretReference {
  readonly name: string
  readonly namespace?: string
}

function referencesIn(listeners: unknown): SecretReference[] {
  if (!Array.isArray(listeners)) return []
  return listeners.flatMap((listener) => listener?.tls?.certificateRefs ?? [])
}

/** Whichever authority a ConfigMap named, the recorder's proxies trusted its own in its place. */
function trusting(config: Resource, trusted: string): Resource {
  const { 'ca.crt': named, ...data } = (config.object['data'] ?? {}) as Readonly<Record<string, unknown>>
  if (!String(named).includes('BEGIN CERTIFICATE')) return config
  return { ...config, object: { ...config.object, data: { ...data, 'ca.crt': `${String(named)}\n${trusted}` } } }
}

function isInWords({ object }: Resource): boolean {
  const certificate = object['stringData']?.['tls.crt'] ?? Buffer.from(String(object['data']?.['tls.crt'] ?? ''), 'base64').toString()
  return !String(certificate).includes('BEGIN')
}

async function filled(secret: Resource, trusted: string): Promise<Resource> {
  const stringData = await pairFor(secret.name.replace(/-cacert$/, ''), trusted)
  return { ...secret, object: { ...secret.object, stringData } }
}

async function pairFor(name: string, trusted: string): Promise<Record<'tls.crt' | 'tls.key' | 'ca.crt', string>> {
  const issuer = await (authority ??= CertificateAuthority.create('recorder'))
  const { certificateChain, privateKey } = await issuer.issue({ commonName: name, dnsNames: [name] })
  return { 'tls.crt': certificateChain, 'tls.key': privateKey, 'ca.crt': `${issuer.certificate}\n${trusted}` }
}

const secretOfFiles = 'recorder-files'

/** Whatever files rules name, the recorder's proxies had: certificates of its own. @returns the workloads with a Secret that stands for them */
export async function withFiles(workloads: readonly Resource[], config: readonly Resource[], trusted: string): Promise<readonly Resource[]> {
  const named = config.filter(({ kind }) => kind === 'DestinationRule' || kind === 'Gateway').flatMap(({ object }) => filesIn(object['spec']))
  if (named.length === 0) return workloads
  const pair = await pairFor('x', trusted)
  const stringData = Object.fromEntries(named.map(({ path, entry }) => [keyOf(path), pair[entry]]))
  const namespaces = [...new Set(workloads.map(({ namespace }) => namespace))]
  const template = workloads.find(({ kind }) => kind === 'Deployment')!
  const secrets = namespaces.map((namespace) => secretIn(template, namespace, stringData))
  return [...workloads.map((one) => (one.kind === 'Deployment' ? mounting(one, [...new Set(named.map(({ path }) => path))]) : one)), ...secrets]
}

interface NamedFile {
  readonly path: string
  readonly entry: 'tls.crt' | 'tls.key' | 'ca.crt'
}

const fileFields = { clientCertificate: 'tls.crt', serverCertificate: 'tls.crt', privateKey: 'tls.key', caCertificates: 'ca.crt' } as const

function filesIn(value: unknown): NamedFile[] {
  if (typeof value !== 'object' || value === null) return []
  return Object.entries(value).flatMap(([field, inner]): NamedFile[] => {
    const entry = fileFields[field as keyof typeof fileFields]
    if (entry !== undefined && typeof inner === 'string') return inner.startsWith('/') ? [{ path: inner, entry }] : []
    return filesIn(inner)
  })
}

function keyOf(path: string): string {
  return path.replace(/[^\w.-]/g, '_')
}

function secretIn(template: Resource, namespace: string, stringData: Record<string, string>): Resource {
  const object = { apiVersion: 'v1', kind: 'Secret', metadata: { name: secretOfFiles, namespace }, stringData }
  const origin = { ...template.origin, resource: `Secret ${namespace}/${secretOfFiles}` }
  return { ...template, apiVersion: 'v1', kind: 'Secret', name: secretOfFiles, namespace, object, origin }
}

function mounting(deployment: Resource, paths: readonly string[]): Resource {
  const object = structuredClone(deployment.object)
  const metadata = ((object['spec'].template.metadata ??= {}).annotations ??= {})
  metadata['sidecar.istio.io/userVolume'] = JSON.stringify([{ name: secretOfFiles, secret: { secretName: secretOfFiles } }])
  metadata['sidecar.istio.io/userVolumeMount'] = JSON.stringify(
    paths.map((mountPath) => ({ name: secretOfFiles, mountPath, subPath: keyOf(mountPath) })),
  )
  return { ...deployment, object }
}
