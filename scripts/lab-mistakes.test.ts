import { expect, test } from 'vitest'
import { mistakes, problemOf } from './lab-mistakes.ts'

const mistake = mistakes.find(({ title }) => title === 'config that the webhook refuses')!
const scenario = (verdict: string, reason: string, name = mistake.title) => ({ name, verdict, reasons: [reason] })

test('a mistake is found where its scenario has failed, and for that reason alone', () => {
  expect(problemOf(mistake, [scenario('failed', 'admission webhook denied the request: weight -5 < 0')])).toBeNull()
  expect(problemOf(mistake, [scenario('failed', 'the answer was 404')])).toBe('it was "failed": the answer was 404')
  expect(problemOf(mistake, [scenario('passed', 'weight -5 < 0')])).toMatch('it was "passed"')
  expect(problemOf(mistake, [scenario('not-supported', 'weight -5 < 0')])).toMatch('it was "not-supported"')
  expect(problemOf(mistake, [scenario('failed', 'weight -5 < 0', 'another')])).toMatch('it was "undefined"')
})
