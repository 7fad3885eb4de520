import type { Envelope } from '@cucumber/messages'
import { expect, test } from 'vitest'
import { inOrder } from './in-order.ts'

const testCase = (id: string) => ({ testCase: { id } }) as Envelope
const started = (id: string) => ({ testCaseStarted: { id: `run ${id}`, testCaseId: id } }) as Envelope
const step = (id: string) => ({ testStepFinished: { testCaseStartedId: `run ${id}` } }) as Envelope
const finished = (id: string, willBeRetried = false) => ({ testCaseFinished: { testCaseStartedId: `run ${id}`, willBeRetried } }) as Envelope
const end = { testRunFinished: {} } as Envelope
const whole = (id: string) => [started(id), step(id), finished(id)]

const plan = [testCase('a'), testCase('b'), testCase('c')]
const cases: { name: string; sent: Envelope[]; seen: Envelope[] }[] = [
  { name: 'one after the other', sent: [...whole('a'), ...whole('b'), ...whole('c'), end], seen: [...whole('a'), ...whole('b'), ...whole('c'), end] },
  {
    name: 'side by side',
    sent: [started('a'), started('b'), step('b'), finished('b'), started('c'), step('a'), finished('a'), step('c'), finished('c'), end],
    seen: [...whole('a'), ...whole('b'), ...whole('c'), end],
  },
  {
    name: 'one that is tried again',
    sent: [started('b'), started('a'), finished('a', true), started('a'), finished('a'), finished('b'), end],
    seen: [started('a'), finished('a', true), started('a'), finished('a'), started('b'), finished('b'), end],
  },
  {
    name: 'one that nobody has ended',
    sent: [started('a'), ...whole('c'), ...whole('b'), end],
    seen: [started('a'), ...whole('b'), ...whole('c'), end],
  },
]

test.each(cases)('$name', ({ sent, seen }) => {
  const got: Envelope[] = []
  const take = inOrder((envelope) => got.push(envelope))
  for (const envelope of [...plan, ...sent]) take(envelope)
  expect(got).toEqual([...plan, ...seen])
})
