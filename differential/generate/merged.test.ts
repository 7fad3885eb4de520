import { resolve } from 'node:path'
import { expect, test } from 'vitest'
import { readCollection } from '../../vectors/mesh-observed/folder.ts'
import { MergedMeshes } from './merged.ts'
import { nameOf } from './recorded.ts'

const own = resolve(import.meta.dirname, '../../vectors/own')
const vectors = readCollection(own, own).areas.flatMap(({ cases }) => cases)

const merged = new MergedMeshes(vectors)

test('the same seed and index give the same mesh, another another', () => {
  const again = new MergedMeshes(vectors)
  expect(merged.make('s', 3, 8)).toEqual(again.make('s', 3, 8))
  expect(merged.make('s', 3, 8)).not.toEqual(again.make('s', 4, 8))
})

test('rules of several meshes stand beside each other, no object twice, and the calls are those of all', () => {
  const meshes = Array.from({ length: 100 }, (_, i) => merged.make('many', i, 50))
  for (const { config, calls } of meshes) {
    expect(new Set(config.map(nameOf)).size).toBe(config.length)
    expect(calls.length).toBeGreaterThan(1)
    expect(calls.every(({ times, pause, timeout }) => times === undefined && pause === undefined && timeout === undefined)).toBe(true)
  }
  expect(meshes.filter(({ config }) => config.some(({ metadata }) => /-[1-5]$/.test(metadata.name))).length).toBeGreaterThan(20)
  // Most vectors are of one world.
  expect(new Set(meshes.map(({ world }) => world)).size).toBeGreaterThan(1)
})

test('what traffic goes to keeps its name, and stands once', () => {
  const service = (port: number) => `apiVersion: v1\nkind: Service\nmetadata: {name: s}\nspec: {ports: [{name: http, port: ${port}}]}\n`
  const rule = (host: string) => `---\napiVersion: networking.istio.io/v1\nkind: VirtualService\nmetadata: {name: v}\nspec: {hosts: [${host}]}\n`
  const mesh = (name: string, config: string) => ({ name, config, calls: [{ from: 'a.default', request: `GET http://${name}/` }] })
  const merged = new MergedMeshes([mesh('one', service(80) + rule('one')), mesh('two', service(80) + rule('two')), mesh('three', service(81))])
  for (let i = 0; i < 30; i++) {
    const { config } = merged.make('names', i, 9)
    expect(config.filter(({ kind }) => kind === 'Service').map(nameOf)).toEqual(['Service/default/s'])
  }
})
