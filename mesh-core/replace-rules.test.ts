import { expect, test } from 'vitest'
import { createMesh } from './create-mesh.ts'
import { readText } from './config/read.ts'
import type { Mesh } from './mesh.ts'

const world = ['a', 'b', 'c']
  .map(
    (name) => `apiVersion: v1
kind: Service
metadata: {name: ${name}}
spec: {selector: {app: ${name}}, ports: [{name: http, port: 80, targetPort: 8080}, {name: odd, port: 81, targetPort: 8081}]}
---
apiVersion: apps/v1
kind: Deployment
metadata: {name: ${name}}
spec: {selector: {matchLabels: {app: ${name}}}, template: {metadata: {labels: {app: ${name}}}, spec: {containers: [{name: app, image: x}]}}}`,
  )
  .join('\n---\n')

const rule = (name: string, hosts: string, http: string): string =>
  `{apiVersion: networking.istio.io/v1, kind: VirtualService, metadata: {name: ${name}}, spec: {hosts: ${hosts}, http: ${http}}}`
const to = (host: string): string => `[{route: [{destination: {host: ${host}}}]}]`

const policy = (namespace: string, loadBalancer: string): string =>
  `{apiVersion: networking.istio.io/v1, kind: DestinationRule, metadata: {name: c, namespace: ${namespace}}, spec: {host: c.default.svc.cluster.local, trafficPolicy: {loadBalancer: ${loadBalancer}}}}`
const named = (host: string): string =>
  `{apiVersion: v1, kind: Service, metadata: {name: named}, spec: {type: ExternalName, externalName: ${host}.default.svc.cluster.local, ports: [{name: http, port: 80}]}}`

/** Each list is applied one after the other, and asked after each. */
const histories: readonly { readonly about: string; readonly steps: readonly string[] }[] = [
  {
    about: 'other routes',
    steps: [rule('b', '[b]', to('c')), rule('b', '[b]', '[{timeout: 1s, route: [{destination: {host: b}}]}]'), rule('b', '[b]', to('a'))],
  },
  { about: 'other hosts', steps: [rule('b', '[b]', to('c')), rule('b', '[c]', to('a'))] },
  {
    about: 'a rule that ceases to concern the proxy',
    steps: [rule('b', '[b]', to('c')), rule('b', '[b]', '[{match: [{sourceNamespace: x}], route: [{destination: {host: c}}]}]')],
  },
  {
    about: 'a wildcard beside an exact host',
    steps: [
      `${rule('w', '["*.default.svc.cluster.local"]', to('a'))}\n---\n${rule('b', '[b]', to('c'))}`,
      rule('w', '["*.default.svc.cluster.local"]', to('c')),
    ],
  },
  {
    about: 'two at once',
    steps: [`${rule('b', '[b]', to('c'))}\n---\n${rule('c', '[c]', to('b'))}`, `${rule('b', '[b]', to('a'))}\n---\n${rule('c', '[c]', to('a'))}`],
  },
  {
    about: 'labels of the source',
    steps: [rule('b', '[b]', to('c')), rule('b', '[b]', '[{match: [{sourceLabels: {app: a}}], route: [{destination: {host: a}}]}]')],
  },
  {
    about: 'a rule of the namespace in the place of one that hashes',
    steps: [
      `${rule('b', '[b]', to('c'))}\n---\n${policy('istio-system', '{consistentHash: {httpHeaderName: x-user}}')}`,
      policy('default', '{simple: RANDOM}'),
    ],
  },
  {
    about: 'another name that leads elsewhere',
    steps: [`${rule('b', '[b]', to('named'))}\n---\n${named('a')}`, named('c')],
  },
  {
    about: 'a Sidecar that imports by destination',
    steps: [
      `${rule('b', '[b]', to('c'))}\n---\napiVersion: networking.istio.io/v1\nkind: Sidecar\nmetadata: {name: s}\nspec: {egress: [{hosts: ["./b.default.svc.cluster.local"]}]}`,
      rule('b', '[b]', to('a')),
    ],
  },
]

test.each(histories)('$about: what is taken over is what would be compiled', async ({ steps }) => {
  const mesh = createMesh()
  apply(mesh, world)
  for (let i = 0; i < steps.length; i++) {
    apply(mesh, steps[i]!)
    const answers = await asked(mesh)
    const anew = createMesh()
    apply(anew, world)
    for (const step of steps.slice(0, i + 1)) apply(anew, step)
    expect(mesh.proxyConfig(client)).toEqual(anew.proxyConfig(client))
    expect(answers).toEqual(await asked(anew))
  }
})

const client = { namespace: 'default', name: 'a', instance: 'a' }

function apply(mesh: Mesh, text: string): void {
  const { resources, errors } = readText(text, 'a.yaml')
  if (errors.length > 0) throw errors[0]!
  mesh.apply(resources)
}

async function asked(mesh: Mesh): Promise<unknown[]> {
  const answers: unknown[] = []
  for (const url of ['http://a/', 'http://b/', 'http://c:81/', 'http://nowhere.test/']) {
    const { response } = await mesh.send({ from: { kind: 'workload', ref: client }, method: 'GET', url, headers: {}, body: '', timeoutMs: null })
    answers.push([url, response?.status, response?.body])
  }
  return answers
}
