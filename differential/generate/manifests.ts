import type { Document } from './document.ts'
import { document, plainDocument } from './document.ts'
import type { Json } from './matches.ts'

const httpPorts: readonly Json[] = [
  { name: 'http', port: 80, targetPort: 8080 },
  { name: 'http-alt', port: 9090, targetPort: 9090 },
]

/** Of Kubernetes. `clusterIP` and `selector` unless the fields say otherwise. */
export function service(name: string, namespace: string, index: number, fields: Json = {}): Document {
  return document('Service', name, namespace, { clusterIP: `10.96.40.${index + 1}`, selector: { app: name }, ports: httpPorts, ...fields })
}

interface PodTemplate {
  readonly labels: Readonly<Record<string, string>>
  readonly replicas?: number
  readonly annotations?: Readonly<Record<string, string>>
  readonly containerPorts?: readonly Json[]
  readonly podSpec?: Json
}

const defaultPorts: readonly Json[] = [{ containerPort: 8080 }, { containerPort: 9090 }]

export function deployment(name: string, namespace: string, template: PodTemplate): Document {
  return podsOf('Deployment', name, namespace, template)
}

/** A DaemonSet has one pod, since there is one node. */
export function podsOf(kind: 'Deployment' | 'StatefulSet' | 'DaemonSet', name: string, namespace: string, template: PodTemplate): Document {
  const { labels, replicas = 1, annotations, containerPorts = defaultPorts, podSpec = {} } = template
  return document(kind, name, namespace, {
    ...(kind !== 'DaemonSet' && { replicas }),
    ...(kind === 'StatefulSet' && { serviceName: labels['app'] }),
    selector: { matchLabels: { app: labels['app'], version: labels['version'] } },
    template: {
      metadata: { labels, ...(annotations && { annotations }) },
      spec: { ...podSpec, containers: [{ name: 'app', image: 'shop', ports: containerPorts }] },
    },
  })
}

/** Of nobody: who plays the mesh puts a certificate of its own in its place, but istiod wants to see one. */
export function secret(name: string, namespace: string): Document {
  return plainDocument('v1', 'Secret', name, namespace, {
    type: 'kubernetes.io/tls',
    stringData: { 'tls.crt': certificate, 'tls.key': privateKey, 'ca.crt': certificate },
  })
}

/** Filled by whoever plays the mesh: with a certificate of an authority of its own, and with those that have issued the certificates of applications. */
export function secretInWords(name: string, namespace: string): Document {
  return plainDocument('v1', 'Secret', name, namespace, {
    type: 'kubernetes.io/tls',
    stringData: { 'tls.crt': 'certificate', 'tls.key': 'key', 'ca.crt': 'authorities' },
  })
}

const certificate = `-----BEGIN CERTIFICATE-----
MIIBhjCCASygAwIBAgIUXQGcq3a+VYjxLexkVpX22j1565gwCgYIKoZIzj0EAwIw
DzENMAsGA1UEAwwEY2VydDAgFw0yNjExMjgwMzUxMDBaGA8yMTI2MTEwNDAzNTEw
MFowDzENMAsGA1UEAwwEY2VydDBZMBMGByqGSM49AgEGCCqGSM49AwEHA0IABJVQ
1o3vvzbhgeCqxulZO856QUvjl8dOHlByV0exikHQrmplu3DTQXldI2C96iQzPujf
GCvkjiNcUDzARwfSRv2jZDBiMB0GA1UdDgQWBBQ+NNh0Ymf8vTpAtfnexknYKp2o
2TAfBgNVHSMEGDAWgBQ+NNh0Ymf8vTpAtfnexknYKp2o2TAPBgNVHRMBAf8EBTAD
AQH/MA8GA1UdEQQIMAaCBGNlcnQwCgYIKoZIzj0EAwIDSAAwRQIgAn9fxab+cF+t
HEgGf2zMiZbThTo/0zCj+wpuP0pjXLACIQCBnUe1XGvKlUA+0qq0NZLNkb+MTypx
d+hBMLY3UBYI5A==
-----END CERTIFICATE-----
`

const privateKey = `-----BEGIN PRIVATE KEY-----
MIGHAgEAMBMGByqGSM49AgEGCCqGSM49AwEHBG0wawIBAQQgk6t+KMOk4BW9MMFG
VBRamn6pII8imBlwQ2gtxmgGCpShRANCAASVUNaN77824YHgqsbpWTvOekFL45fH
Th5QcldHsYpB0K5qZbtw00F5XSNgveokMz7o3xgr5I4jXFA8wEcH0kb9
-----END PRIVATE KEY-----
`
