import { execFileSync } from 'node:child_process'
import { chmodSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { readPaths } from './read-files.ts'

let folder = ''

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'meshspec-config-'))
  mkdirSync(join(folder, 'b', 'deep'), { recursive: true })
  mkdirSync(join(folder, 'empty'))
  const namespace = (name: string): string => `apiVersion: v1\nkind: Namespace\nmetadata: {name: ${name}}\n`
  writeFileSync(join(folder, 'a.yaml'), namespace('a'))
  writeFileSync(join(folder, 'b', 'deep', 'c.yml'), namespace('c'))
  writeFileSync(join(folder, 'b', 'd.json'), '{"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": "d"}}')
  writeFileSync(join(folder, 'b', 'README.md'), 'not config')
  writeFileSync(join(folder, '.hidden.yaml'), namespace('hidden'))
  writeFileSync(join(folder, 'b', 'plain.txt'), namespace('plain'))
  writeFileSync(join(folder, 'latin1.bin'), Buffer.from([0x61, 0xe9, 0x0a]))
  symlinkSync(folder, join(folder, 'b', 'round'))
})

afterAll(() => {
  rmSync(folder, { recursive: true })
})

test('a folder with all below it, in the order of names, links that lead round passed over', () => {
  const { resources, errors } = readPaths([folder])
  expect(errors).toEqual([])
  expect(resources.map(({ name }) => name)).toEqual(['a', 'd', 'c'])
  expect(resources[2]?.source.file).toBe(join(folder, 'b', 'deep', 'c.yml'))
})

test('a file that is named is read whatever its name', () => {
  expect(readPaths([join(folder, 'b', 'plain.txt')]).resources.map(({ name }) => name)).toEqual(['plain'])
})

const refused: readonly { path: string; code: string }[] = [
  { path: 'nowhere.yaml', code: 'FILE_NOT_FOUND' },
  { path: 'a.yaml/below', code: 'FILE_NOT_FOUND' },
  { path: 'empty', code: 'FILE_NOT_FOUND' },
  { path: 'latin1.bin', code: 'FILE_UNREADABLE' },
]
for (const { path, code } of refused)
  test(`${path} is ${code}, and the others are read`, () => {
    const { resources, errors } = readPaths([join(folder, path), join(folder, 'a.yaml')])
    expect(errors.map((error) => [error.code, error.details.place?.file])).toEqual([[code, join(folder, path)]])
    expect(errors[0]?.details.hint).not.toBeNull()
    expect(resources).toHaveLength(1)
  })

// Root may read everything.
test.skipIf(process.getuid?.() === 0)('a folder without permission is FILE_UNREADABLE', () => {
  const closed = join(folder, 'empty')
  chmodSync(closed, 0)
  const { errors } = readPaths([closed])
  chmodSync(closed, 0o755)
  expect(errors.map(({ code }) => code)).toEqual(['FILE_UNREADABLE'])
})

test.skipIf(process.platform === 'win32')('a pipe that lies in a folder is passed over', () => {
  const folder = mkdtempSync(join(tmpdir(), 'meshspec-pipe-'))
  execFileSync('mkfifo', [join(folder, 'pipe.yaml')])
  writeFileSync(join(folder, 'service.yaml'), 'apiVersion: v1\nkind: Service\nmetadata: {name: b}\n')
  const { resources, errors } = readPaths([folder])
  rmSync(folder, { recursive: true })
  expect([resources.map(({ name }) => name), errors]).toEqual([['b'], []])
})
