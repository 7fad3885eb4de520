import { expect, test } from 'vitest'
import { ConfigRejected } from './errors.ts'
import { readText } from './read.ts'
import type { Resource } from './resource.ts'
import { refOf } from './resource.ts'
import type { Snapshot } from './snapshot.ts'
import { applyTo, emptySnapshot, locateIn, removeFrom } from './snapshot.ts'

function service(name: string, { port = 80, created }: { port?: number; created?: string } = {}): Resource {
  const metadata = `{name: ${name}${created === undefined ? '' : `, creationTimestamp: "${created}"`}}`
  return readText(`apiVersion: v1\nkind: Service\nmetadata: ${metadata}\nspec:\n  ports: [{port: ${port}}]\n`, `${name}.yaml`)
    .resources[0] as Resource
}

function order(snapshot: Snapshot): string[] {
  return [...snapshot.resources.values()].map(({ name }) => name)
}

test('what was applied first is older; together, names decide', () => {
  const first = applyTo(emptySnapshot, [service('m')])
  expect(order(applyTo(first, [service('z'), service('a')]))).toEqual(['m', 'a', 'z'])
})

test('a name goes before those that begin with it', () => {
  expect(order(applyTo(emptySnapshot, [service('reviews-canary'), service('reviews')]))).toEqual(['reviews', 'reviews-canary'])
})

test('a timestamp decides before the order', () => {
  const resources = [service('young', { created: '2024-01-02T00:00:00Z' }), service('old', { created: '2024-01-01T00:00:00Z' }), service('none')]
  expect(order(applyTo(emptySnapshot, resources))).toEqual(['old', 'young', 'none'])
})

test('one that is applied again is replaced and keeps its age', () => {
  const before = applyTo(applyTo(emptySnapshot, [service('b')]), [service('a')])
  const after = applyTo(before, [service('b', { port: 81 })])
  expect(order(after)).toEqual(['b', 'a'])
  expect([...after.resources.values()][0]?.object['spec'].ports[0].port).toBe(81)
  expect([...before.resources.values()][0]?.object['spec'].ports[0].port).toBe(80)
  expect([before.version, after.version]).toEqual([2, 3])
})

test('one that is removed and comes back is young', () => {
  const both = applyTo(applyTo(emptySnapshot, [service('b')]), [service('a')])
  const without = removeFrom(both, [refOf(service('b')), refOf(service('never'))])
  expect(order(without)).toEqual(['a'])
  expect(order(applyTo(without, [service('b')]))).toEqual(['a', 'b'])
})

test('nothing is half applied', () => {
  const bad = readText(
    'apiVersion: v1\nkind: Service\nmetadata: {name: bad}\nspec: {prots: []}\n---\napiVersion: v1\nkind: Pod\nmetadata: {name: x}\nspec: 3\n',
    'bad.yaml',
  ).resources
  const before = applyTo(emptySnapshot, [service('a')])
  let thrown: unknown = null
  try {
    applyTo(before, [service('b'), ...bad])
  } catch (error) {
    thrown = error
  }
  expect(thrown).toBeInstanceOf(ConfigRejected)
  expect((thrown as ConfigRejected).errors.map(({ code }) => code)).toEqual(['UNKNOWN_FIELD', 'SCHEMA_TYPE'])
  expect(order(before)).toEqual(['a'])
})

test('origins are found through the snapshot, as long as their text is in it', () => {
  const snapshot = applyTo(emptySnapshot, [service('a')])
  const origin = { file: 'a.yaml', document: 0, resource: 'Service default/a', path: ['spec', 'ports', 0] }
  expect(locateIn(snapshot, origin)).toEqual({ file: 'a.yaml', position: { line: 5, column: 11 } })
  expect(locateIn(snapshot, { ...origin, file: 'gone.yaml' })).toEqual({ file: 'gone.yaml', position: null })
})
