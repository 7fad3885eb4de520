import { expect, test } from 'vitest'
import { Refusal } from '../verdicts/refusal.ts'
import { ScenarioSession } from './scenario-session.ts'
import type { MeshSession, ScenarioInfo, Target } from '../targets/target.ts'

/** What was done with the sessions of one scenario, in order. */
function scenario() {
  const log: string[] = []
  const refusal = new Refusal()
  const session = {
    apply: async () => void log.push('apply'),
    remove: async () => void log.push('remove'),
    close: async () => void log.push('close'),
  } as unknown as MeshSession
  const target = { name: 'fake', open: async ({ seed }: ScenarioInfo) => (log.push(`open ${seed}`), session) } as unknown as Target
  const mesh = new ScenarioSession(target, { name: 'x', uri: 'x.feature', tags: [], seed: 1, asksTelemetry: false }, refusal)
  return { log, refusal, mesh }
}

const resource = { kind: 'VirtualService' } as never

test('a change applies and removes what there is to apply and to remove', async () => {
  const { log, mesh } = scenario()
  await mesh.change({ apply: [resource], remove: [] })
  await mesh.change({ apply: [], remove: [resource] })
  expect(log).toEqual(['open 1', 'apply', 'remove'])
})

test('a new seed makes the mesh again as it was prepared, before the first request alone', async () => {
  const { log, mesh } = scenario()
  await mesh.change({ apply: [resource], remove: [] })
  await mesh.reseed(7)
  expect(log).toEqual(['open 1', 'apply', 'close', 'open 7', 'apply'])
  await mesh.use()
  await expect(mesh.reseed(8)).rejects.toThrow('the seed must be given before the first request')
})

test.each([
  ['nothing more is prepared', (mesh: ScenarioSession) => mesh.change({ apply: [resource], remove: [] })],
  ['nothing is sent', (mesh: ScenarioSession) => mesh.use()],
])('after a refusal that nobody has looked at %s', async (_, act) => {
  const { log, refusal, mesh } = scenario()
  refusal.keep(new Error('weights'))
  await expect(act(mesh)).rejects.toThrow('the config was rejected:\nweights')
  expect(log).toEqual([])
})
