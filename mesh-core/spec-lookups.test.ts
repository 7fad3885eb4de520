import { expect, test } from 'vitest'
import { readText } from './config/read.ts'
import { createMesh } from './create-mesh.ts'
import { Headers } from './ir/message.ts'
import { VirtualClock } from './time/virtual-clock.ts'

const config = `
apiVersion: networking.istio.io/v1
kind: ServiceEntry
metadata: {name: outside, namespace: default}
spec: {hosts: ["*.ext.test"], location: MESH_EXTERNAL, resolution: DYNAMIC_DNS, ports: [{number: 443, name: tls, protocol: TLS}]}
---
apiVersion: networking.istio.io/v1
kind: VirtualService
metadata: {name: outside, namespace: default}
spec: {hosts: ["*.ext.test"], tls: [{match: [{port: 443, sniHosts: ["*.ext.test"]}], route: [{destination: {host: "*.ext.test"}}]}]}
---
apiVersion: v1
kind: Pod
metadata: {name: client, namespace: default}
spec: {containers: [{name: app, image: echo}]}
`

const outside = config.slice(0, config.indexOf('---'))
const rule = config.slice(outside.length)
const nobody = `---
apiVersion: security.istio.io/v1
kind: AuthorizationPolicy
metadata: {name: nobody, namespace: default}
spec: {action: DENY, rules: [{}]}
${rule.slice(rule.lastIndexOf('---'))}`

test.each([
  { about: 'a tls route to', spec: false, parts: rule, seen: ['closed', 'UH', undefined] },
  { about: 'a tls route to', spec: true, parts: rule, seen: [null, '-', 200] },
  { about: 'a policy of the sender of what is for', spec: false, parts: nobody, seen: ['closed', '-', undefined] },
  { about: 'a policy of the sender of what is for', spec: true, parts: nobody, seen: [null, '-', 200] },
])('$about a wildcard host of DYNAMIC_DNS, with spec $spec: $seen', async ({ spec, parts, seen }) => {
  const answer = { status: 200, headers: new Headers(), body: '' }
  const mesh = createMesh({ clock: new VirtualClock(), spec, program: () => () => answer })
  const { resources, errors } = readText(outside + parts, 'outside.yaml')
  expect(errors).toEqual([])
  mesh.apply(resources)
  const from = { kind: 'workload', ref: { namespace: 'default', name: 'client', instance: 'client' } } as const
  const { error, response, hops } = await mesh.send({ from, method: 'GET', url: 'https://a.ext.test/', headers: {}, body: '', timeoutMs: 5000 })
  expect([error, hops[0]?.log?.flags, response?.status]).toEqual(seen)
})
