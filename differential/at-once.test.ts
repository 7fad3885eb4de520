import { expect, test } from 'vitest'
import { takesTime } from './at-once.ts'

const call = { from: 'a.default', request: 'GET http://b/' }
const ejecting = 'outlierDetection: {}'

test.each([
  ['calls of config that ejects wait for health to be told', { config: ejecting, calls: [call, call] }, true],
  ['unless they are told not to', { config: ejecting, calls: [call, { ...call, pause: 0 }] }, false],
  ['whatever makes them wait, the mesh config say', { config: '', calls: [{ ...call, pause: '1300ms' }] }, true],
  ['others follow one another', { config: '', calls: [call, { ...call, pause: 0 }] }, false],
])('%s', (_, vector, expected) => {
  expect(takesTime({ name: 'x', ...vector })).toBe(expected)
})
