import { expect, test } from 'vitest'
import { readText } from '../../config/read.ts'
import { createMesh } from '../../create-mesh.ts'
import type { Cluster } from '../../ir/cluster.ts'
import type { Mesh } from '../../mesh.ts'

const api = 'apiVersion: gateway.networking.k8s.io/v1'
const world = `
${api}
kind: Gateway
metadata: {name: gw}
spec: {gatewayClassName: istio, listeners: [{name: http, port: 80, protocol: HTTP}]}
---
${api}
kind: HTTPRoute
metadata: {name: shop}
spec: {parentRefs: [{name: gw}], rules: [{backendRefs: [{name: shop, port: 443}]}]}
---
apiVersion: v1
kind: Service
metadata: {name: shop}
spec: {selector: {app: shop}, ports: [{name: https, port: 443}, {name: admin, port: 8443}]}
---
apiVersion: v1
kind: ConfigMap
metadata: {name: ca}
data: {ca.crt: "-----BEGIN CERTIFICATE-----\\nMA==\\n-----END CERTIFICATE-----"}
`
const policy = (name: string, validation: string, target = ''): string =>
  `${api}\nkind: BackendTLSPolicy\nmetadata: {name: ${name}}\nspec: {targetRefs: [{group: "", kind: Service, name: shop${target}}], validation: ${validation}}`

function meshWith(...documents: string[]): Mesh {
  const mesh = createMesh()
  mesh.apply(readText([world, ...documents].join('\n---\n'), 'policies.yaml').resources)
  return mesh
}

function tlsTo(port: number, mesh: Mesh): Cluster['tls'] {
  const gateway = mesh.registry.workloads.find((one) => one.gateway)!
  return mesh.proxyConfig(gateway.ref)!.clusters[`outbound|${port}||shop.default.svc.cluster.local`]!.tls
}

function acceptedOf(mesh: Mesh, name: string): string[] {
  const status = mesh.statuses.find(({ resource }) => resource.kind === 'BackendTLSPolicy' && resource.name === name)
  return status!.ancestors.flatMap(({ conditions }) => conditions.map(({ type, status: value, reason }) => `${type} ${value} ${reason}`))
}

test('the hostname is asked for and has to stand in the certificate', () => {
  const tls = tlsTo(443, meshWith(policy('one', '{hostname: shop.test, wellKnownCACertificates: System}')))
  expect(tls).toMatchObject({
    mode: 'originate',
    serverName: 'shop.test',
    validation: { trusted: { kind: 'system' }, subjectAltNames: ['shop.test'] },
  })
})

test('alternative names stand in its place', () => {
  const names = 'subjectAltNames: [{type: Hostname, hostname: a.test}, {type: URI, uri: "spiffe://a"}]'
  const tls = tlsTo(443, meshWith(policy('one', `{hostname: shop.test, caCertificateRefs: [{group: "", kind: ConfigMap, name: ca}], ${names}}`)))
  expect(tls).toMatchObject({
    serverName: 'shop.test',
    validation: { subjectAltNames: ['a.test', 'spiffe://a'], trusted: { kind: 'secret', certificates: expect.stringContaining('BEGIN') as string } },
  })
})

test('a policy for a port goes before one for all', () => {
  const all = policy('all', '{hostname: all.test, wellKnownCACertificates: System}')
  const mesh = meshWith(all, policy('admin', '{hostname: admin.test, wellKnownCACertificates: System}', ', sectionName: admin'))
  expect([tlsTo(443, mesh), tlsTo(8443, mesh)]).toMatchObject([{ serverName: 'all.test' }, { serverName: 'admin.test' }])
})

test('of two for the same target the older acts', () => {
  const dated = (name: string, stamp: string): string =>
    policy(name, `{hostname: ${name}.test, wellKnownCACertificates: System}`).replace(
      `name: ${name}}`,
      `name: ${name}, creationTimestamp: "${stamp}"}`,
    )
  const mesh = meshWith(dated('younger', '2026-02-02T00:00:00Z'), dated('older', '2026-01-01T00:00:00Z'))
  expect(tlsTo(443, mesh)).toMatchObject({ serverName: 'older.test' })
  expect(acceptedOf(mesh, 'younger')).toContain('Accepted False Conflicted')
  expect(acceptedOf(mesh, 'older')).toContain('Accepted True Accepted')
})

test.each([
  [
    'an authority that is not there',
    '{hostname: a.test, caCertificateRefs: [{group: "", kind: ConfigMap, name: nosuch}]}',
    '',
    ['Accepted False NoValidCACertificate', 'ResolvedRefs False InvalidCACertificateRef'],
  ],
  [
    'an authority of another kind',
    '{hostname: a.test, caCertificateRefs: [{group: x.io, kind: Odd, name: ca}]}',
    '',
    ['Accepted False NoValidCACertificate', 'ResolvedRefs False InvalidKind'],
  ],
  [
    'a port that is not there',
    '{hostname: a.test, wellKnownCACertificates: System}',
    ', sectionName: nosuch',
    ['Accepted False TargetNotFound', 'ResolvedRefs True ResolvedRefs'],
  ],
])('a policy with %s', (_, validation, target, wanted) => {
  const mesh = meshWith(policy('one', validation, target))
  expect(acceptedOf(mesh, 'one')).toEqual(wanted)
})

test('nobody is trusted where no authority is left', () => {
  const mesh = meshWith(policy('one', '{hostname: a.test, caCertificateRefs: [{group: "", kind: ConfigMap, name: nosuch}]}'))
  expect(tlsTo(443, mesh)).toMatchObject({ mode: 'originate', validation: { trusted: { kind: 'secret', certificates: null } } })
})
