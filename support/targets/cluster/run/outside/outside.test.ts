import { expect, test } from 'vitest'
import { readText } from '../../../../../mesh-core/config/read.ts'
import { isNameOutside, namesIn, Outside } from './outside.ts'
import type { OutsideOptions } from './outside.ts'

const isOwn = (namespace: string): boolean => ['meshspec-1f2e3d', 'meshspec-1f2e3d-prod'].includes(namespace)

test.each([
  ['edition.cnn.com', true],
  ['*.wikipedia.org', true],
  ['shop', false],
  ['shop.meshspec-1f2e3d-prod', false],
  ['shop.meshspec-1f2e3d.svc.cluster.local', false],
  ['shop.elsewhere.svc.cluster.local', false],
  ['shop.elsewhere.svc', false],
  ['10.96.0.7', false],
  ['localhost', false],
])('%s is outside of the cluster: %s', (host, outside) => {
  expect(isNameOutside(host, isOwn)).toBe(outside)
})

test('names are what entries have as hosts and endpoints, and what services are other names of', () => {
  const { resources } = readText(
    `
{apiVersion: networking.istio.io/v1, kind: ServiceEntry, metadata: {name: a}, spec: {hosts: [a.example.com, "*.b.example.com"], ports: [{number: 80, name: http}], resolution: DNS, endpoints: [{address: c.example.com}]}}
---
{apiVersion: networking.istio.io/v1, kind: WorkloadEntry, metadata: {name: b}, spec: {address: d.example.com}}
---
{apiVersion: v1, kind: Service, metadata: {name: c}, spec: {type: ExternalName, externalName: e.example.com}}
---
{apiVersion: networking.istio.io/v1, kind: VirtualService, metadata: {name: d}, spec: {hosts: [f.example.com], http: [{directResponse: {status: 200}}]}}
`,
    'names.yaml',
  )
  expect(namesIn(resources)).toEqual(['a.example.com', '*.b.example.com', 'c.example.com', 'd.example.com', 'e.example.com'])
})

const ready = {
  metadata: { name: 'outside', namespace: 'a' },
  spec: { containers: [{ name: 'app' }] },
  status: { podIP: '10.244.0.7', conditions: [{ type: 'Ready', status: 'True' }] },
}

function outsideWith(agent: object): Outside {
  return new Outside({
    objects: { apply: async () => ({}), list: async () => [ready] },
    ledger: { touch: () => {} },
    run: '1f2e3d',
    image: 'meshspec',
    agents: { of: async () => agent },
    namespace: async () => 'a',
    warn: () => {},
    assertHope: async () => {},
  } as unknown as OutsideOptions)
}

test('names of a scenario are known for one scenario more, in which proxies forget them', async () => {
  const told: (readonly string[])[] = []
  const text = async (): Promise<string> => ''
  const outside = outsideWith({ know: async (names: readonly string[]) => void told.push(names), resolver: text, authority: text, reset: text })
  await outside.for('a')
  await outside.know(['a.example'])
  await outside.reset()
  await outside.know(['b.example'])
  await outside.reset()
  await outside.reset()
  expect(told).toEqual([[], ['a.example'], ['a.example', 'b.example'], ['b.example'], []])
})

test.each(['know', 'resolver'])('a pod that once did not answer (%s) is asked again by the scenario that follows', async (question) => {
  let isBusy = true
  const tell = async (asked: string): Promise<string> => {
    if (isBusy && asked === question) throw new Error('busy')
    return asked
  }
  const agent = { know: () => tell('know'), resolver: () => tell('resolver'), authority: () => tell('authority') }
  const outside = outsideWith(agent)
  await expect(outside.for('a')).rejects.toThrow('busy')
  isBusy = false
  expect(await outside.for('a')).toBe(true)
  expect((await outside.pod())?.ip).toBe('10.244.0.7')
})
