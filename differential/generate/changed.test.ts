import { resolve } from 'node:path'
import { expect, test } from 'vitest'
import { readCollection } from '../../vectors/mesh-observed/folder.ts'
import { ChangedMeshes } from './changed.ts'
import { Corpus, spotsOf } from './corpus.ts'
import type { Document } from './document.ts'

const own = resolve(import.meta.dirname, '../../vectors/own')
const vectors = readCollection(own, own).areas.flatMap(({ cases }) => cases)
const configs = new Set(vectors.map(({ config }) => config))

test('the same seed and index give the same mesh, another another', () => {
  const [one, again] = [new ChangedMeshes(vectors), new ChangedMeshes(vectors)]
  expect(one.make('s', 3, 8)).toEqual(again.make('s', 3, 8))
  expect(one.make('s', 3, 8)).not.toEqual(again.make('s', 4, 8))
})

test('meshes stand upon their worlds, have calls, no object twice, and are not as they were recorded', () => {
  const changed = new ChangedMeshes(vectors)
  const meshes = Array.from({ length: 200 }, (_, i) => changed.make('many', i, 8))
  for (const { config, calls } of meshes) {
    const names = config.map(({ kind, metadata }) => `${kind}/${metadata.namespace ?? 'default'}/${metadata.name}`)
    expect(new Set(names).size).toBe(names.length)
    expect(calls.length).toBeGreaterThan(0)
    expect(calls.every(({ times = 1, pause }) => times <= 60 && pause === undefined)).toBe(true)
  }
  expect(new Set(meshes.map(({ world }) => world)).size).toBeGreaterThan(2)
  expect(meshes.filter(({ config }) => config.some(({ metadata }) => /-m$/.test(metadata.name))).length).toBeGreaterThan(10)
  expect(configs.size).toBeGreaterThan(100)
})

test('what could stand at a place is what stands there elsewhere', () => {
  const document = (value: number): Document => ({
    apiVersion: 'v1',
    kind: 'Thing',
    metadata: { name: `t${value}`, namespace: 'default' },
    spec: { list: [{ size: value }], size: -value },
  })
  const corpus = new Corpus([document(1), document(2)])
  const path = ['spec', 'list', 0, 'size']
  expect(spotsOf(document(1)).map((spot) => spot.path.join('.'))).toContain('spec.list.0.size')
  expect(corpus.values('Thing', path)).toEqual([1, 2])
  expect(corpus.valuesOfName(path)).toEqual([1, -1, 2, -2])
  expect(corpus.items('Thing', ['spec', 'list'])).toEqual([{ size: 1 }, { size: 2 }])
  expect(corpus.fields('Thing', ['spec'])).toEqual([
    ['list', [{ size: 1 }]],
    ['size', -1],
    ['list', [{ size: 2 }]],
    ['size', -2],
  ])
  expect(corpus.values('Other', path)).toEqual([])
})
