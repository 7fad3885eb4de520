import { expect, test } from 'vitest'
import { readText } from '../config/read.ts'
import { createMesh } from '../create-mesh.ts'

const template = 'selector: {matchLabels: {app: db}}, template: {metadata: {labels: {app: db}}, spec: {containers: [{name: db, image: a}]}}'
const workload = (kind: string, more = '', metadata = ''): string =>
  `apiVersion: apps/v1\nkind: ${kind}\nmetadata: {name: db${metadata}}\nspec: {${more}${template}}\n`
const node = (name: string): string =>
  `apiVersion: v1\nkind: Node\nmetadata: {name: ${name}, labels: {topology.kubernetes.io/region: ${name}-region}}\n`

function pods(...documents: readonly string[]): readonly string[] {
  const mesh = createMesh({})
  mesh.apply(readText(documents.join('---\n'), 'a.yaml').resources)
  return mesh.registry.workloads.map(({ ref, locality }) => [`${ref.name}/${ref.instance}`, ...(locality === '' ? [] : [locality])].join(' '))
}

test.each<[string, readonly string[], readonly string[]]>([
  ['a Deployment', [workload('Deployment', 'replicas: 2, ')], ['db/db-1', 'db/db-2']],
  ['a StatefulSet counts from 0', [workload('StatefulSet', 'replicas: 2, ')], ['db/db-0', 'db/db-1']],
  ['or from where it says', [workload('StatefulSet', 'ordinals: {start: 5}, ')], ['db/db-5']],
  ['a ReplicaSet', [workload('ReplicaSet', 'replicas: 2, ')], ['db/db-1', 'db/db-2']],
  [
    'a ReplicaSet that a Deployment has made',
    [workload('ReplicaSet', '', ', ownerReferences: [{apiVersion: apps/v1, kind: Deployment, name: db, uid: a, controller: true}]')],
    [],
  ],
  ['a DaemonSet', [workload('DaemonSet')], ['db/db']],
  ['a DaemonSet on each node', [node('n1'), node('n2'), workload('DaemonSet')], ['db/db-n1 n1-region//', 'db/db-n2 n2-region//']],
])('pods of %s', (_, documents, wanted) => expect(pods(...documents)).toEqual(wanted))

test('a Pod as a cluster tells of it keeps its address, unless it shares that of its node', () => {
  const pod = (name: string, more = ''): string =>
    `apiVersion: v1\nkind: Pod\nmetadata: {name: ${name}}\nspec: {${more}containers: [{name: app, image: a}]}\nstatus: {podIP: 172.16.0.9}\n`
  const mesh = createMesh({})
  mesh.apply(readText([pod('own'), pod('shared', 'hostNetwork: true, ')].join('---\n'), 'a.yaml').resources)
  expect(mesh.registry.workloads.map(({ ref, address }) => [ref.name, address])).toEqual([
    ['own', '172.16.0.9'],
    ['shared', '10.244.0.2'],
  ])
})
