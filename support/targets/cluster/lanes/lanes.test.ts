import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { Lane, lanesVariable, wholeOf } from './lane.ts'
import { LaneKeeper } from './lane-keeper.ts'
import type { Reach } from './reach.ts'

let folder: string
let keeper: LaneKeeper
beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'meshspec-lanes-'))
  keeper = new LaneKeeper()
  await keeper.listen(join(folder, 'keeper'))
})
afterEach(() => {
  keeper.close()
  rmSync(folder, { recursive: true })
})

class Scenario {
  readonly lane: Lane
  readonly did: string[] = []
  clear = async (): Promise<void> => void this.did.push('cleared')

  constructor(number: number) {
    const env = { [lanesVariable]: JSON.stringify({ run: 'abc', keeper: join(folder, 'keeper'), missing: [] }), CUCUMBER_WORKER_ID: String(number) }
    this.lane = Lane.of({ ...env, CUCUMBER_TOTAL_WORKERS: '3' })!
  }

  async join(): Promise<this> {
    await this.lane.join({ clear: () => this.clear(), stop: (why) => void this.did.push(`stopped: ${why}`) })
    return this
  }

  /** Resolves when it may go on. */
  async gets(reach: Reach): Promise<void> {
    this.#ask(reach)
    await this.comesTo(reach)
  }

  /** Resolves when it waits. */
  async waitsFor(reach: Reach): Promise<void> {
    const before = keeper.waiting
    this.#ask(reach)
    await vi.waitFor(() => expect(keeper.waiting).toBe(before + 1), { timeout: 5000 })
    expect(this.did).not.toContain(reach)
  }

  async comesTo(what: string): Promise<void> {
    await vi.waitFor(() => expect(this.did.at(-1)).toBe(what), { timeout: 5000 })
  }

  #ask(reach: Reach): void {
    this.lane.hold(reach).then(
      () => this.did.push(reach),
      (error: Error) => this.did.push(error.message),
    )
  }
}

const scenarios = (): Promise<readonly [Scenario, Scenario, Scenario]> =>
  Promise.all([new Scenario(0).join(), new Scenario(1).join(), new Scenario(2).join()])

test('a process that runs all scenarios itself has no lane', () => {
  expect(Lane.of({})).toBeNull()
})

test('a part is known by the run and its number', () => {
  expect(new Scenario(2).lane.id).toBe('abc-2')
  expect([wholeOf('abc-2'), wholeOf('abc')]).toEqual(['abc', 'abc'])
})

test('scenarios that keep to their own names go beside each other, and beside one about other names', async () => {
  const [a, b, c] = await scenarios()
  await a.gets('own')
  await b.gets('own')
  await c.gets('outside')
})

test('of those about other names there is one at a time', async () => {
  const [a, b, c] = await scenarios()
  await a.gets('own')
  await a.gets('outside')
  await b.waitsFor('outside')
  await c.gets('own')
  a.lane.release()
  await b.comesTo('outside')
})

test('one that changes the whole mesh is alone, and is not overtaken', async () => {
  const [a, b, c] = await scenarios()
  await a.gets('own')
  await b.gets('own')
  await b.waitsFor('mesh')
  await c.waitsFor('own')
  a.lane.release()
  await b.comesTo('mesh')
  // What it has left is taken away before.
  expect(a.did).toEqual(['own', 'cleared'])
  expect(c.did).toEqual([])
  b.lane.release()
  await c.comesTo('own')
})

test('it waits until the others have taken away what they have left', async () => {
  const [a, b] = await scenarios()
  await a.gets('own')
  a.lane.release()
  let done: (() => void) | null = null
  a.clear = () => new Promise((resolve) => (done = resolve))
  await b.waitsFor('mesh')
  await vi.waitFor(() => expect(done).not.toBeNull())
  expect(b.did).toEqual([])
  done!()
  await b.comesTo('mesh')
})

test('what cannot be taken away ends the sending of all', async () => {
  const [a, b] = await scenarios()
  await a.gets('own')
  a.lane.release()
  a.clear = () => Promise.reject(new Error('no route to host'))
  await b.waitsFor('mesh')
  const why = 'what scenarios before have left could not be taken away: no route to host'
  await b.comesTo(why)
  expect(b.did).toEqual([`stopped: ${why}`, why])
})

test('what is about other names stays so while its scenario waits for the whole mesh', async () => {
  const [a, b, c] = await scenarios()
  await a.gets('outside')
  await b.gets('own')
  await c.waitsFor('outside')
  await a.waitsFor('mesh')
  b.lane.release()
  await a.comesTo('mesh')
  expect(c.did).toEqual([])
  a.lane.release()
  await c.comesTo('outside')
})

test('a process that dies holds nothing, and one that gives up waits for nothing', async () => {
  const [a, b, c] = await scenarios()
  await a.gets('mesh')
  await b.waitsFor('mesh')
  b.lane.release()
  await vi.waitFor(() => expect(keeper.waiting).toBe(0))
  await c.waitsFor('own')
  a.lane.leave()
  await c.comesTo('own')
  expect(b.did).toEqual([])
})

test('what was granted to one that has given up is not taken for what it asks for next', async () => {
  const [a, b] = await scenarios()
  await a.gets('outside')
  await b.waitsFor('outside')
  // Granted, perhaps, while it is on its way.
  a.lane.release()
  b.lane.release()
  await a.gets('mesh')
  await b.waitsFor('own')
})

test('when the mesh sheds load, or the Lease is lost, all know it, who comes later too', async () => {
  const [a, b] = await scenarios()
  a.lane.stop('the mesh sheds load')
  await b.comesTo('stopped: the mesh sheds load')
  keeper.tell({ lost: 'its Lease was deleted' })
  await vi.waitFor(() => expect(() => b.lane.assertHeld()).toThrow('its Lease was deleted'))
  const late = await new Scenario(3).join()
  await late.comesTo('stopped: the mesh sheds load')
  await vi.waitFor(() => expect(() => late.lane.assertHeld()).toThrow('its Lease was deleted'))
})

test('who waits is told when the leading process has ended', async () => {
  const [a, b] = await scenarios()
  await a.gets('mesh')
  await b.waitsFor('own')
  keeper.close()
  await b.comesTo('the process that leads the run has ended')
})
