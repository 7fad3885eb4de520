import fc from 'fast-check'
import { expect, test } from 'vitest'

import { VirtualClock } from './virtual-clock.ts'

test('an hour passes at once', async () => {
  const clock = new VirtualClock()
  await clock.run(clock.sleep(3_600_000, 'nap'))
  expect(clock.now()).toBe(3_600_000)
})

test('timers fire in the order of their moments, and those of one moment in the order of scheduling', async () => {
  const delays = fc.array(fc.integer({ min: 0, max: 20 }), { maxLength: 60 })
  await fc.assert(
    fc.asyncProperty(delays, async (all) => {
      const clock = new VirtualClock()
      const fired: { at: number; i: number }[] = []
      all.forEach((delay, i) => clock.schedule(delay, () => fired.push({ at: clock.now(), i }), 'x'))
      await clock.elapse(20)
      expect(fired).toEqual(all.map((at, i) => ({ at, i })).sort((one, other) => one.at - other.at || one.i - other.i))
    }),
    { numRuns: 50 },
  )
})

test('cancelled timers never fire, whichever they are', async () => {
  const timers = fc.array(fc.record({ delay: fc.nat(20), cancelled: fc.boolean() }), { maxLength: 60 })
  await fc.assert(
    fc.asyncProperty(timers, async (all) => {
      const clock = new VirtualClock()
      const fired = new Set<number>()
      const handles = all.map(({ delay }, i) => clock.schedule(delay, () => fired.add(i), 'x'))
      all.forEach(({ cancelled }, i) => cancelled && handles[i]!.cancel())
      await clock.elapse(20)
      expect([...fired].sort((a, b) => a - b)).toEqual(all.flatMap(({ cancelled }, i) => (cancelled ? [] : [i])))
    }),
    { numRuns: 50 },
  )
})

test('what a timer sets going has run before the next timer of the same moment fires', async () => {
  const clock = new VirtualClock()
  const seen: string[] = []
  const waiter = clock.sleep(5, 'first').then(() => Promise.resolve().then(() => seen.push('after the first')))
  clock.schedule(5, () => seen.push('second'), 'second')
  await clock.run(waiter)
  await clock.elapse(0)
  expect(seen).toEqual(['after the first', 'second'])
})

test('of one moment the deadlines come first, the outermost foremost, and older timers before all', async () => {
  const clock = new VirtualClock()
  const seen: string[] = []
  clock.schedule(10, () => seen.push('older'), 'older')
  await clock.elapse(1)
  clock.schedule(9, () => seen.push('work'), 'work')
  clock.deadline(9, () => seen.push('inner'), 'inner')
  clock.deadline(9, () => seen.push('outer'), 'outer')
  await clock.elapse(9)
  expect(seen).toEqual(['older', 'outer', 'inner', 'work'])
})

test('elapse stops at its end and leaves later timers alone', async () => {
  const clock = new VirtualClock({ start: 100 })
  let fired = false
  clock.schedule(50, () => (fired = true), 'later')
  await clock.elapse(49)
  expect([clock.now(), fired]).toEqual([149, false])
})

test('a simulation in which nothing can ever run again says who waits', async () => {
  const clock = new VirtualClock()
  const stuck = clock.run(new Promise(() => {}), () => ['a.default: GET http://b/'])
  await expect(stuck).rejects.toMatchObject({ code: 'SIMULATION_STUCK' })
  await expect(clock.run(new Promise(() => {}), () => ['a.default: GET http://b/'])).rejects.toThrow('it waits for a.default: GET http://b/')
})

test('the failure of the work is the failure of the run', async () => {
  const clock = new VirtualClock()
  const work = clock.sleep(7, 'work').then(() => Promise.reject(new Error('broken')))
  await expect(clock.run(work)).rejects.toThrow('broken')
})

test('work that needs no time waits for no idle moment', async () => {
  let idles = 0
  const clock = new VirtualClock({ idle: () => (idles++, () => {}) })
  expect(await clock.run(Promise.resolve().then(() => 'done'))).toBe('done')
  expect(idles).toBe(1)
})
