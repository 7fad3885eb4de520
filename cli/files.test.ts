import { spawnSync } from 'node:child_process'
import { existsSync, mkdirSync, readdirSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { packageRoot } from '../support/package.ts'
import { callingFolder, holding } from './meshspec.fixture.ts'

const { folder, meshspec, feature } = callingFolder()

const holds = feature('holds.feature', ...holding)

describe('init', () => {
  test('writes nothing beside a package.json that nobody can read', () => {
    const broken = join(folder, 'broken')
    mkdirSync(broken)
    writeFileSync(join(broken, 'package.json'), '{ "name": ')
    const { status, stderr } = meshspec(['init', 'broken'])
    expect([status, stderr]).toEqual([2, expect.stringContaining('package.json is no JSON')])
    expect(readdirSync(broken)).toEqual(['package.json'])
  })
  test('a file is no folder', () => {
    const { status, stderr } = meshspec(['init', holds])
    expect([status, stderr]).toEqual([2, expect.stringMatching(/cannot be made: there is a file where a folder would be/)])
  })
})

describe('what cannot be read', () => {
  test('a folder is no report', () => {
    const { status, stderr } = meshspec(['report', 'diff', '.', '.'])
    expect([status, stderr]).toEqual([2, expect.stringContaining('REPORT_UNREADABLE . cannot be read: it is a folder')])
  })
  test('a link that leads nowhere among the files to import', () => {
    mkdirSync(join(folder, 'links'))
    symlinkSync('nowhere', join(folder, 'links', 'a.yaml'))
    const { status, stderr } = meshspec(['import', 'icv', 'links', '--out', 'imported'])
    expect([status, stderr]).toEqual([2, expect.stringContaining(`FILE_NOT_FOUND there is no file or folder ${join('links', 'a.yaml')}`)])
  })
  test('a folder of config that is a file, and where a config was looked for', () => {
    const named = feature('named.feature', 'Given the config "of-mine.yaml"')
    mkdirSync(join(folder, 'mine'))
    expect(meshspec(['run', named, '--config', holds]).stderr).toContain(`FILE_NOT_FOUND there is no folder "${holds}" of config`)
    expect(meshspec(['run', named, '--config', 'mine']).stdout).toMatch(/looked in .*\/mine, /)
  })
})

describe('what cannot be written', () => {
  test('findings', () => {
    writeFileSync(join(folder, 'fine.yaml'), 'apiVersion: v1\nkind: Service\nmetadata: {name: b}\nspec: {ports: [{port: 80}]}\n')
    const { status, stderr } = meshspec(['validate', 'fine.yaml', '--output', 'nowhere/findings.txt'])
    expect([status, stderr]).toEqual([2, expect.stringMatching(/REPORT_NOT_WRITTEN .* there is no such folder.*\n.*--output FILE/)])
  })
  const full = existsSync('/dev/full')
  test.skipIf(!full)('a report on a full disk', () => {
    const { status, stderr } = meshspec(['run', holds, '--format', 'html:/dev/full'])
    expect(stderr).toContain('REPORT_NOT_WRITTEN the report /dev/full cannot be written: no space is left on its disk')
    expect(status).toBe(2)
  })
  test.skipIf(!full)('standard output on a full disk', () => {
    const main = join(packageRoot, 'dist', 'cli', 'main.js')
    const { status, stderr } = spawnSync('sh', ['-c', `"${process.execPath}" "${main}" run ${holds} > /dev/full`], { cwd: folder, encoding: 'utf8' })
    expect(stderr).toContain('REPORT_NOT_WRITTEN standard output cannot be written: no space is left on its disk')
    expect(stderr).not.toContain('    at ')
    expect(status).toBe(2)
  })
  test('nobody reads standard output any more', () => {
    const main = join(packageRoot, 'dist', 'cli', 'main.js')
    const command = `{ "${process.execPath}" "${main}" run ${holds}; echo "exit code $?" >&2; } | true`
    const { stderr } = spawnSync('sh', ['-c', command], { cwd: folder, encoding: 'utf8' })
    expect(stderr).toContain('exit code 0')
    expect(stderr).not.toContain('EPIPE')
  })
})
