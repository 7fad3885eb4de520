import { existsSync, mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, expect, test } from 'vitest'
import { makeFolder } from './make-folder.ts'

const root = mkdtempSync(join(tmpdir(), 'meshspec-folder-'))
afterEach(() => rmSync(root, { recursive: true, force: true }))

test('folders above it are made, too, and what is there is left', () => {
  makeFolder(join(root, 'a/b'), 0o700)
  expect(statSync(join(root, 'a/b')).mode & 0o777).toBe(0o700)
  makeFolder(join(root, 'a/b'))
  expect(statSync(join(root, 'a/b')).mode & 0o777).toBe(0o700)
  makeFolder(`${root}/a/../c/`)
  expect(existsSync(join(root, 'c'))).toBe(true)
})

test('a file is no folder', () => {
  makeFolder(root)
  writeFileSync(join(root, 'file'), '')
  expect(() => makeFolder(join(root, 'file'))).toThrow('EEXIST')
  expect(() => makeFolder(join(root, 'file/below'))).toThrow(/EEXIST|ENOTDIR/)
})

test.runIf(process.platform === 'linux')('where the system takes none it says so', () => {
  expect(() => makeFolder('/proc/nope/below')).toThrow('ENOENT')
})
