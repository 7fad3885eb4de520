import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { configKinds } from '../support/targets/cluster/run/access/rights.ts'
import { asked, granted } from './granted-rights.ts'
import { helm, render } from './rendered-manifests.ts'

const root = join(import.meta.dirname, '..')
const none: readonly string[] = []

for (const file of ['job.yaml', 'cronjob.yaml'])
  test(`deploy/manifests/${file} grants what a run asks for, and nothing more`, () =>
    expect(granted(readFileSync(join(root, 'deploy', 'manifests', file), 'utf8'))).toEqual(
      asked({ deploy: true, ownGateway: true, telemetry: [] }, none),
    ))

const charts = [
  { values: ['deploy=false'], wanted: { deploy: false, ownGateway: false }, named: none },
  { values: ['ownGateway=false'], wanted: { deploy: true, ownGateway: false }, named: none },
  { values: ['namespaces={shop,stock}'], wanted: { deploy: true, ownGateway: false }, named: ['shop', 'stock'] },
  { values: ['deploy=false', 'namespaces={shop}'], wanted: { deploy: false, ownGateway: false }, named: ['shop'] },
  { values: ['meshConfig.change=true'], wanted: { deploy: true, ownGateway: true, meshConfigMap: 'istio' }, named: none },
  {
    values: ['meshConfig.change=true', 'revision=1-30', 'namespaces={shop}'],
    wanted: { deploy: true, ownGateway: false, meshConfigMap: 'istio-1-30' },
    named: ['shop'],
  },
]

for (const { values, wanted, named } of charts)
  test.skipIf(helm() === null)(`so does the chart with ${values.join(', ')}`, () =>
    expect(granted(render(['--set', values.join(',')]))).toEqual(asked({ ...wanted, telemetry: [] }, named)),
  )

/** Kinds that have no right of their own: they come with services that are deployed, or with a gateway of the run's, or are refused. */
const otherwise = new Set([
  'Deployment',
  'StatefulSet',
  'DaemonSet',
  'Role',
  'RoleBinding',
  'ServiceAccount',
  'Namespace',
  'Secret',
  'Kustomization',
  'MeshConfig',
  'Odd',
  'Hostname',
])

test('every kind that a feature applies is one that a run asks for', () => {
  const plurals = new Set(configKinds.flatMap(([, resources]) => resources))
  const files = readdirSync(join(root, 'features'), { recursive: true, encoding: 'utf8' }).filter((name) => name.endsWith('.feature'))
  const kinds = files.flatMap((name) =>
    [...readFileSync(join(root, 'features', name), 'utf8').matchAll(/\bkind: ([A-Z]\w+)/g)].map(([, kind]) => kind!),
  )
  const unasked = [...new Set(kinds)].filter((kind) => !otherwise.has(kind) && !plurals.has(pluralOf(kind)))
  expect(kinds.length).toBeGreaterThan(50)
  expect(unasked).toEqual([])
})

function pluralOf(kind: string): string {
  const name = kind.toLowerCase()
  return name.endsWith('y') && !name.endsWith('ay')
    ? `${name.slice(0, -1)}ies`
    : name.endsWith('s')
      ? name === 'endpoints'
        ? name
        : `${name}es`
      : `${name}s`
}
