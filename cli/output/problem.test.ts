import { afterEach, expect, test, vi } from 'vitest'
import { MeshSpecError } from '../../mesh-core/config/errors.ts'
import { printProblem } from './problem.ts'

const wrong = new MeshSpecError({ code: 'INVALID_SETTING', origin: null, place: null, problem: 'no', hint: null })

afterEach(() => vi.restoreAllMocks())

test.each<[unknown, string]>([
  [new Error('outer', { cause: new Error('inner\n    at x.js:1') }), 'outer\n  because: inner\n'],
  [new Error('outer', { cause: wrong }), `${wrong.message}\n`],
  ['a text', 'a text\n'],
  // Has no prototype, and so is no text.
  [Object.assign(Object.create(null) as object, { code: 'E1' }), "[Object: null prototype] { code: 'E1' }\n"],
])('%#', (error, text) => {
  const said: string[] = []
  vi.spyOn(process.stderr, 'write').mockImplementation((part) => said.push(String(part)) > 0)
  expect(printProblem(error)).toBe(2)
  expect(said.join('')).toBe(text)
})
