import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { findEnvoy, isOlder, lookEverywhere } from './find-envoy.ts'

let folder: string
beforeEach(() => void (folder = mkdtempSync(join(tmpdir(), 'meshspec-find-'))))
afterEach(() => rmSync(folder, { recursive: true }))

function fake(name: string, text: string): string {
  mkdirSync(join(folder, name, '..'), { recursive: true })
  writeFileSync(join(folder, name), text)
  chmodSync(join(folder, name), 0o755)
  return join(folder, name)
}

const says = (version: string) => `#!/bin/sh\necho "envoy  version: 0a1b2c/${version}/Clean/RELEASE/BoringSSL"\n`
const env = (more: Record<string, string> = {}) => ({
  PATH: `${join(folder, 'bin')}:/bin`,
  HOME: folder,
  XDG_CACHE_HOME: join(folder, 'cache'),
  ...more,
})
const cached = 'cache/meshspec/envoy/lib/python3.11/site-packages/envoy/_bin/envoy'

describe('where an Envoy is found', () => {
  test('$ENVOY_PATH goes first', async () => {
    fake('bin/envoy', says('1.35.0'))
    const path = fake('mine', says('1.40.0'))
    expect(await findEnvoy({ env: env({ ENVOY_PATH: path }) })).toEqual({ path, version: '1.40.0', foundBy: '$ENVOY_PATH' })
  })

  test('then PATH, func-e, the cache', async () => {
    const inCache = fake(cached, says('1.33.0'))
    expect(await findEnvoy({ env: env() })).toEqual({ path: inCache, version: '1.33.0', foundBy: 'the cache' })
    const byFuncE = fake('e/envoy', says('1.34.0'))
    fake('bin/func-e', `#!/bin/sh\necho ${byFuncE}\n`)
    expect((await findEnvoy({ env: env() })).foundBy).toBe('func-e')
    fake('bin/envoy', says('1.35.0'))
    expect((await findEnvoy({ env: env() })).foundBy).toBe('PATH')
  })

  test('one that is too old is passed over for one that does', async () => {
    fake('bin/envoy', says('1.29.4'))
    fake(cached, says('1.40.0'))
    expect((await findEnvoy({ env: env() })).foundBy).toBe('the cache')
  })
})

describe('why there is none', () => {
  test('nowhere', async () => {
    await expect(findEnvoy({ env: env() })).rejects.toMatchObject({ code: 'ENVOY_NOT_FOUND' })
    await expect(findEnvoy({ env: env() })).rejects.toThrow('npx meshspec envoy install')
    expect((await lookEverywhere({ env: env() })).map(({ problem }) => problem)).toEqual(Array(4).fill('there is none'))
  })

  test.each([
    ['too old', says('1.9.0'), 'it is 1.9.0, and at least 1.30.0 is needed'],
    ['no Envoy', '#!/bin/sh\necho hello\n', 'it does not say an Envoy version'],
    ['of another CPU', '\x7fELF\x02\x01\x01\0\0\0\0\0\0\0\0\0\x02\0\xf3\0', "is it another CPU's or system's?"],
  ])('%s', async (_, text, problem) => {
    fake('bin/envoy', says('1.40.0'))
    const path = fake('mine', text)
    // What was asked for by name is not replaced by another.
    await expect(findEnvoy({ env: env({ ENVOY_PATH: path }) })).rejects.toMatchObject({
      code: 'ENVOY_UNUSABLE',
      message: expect.stringContaining(problem),
    })
  })
})

test.each([
  ['1.29.9', true],
  ['1.30.0', false],
  ['1.9.0', true],
  ['2.0.0', false],
])('%s is older than 1.30.0: %s', (version, older) => expect(isOlder(version, '1.30.0')).toBe(older))
