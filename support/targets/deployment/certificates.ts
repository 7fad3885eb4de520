import { readText } from '../../../mesh-core/config/load.ts'
import type { Resource } from '../../../mesh-core/config/resource.ts'
import type { KeyPair } from '../../../mesh-core/ir/tls.ts'

export const certificatesFile = 'the certificates'

/** What a server mounts: as `kubectl create secret tls` makes it, with an authority beside it where clients are to show certificates. */
export function certificateSecret(name: string, namespace: string, pair: KeyPair, clientAuthority: string | null): Resource {
  const stringData = {
    'tls.crt': pair.certificateChain,
    'tls.key': pair.privateKey,
    ...(clientAuthority !== null && { 'ca.crt': clientAuthority }),
  }
  const secret = { apiVersion: 'v1', kind: 'Secret', metadata: { name, namespace }, type: 'Opaque', stringData }
  return readText(JSON.stringify(secret), certificatesFile).resources[0]!
}

const volume = 'certificate'

interface PodSpec {
  readonly volumes?: readonly { readonly name: string }[]
  readonly containers: readonly { readonly volumeMounts?: readonly { readonly name: string }[] }[]
}

/** The Deployment whose first container mounts the Secret, in the place of one that it mounted before. */
export function withCertificate(deployment: Resource, secretName: string): Resource {
  const spec = deployment.object['spec'] as { readonly template: { readonly spec: PodSpec } }
  const pod = spec.template.spec
  const [first, ...others] = pod.containers
  const mounting = { ...first, volumeMounts: [...without(first?.volumeMounts), { name: volume, mountPath: '/etc/certificate' }] }
  const changed = { ...pod, volumes: [...without(pod.volumes), { name: volume, secret: { secretName } }], containers: [mounting, ...others] }
  return { ...deployment, object: { ...deployment.object, spec: { ...spec, template: { ...spec.template, spec: changed } } } }
}

function without(named: readonly { readonly name: string }[] = []): readonly { readonly name: string }[] {
  return named.filter(({ name }) => name !== volume)
}
