import { expect, test } from 'vitest'
import type { KubeObject } from '../../../../../mesh-core/config/resource.ts'
import { contentOfMounted, namesMountedFiles } from './mounted-secrets.ts'

test('files that a gateway would have mounted are seen in its servers', () => {
  const gateway = (tls: object) => ({
    ...{ apiVersion: 'networking.istio.io/v1', kind: 'Gateway', metadata: { name: 'files' } },
    spec: { servers: [{ port: { number: 443 }, tls }] },
  })
  expect(namesMountedFiles(gateway({ serverCertificate: '/etc/istio/ingressgateway-certs/tls.crt' }))).toBe(true)
  expect(namesMountedFiles(gateway({ caCertificates: '/etc/istio/ingressgateway-ca-certs/ca.crt' }))).toBe(true)
  expect(namesMountedFiles(gateway({ serverCertificate: '/elsewhere/tls.crt' }))).toBe(false)
  expect(namesMountedFiles(gateway({ credentialName: 'shop' }))).toBe(false)
})

test('what is mounted is known by its content', () => {
  const secret = (name: string, key: string): KubeObject => ({
    apiVersion: 'v1',
    kind: 'Secret',
    metadata: { name, namespace: 'run' },
    data: { 'tls.key': key },
  })
  const [certs, authority] = [secret('istio-ingressgateway-certs', 'a'), secret('istio-ingressgateway-ca-certs', 'b')]
  expect(contentOfMounted([])).toBe('')
  expect(contentOfMounted([secret('shop', 'a')])).toBe('')
  expect(contentOfMounted([certs, authority])).toBe(contentOfMounted([authority, certs]))
  const contents = [[certs], [authority], [certs, authority], [secret('istio-ingressgateway-certs', 'c')]].map(contentOfMounted)
  expect(new Set(contents).size).toBe(4)
})
