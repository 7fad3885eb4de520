import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest'
import { ConfigRejected } from '../../../mesh-core/config/errors.ts'
import { Configurator, emptyConfig } from './configurator.ts'
import { envoyForTests } from './envoy-for-tests.ts'
import { EnvoyHost } from './envoy-host.ts'

const path = await envoyForTests()

const complain = async () => new ConfigRejected([])

describe.skipIf(path === null)('the meshes of one Envoy', () => {
  let host: EnvoyHost
  beforeAll(async () => {
    host = await EnvoyHost.start(path!)
  })
  afterAll(() => host.stop())

  test('what they change at once goes to Envoy as one change, the last of them as well as the first', async () => {
    const meshes = [1, 2, 3].map(() => host.join(() => {}))
    const pushes = vi.spyOn(Configurator.prototype, 'use')
    try {
      await Promise.all(meshes.map((mesh) => host.use(mesh, emptyConfig, complain)))
      expect(pushes).toHaveBeenCalledTimes(1)
      await Promise.all(meshes.map((mesh) => host.leave(mesh)))
      expect(pushes).toHaveBeenCalledTimes(2)
    } finally {
      pushes.mockRestore()
    }
  })
})
