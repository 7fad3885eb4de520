import { describe, expect, test } from 'vitest'
import { MeshSpecError } from '../../mesh-core/config/errors.ts'
import { StatementFailed, Undecided } from './failure.ts'
import { minding } from './outcome.ts'
import type { Outcome } from './outcome.ts'
import { NotSupported, NotYetProgrammed } from '../targets/target.ts'

function runWith(error: unknown, how: 'throws' | 'rejects'): { result: unknown; outcomes: Outcome[] } {
  const outcomes: Outcome[] = []
  const definition = minding({ onOutcome: (_world, outcome) => outcomes.push(outcome) })(() => {
    if (how === 'throws') throw error
    return Promise.reject(error)
  })
  try {
    return { result: definition.call({}), outcomes }
  } catch (thrown) {
    return { result: thrown, outcomes }
  }
}

/** It says nothing about the mesh. */
const clusterFails = (['CLUSTER_UNREACHABLE', 'CLUSTER_FAILED', 'CLUSTER_DENIED'] as const).map(
  (code) => new MeshSpecError({ code, origin: null, place: null, problem: 'the API server is gone', hint: null }),
)

describe.each(['throws', 'rejects'] as const)('a step that %s', (how) => {
  test('NotSupported is skipped', async () => {
    const { result, outcomes } = runWith(new NotSupported('telemetry', 'no metrics'), how)
    expect(await result).toBe('skipped')
    expect(outcomes).toEqual([{ verdict: 'not-supported', reasons: ['no metrics'], capabilities: ['telemetry'] }])
  })

  const failing: [error: Error, verdict: string][] = [
    [new NotYetProgrammed('not yet programmed after 30 s'), 'not-programmed'],
    [new Undecided('too few'), 'undecided'],
    [new StatementFailed('reached reviews:v1 instead.'), 'failed'],
    ...clusterFails.map((error): [Error, string] => [error, 'undecided']),
  ]
  for (const [error, verdict] of failing)
    test(`${error.name} fails as ${verdict}, without a stack`, async () => {
      const { result, outcomes } = runWith(error, how)
      await expect(Promise.resolve(result).then((value) => (how === 'throws' ? Promise.reject(value) : value))).rejects.toBe(error)
      expect(outcomes.map((outcome) => outcome.verdict)).toEqual([verdict])
      expect(error.stack).toBe('')
    })

  test('any other error keeps its stack', async () => {
    const error = new TypeError('a defect')
    const { result } = runWith(error, how)
    await Promise.resolve(result).catch(() => {})
    expect(error.stack).toContain('outcome.test.ts')
  })
})

test('what a step answers passes through', () => {
  const minded = minding({ onOutcome: () => {} })
  expect(minded(() => 'pending').call({})).toBe('pending')
  expect(minded(() => undefined).call({})).toBeUndefined()
})

describe('what is to be done before a step', () => {
  const done: string[] = []
  const minded = minding({
    onOutcome: (_world, { verdict }) => done.push(verdict),
    beforeStep: (_world, options) => (options ? null : Promise.resolve().then(() => void done.push('before'))),
  })
  const world = { attach: () => {} }

  test('is done before it, and a step that wants none of it begins at once', async () => {
    await minded(() => void done.push('step')).call(world)
    minded(() => void done.push('share'), { unsent: 'taken-as-needed' }).call(world)
    expect(done).toEqual(['before', 'step', 'share'])
  })

  test('ends the step when it fails', async () => {
    const failing = minding({
      onOutcome: (_world, { verdict }) => done.push(verdict),
      beforeStep: () => Promise.reject(new Undecided('the budget has come to its end')),
    })
    await expect(failing(() => void done.push('never')).call(world)).rejects.toThrow('budget')
    expect(done.slice(3)).toEqual(['undecided'])
  })
})
