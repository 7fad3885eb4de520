import { createHash } from 'node:crypto'
import type { KubeObject } from '../../../../../mesh-core/config/resource.ts'
import { canonical } from '../restore/restore.ts'

/** Secrets that ingress gateways have as files, if they are there. Sources: Istio, "Secure Gateways (File Mount)"; chart `istio-ingress`, `secretVolumes`. */
const mounted: readonly (readonly [volume: string, secret: string])[] = [
  ['ingressgateway-certs', 'istio-ingressgateway-certs'],
  ['ingressgateway-ca-certs', 'istio-ingressgateway-ca-certs'],
]

export const secretVolumes = mounted.map(([name, secretName]) => ({ name, secret: { secretName, optional: true } }))
export const secretMounts = mounted.map(([name]) => ({ name, mountPath: `/etc/istio/${name}`, readOnly: true }))

/** Does a Gateway name files in those folders? */
export function namesMountedFiles({ kind, ...rest }: KubeObject): boolean {
  return kind === 'Gateway' && /"\/etc\/istio\/ingressgateway-(ca-)?certs\//.test(JSON.stringify(rest['spec'] ?? null))
}

/** @returns what the files are made of; `''` where there are none */
export function contentOfMounted(objects: readonly KubeObject[]): string {
  const own = objects.filter(({ kind, metadata }) => kind === 'Secret' && mounted.some(([, secret]) => secret === metadata.name))
  if (own.length === 0) return ''
  const content = own.map(({ metadata: { name }, ...rest }) => [name, (rest as KubeObject)['data']]).toSorted()
  return createHash('sha256').update(canonical(content)).digest('hex').slice(0, 12)
}
