import { expect, test } from 'vitest'
import { readText } from '../../mesh-core/config/read.ts'
import { missingReferences } from './missing-references.ts'

const config = `
apiVersion: networking.istio.io/v1
kind: Gateway
metadata: {name: front}
spec: {selector: {istio: ingress}, servers: [{port: {number: 80, name: http, protocol: HTTP}, hosts: ["*"]}]}
---
apiVersion: networking.istio.io/v1
kind: VirtualService
metadata: {name: shop}
spec: {hosts: [shop.example.com], gateways: [front, back], http: [{route: [{destination: {host: shop}}]}]}
`

test('what is named and not there, of what the scenario has given', () => {
  const { resources } = readText(config, 'mesh.yaml')
  expect(missingReferences({ resources, given: resources, decisions: [], ports: [] }).map((text) => text.replace(/^.* IST/, 'IST'))).toEqual([
    'IST0101 VirtualService default/shop spec.http[0].route[0].destination.host: there is no host "shop"',
    'IST0101 VirtualService default/shop spec.gateways[1]: there is no gateway "back"',
    'IST0132 VirtualService default/shop spec.gateways[1]: none of the hosts shop.example.com of default/shop is one of Gateway default/back',
    'IST0101 Gateway default/front spec.selector: there is no selector "istio=ingress"',
  ])
  expect(missingReferences({ resources, given: [], decisions: [], ports: [] })).toEqual([])
})

test('a port of a gateway that no Service has, when it was asked for', () => {
  const mesh = `
apiVersion: v1
kind: Service
metadata: {name: entry}
spec: {selector: {istio: ingress}, ports: [{name: http, port: 80}]}
---
apiVersion: v1
kind: Pod
metadata: {name: entry, labels: {istio: ingress}}
spec: {containers: [{name: istio-proxy, image: proxy}]}
---
apiVersion: networking.istio.io/v1
kind: Gateway
metadata: {name: front}
spec:
  selector: {istio: ingress}
  servers:
  - {port: {number: 80, name: http, protocol: HTTP}, hosts: ["*"]}
  - {port: {number: 31400, name: tcp, protocol: TCP}, hosts: ["*"]}
`
  const { resources } = readText(mesh, 'mesh.yaml')
  const told = (ports: readonly number[]) => missingReferences({ resources, given: resources, decisions: [], ports })
  expect([told([]), told([80]), told([3140])]).toEqual([[], [], []])
  expect(told([31400])).toHaveLength(1)
  expect(told([31400])[0]).toContain('IST0162')
})

test('a Secret of a gateway that is not beside its pods', () => {
  const mesh = (namespace: string): string => `
apiVersion: v1
kind: Pod
metadata: {name: entry, namespace: istio-system, labels: {istio: ingress}}
spec: {containers: [{name: istio-proxy, image: proxy}]}
---
apiVersion: v1
kind: Service
metadata: {name: entry, namespace: istio-system}
spec: {selector: {istio: ingress}, ports: [{name: https, port: 443}]}
---
apiVersion: v1
kind: Secret
metadata: {name: shop, namespace: ${namespace}}
data: {tls.crt: eA==, tls.key: eA==}
---
apiVersion: v1
kind: Secret
metadata: {name: other, namespace: istio-system}
---
apiVersion: networking.istio.io/v1
kind: Gateway
metadata: {name: front}
spec: {selector: {istio: ingress}, servers: [{port: {number: 443, name: https, protocol: HTTPS}, hosts: ["*"], tls: {mode: SIMPLE, credentialName: shop}}]}
`
  const told = (namespace: string) => {
    const { resources } = readText(mesh(namespace), 'mesh.yaml')
    return missingReferences({ resources, given: resources, decisions: [], ports: [443] })
  }
  expect(told('istio-system')).toEqual([])
  expect(told('default').map((text) => text.replace(/^.* IST/, 'IST'))).toEqual([
    'IST0101 Gateway default/front spec.servers[0].tls.credentialName: there is no credentialName "shop"',
  ])
})

test('keys that Envoy cannot use, for which a proxy takes nothing', () => {
  const rules = `[{issuer: shop, jwks: '{"keys":[]}'}, {issuer: other, jwks: '{"keys":[{"kty":"oct","k":"c2VjcmV0"}]}'}, {issuer: third, jwksUri: "https://a.example.com"}]`
  const { resources } = readText(
    `apiVersion: security.istio.io/v1\nkind: RequestAuthentication\nmetadata: {name: p}\nspec: {jwtRules: ${rules}}\n`,
    'mesh.yaml',
  )
  const [told, ...others] = missingReferences({ resources, given: resources, decisions: [], ports: [] })
  expect(told).toContain('UNUSABLE_KEYS RequestAuthentication default/p spec.jwtRules[0].jwks: Envoy can use none of the keys of issuer "shop"')
  expect(others).toEqual([])
})
