import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest'
import { ConfigRejected } from '../../../mesh-core/config/errors.ts'
import { NotYetProgrammed } from '../target.ts'
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

  test('when it is ended because it takes the config of one up no more, none of the others is answered by nobody', async () => {
    const one = await EnvoyHost.start(path!)
    const [ill, well] = [one.join(() => {}), one.join(() => {})]
    await one.use(well, emptyConfig, complain)
    const pushes = vi.spyOn(Configurator.prototype, 'use').mockRejectedValueOnce(new NotYetProgrammed('it has not acknowledged clusters'))
    try {
      const isOver = expect.objectContaining({ name: 'NotYetProgrammed' })
      await expect(one.use(ill, emptyConfig, complain)).rejects.toEqual(isOver)
      expect(one.running).toBe(false)
      expect(() => one.check()).toThrow(isOver)
      await expect(one.use(well, emptyConfig, complain)).rejects.toEqual(isOver)
    } finally {
      pushes.mockRestore()
      await one.stop()
    }
  })
})
