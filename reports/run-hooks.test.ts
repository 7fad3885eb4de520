import type { Envelope } from '@cucumber/messages'
import { expect, test } from 'vitest'
import { RunHooks } from './run-hooks.ts'

const timestamp = { seconds: 0, nanos: 0 }
const started = (id: string, hookId: string): Envelope => ({ testRunHookStarted: { id, hookId, testRunStartedId: 'run', timestamp } })
const finished = (id: string, status: 'PASSED' | 'FAILED'): Envelope =>
  ({
    testRunHookFinished: { testRunHookStartedId: id, result: { status, duration: timestamp }, timestamp },
  }) as Envelope
const hook = (id: string): Envelope => ({ hook: { id, sourceReference: {} } })
const end = { testRunFinished: { success: true, timestamp } } as Envelope

function told(...envelopes: readonly Envelope[]): Envelope[] {
  const hooks = new RunHooks()
  return envelopes.flatMap((envelope) => hooks.take(envelope))
}

test('a hook that several processes have run is told once, at the end, in the order of the definitions', () => {
  const processes = [started('b1', 'b'), started('a1', 'a'), finished('a1', 'PASSED'), started('a2', 'a'), finished('b1', 'PASSED')]
  const all = told(hook('a'), hook('b'), ...processes, finished('a2', 'PASSED'), end)
  expect(all).toEqual([hook('a'), hook('b'), started('a1', 'a'), finished('a1', 'PASSED'), started('b1', 'b'), finished('b1', 'PASSED'), end])
})

test('that it failed in one of them is what is told', () => {
  const all = told(hook('a'), started('1', 'a'), finished('1', 'PASSED'), started('2', 'a'), finished('2', 'FAILED'), end)
  expect(all.slice(1, -1)).toEqual([started('2', 'a'), finished('2', 'FAILED')])
})

test('that it never ended is told, too', () => expect(told(hook('a'), started('1', 'a'), end)).toEqual([hook('a'), started('1', 'a'), end]))
