import { expect, test } from 'vitest'
import { at } from './origin.ts'

const origin = (resource: string, path: readonly (string | number)[]) => ({ file: 'a.yaml', document: 1, resource, path })

test('paths below one are kept once, whoever asks', () => {
  const whole: readonly string[] = []
  const [first, second] = ['VirtualService default/a', 'VirtualService default/b'].map((resource) => at(origin(resource, whole), 'spec', 'http', 0))
  expect(first).toEqual(origin('VirtualService default/a', ['spec', 'http', 0]))
  expect(second!.path).toBe(first!.path)
  expect(at(second!, 'match', 1).path).toBe(at(origin('', whole), 'spec', 'http', 0, 'match', 1).path)
  expect(whole).toEqual([])
})

test('a number is no name, and no path is taken for another', () => {
  const start = origin('', [])
  expect(at(start, 0).path).toEqual([0])
  expect(at(start, '0').path).toEqual(['0'])
  expect(at(start).path).toBe(start.path)
})
