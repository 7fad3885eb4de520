import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, expect, test, vi } from 'vitest'
import { withTypescript } from './glue.ts'

const readsItself = Boolean((process.features as { readonly typescript?: unknown }).typescript)
afterEach(() => vi.restoreAllMocks())

const read = (importPaths: string[], targets: string[] = []) =>
  withTypescript({ requireModules: [], requirePaths: [], loaders: [], importPaths }, targets).loaders

test.skipIf(readsItself).each([
  ['steps/prices.mts', true],
  ['steps/*.ts', true],
  ['steps/**/*.{mjs,mts}', true],
  ['steps/**/*.@(js|ts)', true],
  ['steps/**/*.{js,mjs}', false],
  ['tests/**/*.mjs', false],
  ['hosts/{parts,ts-like}/*.js', false],
])('%s names TypeScript: %s', (path, isNeeded) => expect(read([path])).toEqual(isNeeded ? ['ts-node/esm'] : []))

test.skipIf(readsItself)('a target does, too', () => expect(read([], ['core', './my-target.mts'])).toEqual(['ts-node/esm']))

test('a loader that the project names is enough', () => {
  const support = { requireModules: [], requirePaths: [], loaders: ['tsx'], importPaths: ['a.ts'] }
  expect(withTypescript(support, [])).toBe(support)
})

test.skipIf(readsItself)('without ts-node it says what to install', () => {
  const folder = mkdtempSync(join(tmpdir(), 'meshspec-glue-'))
  vi.spyOn(process, 'cwd').mockReturnValue(folder)
  expect(() => read(['a.ts'])).toThrow('npm install --save-dev ts-node @swc/core typescript@5')
  rmSync(folder, { recursive: true })
})
