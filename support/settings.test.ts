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

  test('leave variables of others alone', () => {
    // The first three are what Kubernetes tells pods beside a Service `meshspec`.
    const others = [
      'PORT',
      'SERVICE_HOST',
      'PORT_8443_TCP',
      'DEBUG',
      'LANES',
      'LAB',
      'LAB_NAME',
      'OUTSIDE',
      'CONTROL',
      'PORTS',
      'APP',
      'POD',
      'VERSION',
    ]
    expect(readSettings({}, Object.fromEntries(others.map((name) => [`MESHSPEC_${name}`, 'x'])))).toEqual(defaultSettings)
  })

  const refused: { given: unknown; env?: Record<string, string>; says: string }[] = [
    { given: { meshspec: { seed: 'many' } }, says: 'worldParameters.meshspec.seed is "many"' },
    { given: { meshspec: { seed: -1 } }, says: 'worldParameters.meshspec.seed is -1' },
    { given: { meshspec: { sed: 1 } }, says: 'worldParameters.meshspec.sed is no setting' },
    { given: { meshspec: { sed: 1 } }, says: 'did you mean seed?' },
    { given: { meshspec: { sede: 1 } }, says: 'did you mean seed?' },
    { given: { meshspec: { colour: 1 } }, says: 'the settings are target, seed,' },
    { given: {}, env: { MESHSPEC_TARGTE: 'envoy' }, says: 'the environment variable MESHSPEC_TARGTE is no setting' },
    { given: {}, env: { MESHSPEC_NAMESPACE: 'shop' }, says: 'did you mean MESHSPEC_NAMESPACES?' },
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
