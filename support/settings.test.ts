import { describe, expect, test } from 'vitest'
import { defaultSettings, readSettings } from './settings.ts'

describe('settings', () => {
  test('are the defaults when nothing is said', () => {
    expect(readSettings({}, {})).toEqual(defaultSettings)
    expect(defaultSettings).toMatchObject({ target: 'core', seed: 1, alpha: 1e-6, beta: 1e-3, delta: 0.1 })
  })

  test('come from the environment, which world parameters outweigh', () => {
    const env = { MESHSPEC_SEED: '7', MESHSPEC_TARGET: 'cluster', MESHSPEC_SETTLE: '3s', MESHSPEC_ASSUME_CONFIG: 'true', MESHSPEC_ALPHA: '' }
    expect(readSettings({ meshspec: { seed: 8 } }, env)).toEqual({
      ...defaultSettings,
      seed: 8,
      target: 'cluster',
      settleMs: 3000,
      assumeConfig: true,
    })
  })

  test("leave a project's own world parameters alone", () => expect(readSettings({ baseUrl: 'x' }, {})).toEqual(defaultSettings))

  const refused: { given: unknown; env?: Record<string, string>; says: string }[] = [
    { given: { meshspec: { seed: 'many' } }, says: 'worldParameters.meshspec.seed is "many"' },
    { given: { meshspec: { seed: -1 } }, says: 'worldParameters.meshspec.seed is -1' },
    { given: { meshspec: { sed: 1 } }, says: 'worldParameters.meshspec.sed is no setting' },
    { given: { meshspec: 'core' }, says: 'worldParameters.meshspec is not an object' },
    { given: {}, env: { MESHSPEC_GATEWAY: 'localhost:80' }, says: 'the environment variable MESHSPEC_GATEWAY is "localhost:80"' },
    { given: {}, env: { MESHSPEC_ALPHA: '1' }, says: 'the environment variable MESHSPEC_ALPHA is "1"' },
    { given: {}, env: { MESHSPEC_SETTLE: '3' }, says: 'the environment variable MESHSPEC_SETTLE is "3"' },
  ]
  for (const { given, env = {}, says } of refused)
    test(`refused: ${says}`, () => {
      expect(() => readSettings(given, env)).toThrow(expect.objectContaining({ code: 'INVALID_SETTING', message: expect.stringContaining(says) }))
    })
})
