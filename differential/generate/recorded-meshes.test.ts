import { resolve } from 'node:path'
import { expect, test } from 'vitest'
import type { GeneratedMesh } from './mesh.ts'
import { nameOf } from './recorded.ts'
import { recordedMeshes } from './recorded-meshes.ts'

const own = resolve(import.meta.dirname, '../../vectors/own')

const merged = recordedMeshes({ merging: own })!
const grown = recordedMeshes({ merging: own, adding: true })!
const changed = recordedMeshes({ merging: own, changing: own })!

const indexes = Array.from({ length: 60 }, (_, i) => i)
const many = indexes.map((i) => ({ before: merged('s', i, 9), after: grown('s', i, 9) }))

test('without a folder there are none', () => {
  expect(recordedMeshes({ adding: true })).toBeNull()
})

test('the same seed and index give the same mesh, another another', () => {
  expect(grown('s', 3, 9)).toEqual(many[3]!.after)
  expect(grown('s', 4, 9)).not.toEqual(many[3]!.after)
})

test('a mesh that has grown has what it was grown from, but for services that stand in the place of others, and no object twice', () => {
  for (const { before, after } of many) {
    const names = after.config.map(nameOf)
    expect(new Set(names).size).toBe(names.length)
    const kept = before.config.filter(({ kind }) => kind !== 'Service')
    expect(after.config).toEqual(expect.arrayContaining([...kept]))
    expect(after.calls.length).toBe(before.calls.length)
  }
})

test('of each kind of addition there are some', () => {
  const isNew = (kind: string, name: RegExp): boolean =>
    many.some(({ after }) => after.config.some((one) => one.kind === kind && name.test(one.metadata.name)))
  for (const kind of ['VirtualService', 'DestinationRule', 'ServiceEntry']) expect(isNew(kind, /^second-/)).toBe(true)
  expect(isNew('Sidecar', /^sight-/)).toBe(true)
  expect(isNew('PeerAuthentication', /^peers-/)).toBe(true)
  expect(isNew('Deployment', /-more$/)).toBe(true)
  const differs = (field: (mesh: GeneratedMesh) => unknown): boolean =>
    many.some(({ before, after }) => JSON.stringify(field(before)) !== JSON.stringify(field(after)))
  expect(differs(({ meshConfig }) => meshConfig)).toBe(true)
  expect(differs(({ inbound }) => inbound)).toBe(true)
  expect(differs(({ calls }) => calls.map(({ from }) => from))).toBe(true)
  expect(differs(({ calls }) => calls.map(({ request }) => request))).toBe(true)
  expect(differs(({ config }) => config.filter(({ kind }) => kind === 'Service'))).toBe(true)
})

test('merged meshes may be changed, too', () => {
  const meshes = indexes.map((i) => changed('s', i, 9))
  expect(meshes.every(({ config }) => new Set(config.map(nameOf)).size === config.length)).toBe(true)
  expect(meshes.filter(({ config }, i) => JSON.stringify(config) !== JSON.stringify(many[i]!.before.config)).length).toBeGreaterThan(50)
})
