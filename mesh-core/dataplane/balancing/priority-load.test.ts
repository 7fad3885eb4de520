import { describe, expect, test } from 'vitest'
import { choosePriority, priorityLoad } from './priority-load.ts'

const of = (...healthy: number[]) => healthy.map((count) => ({ hosts: 100, healthy: count }))

/** Envoy's documentation, "Priority levels" and "Panic threshold". */
describe('what each priority gets', () => {
  test.each<[number[], number[]]>([
    [
      [100, 100],
      [100, 0],
    ],
    [
      [72, 100],
      [100, 0],
    ],
    [
      [71, 100],
      [99, 1],
    ],
    [
      [50, 100],
      [70, 30],
    ],
    [
      [25, 100],
      [35, 65],
    ],
    [
      [0, 100],
      [0, 100],
    ],
    [
      [25, 25],
      [50, 50],
    ],
    [
      [5, 0, 5],
      [50, 0, 50],
    ],
    [
      [0, 0],
      [100, 0],
    ],
  ])('of which %j are healthy: %j', (healthy, loads) =>
    expect(priorityLoad(of(...healthy), 0)).toMatchObject({ loads, panics: healthy.map(() => false) }),
  )

  test.each<[number[], number[], boolean[]]>([
    [
      [72, 72],
      [100, 0],
      [false, false],
    ],
    [
      [71, 1],
      [99, 1],
      [false, false],
    ],
    [
      [71, 0],
      [100, 0],
      [false, true],
    ],
    [
      [50, 60],
      [70, 30],
      [false, false],
    ],
    [
      [25, 25],
      [50, 50],
      [true, true],
    ],
    [
      [0, 0],
      [50, 50],
      [true, true],
    ],
  ])('with a threshold of 50, of which %j are healthy: %j, panic %j', (healthy, loads, panics) => {
    expect(priorityLoad(of(...healthy), 50)).toEqual({ loads, panics })
  })

  test('nobody at all', () => expect(priorityLoad([{ hosts: 0, healthy: 0 }], 50)).toEqual({ loads: [100], panics: [true] }))
})

test.each([
  [0, 0],
  [69, 0],
  [70, 1],
  [99, 1],
])('a draw of %d takes priority %d', (draw, priority) => expect(choosePriority([70, 30, 0], draw)).toBe(priority))
