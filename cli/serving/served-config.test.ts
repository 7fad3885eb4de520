import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeEach, expect, test } from 'vitest'
import { createMesh } from '../../mesh-core/create-mesh.ts'
import { ServedConfig } from './served-config.ts'

const folder = mkdtempSync(join(tmpdir(), 'meshspec-served-'))
const file = join(folder, 'mesh.yaml')
afterAll(() => rmSync(folder, { recursive: true }))

const service = (name: string): string => `apiVersion: v1\nkind: Service\nmetadata: {name: ${name}}\nspec: {ports: [{port: 80, name: http}]}\n---\n`
const wrong = 'apiVersion: networking.istio.io/v1\nkind: VirtualService\nmetadata: {name: w}\nspec: {hosts: []}\n'
const mesh = createMesh()
const config = new ServedConfig(mesh, [folder])
const there = (): readonly string[] => mesh.resources.map(({ name }) => name).toSorted()

beforeEach(() => {
  writeFileSync(file, service('a') + service('b'))
  config.reload()
})

test('what a file names no more is gone, and what was put beside the files stays', () => {
  expect(config.put(service('beside')).map(({ name }) => name)).toEqual(['beside'])
  writeFileSync(file, service('b') + service('c'))
  expect(config.reload()).toBe(true)
  expect(there()).toEqual(['b', 'beside', 'c'])
  config.remove(service('beside'))
  expect(there()).toEqual(['b', 'c'])
})

test('what is as it was is not taken up anew', () => {
  expect(config.reload()).toBe(false)
  writeFileSync(file, service('a') + service('b'))
  expect(config.reload()).toBe(false)
})

test('what is refused changes nothing', () => {
  writeFileSync(file, service('c') + wrong)
  expect(() => config.reload()).toThrow('VirtualService default/w')
  expect(() => config.put(wrong)).toThrow('VirtualService default/w')
  expect(there()).toEqual(['a', 'b'])
})
