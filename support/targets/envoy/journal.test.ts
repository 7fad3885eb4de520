import { afterEach, expect, test, vi } from 'vitest'
import { type CallRecord, Journal } from './journal.ts'
import type { LogLine } from './xds/access-log.ts'

afterEach(() => vi.restoreAllMocks())

test('time in which this process computes is none in which Envoy wrote nothing', async () => {
  const journal = new Journal()
  const call = { endMs: 1, proxy: {}, line: null, mirrors: [], received: [], gateway: null } as unknown as CallRecord
  journal.calls.push(call)
  let now = 0
  vi.spyOn(performance, 'now').mockImplementation(() => (now += 10_000))
  const isComplete = vi.fn()
  const complete = journal.complete().then(isComplete)
  await new Promise((resolve) => setTimeout(resolve, 120))
  expect(isComplete).not.toHaveBeenCalled()
  call.line = {} as LogLine
  journal.note()
  await complete
  expect(isComplete).toHaveBeenCalled()
})

test('a line that never comes is not waited for for good', async () => {
  const journal = new Journal()
  journal.calls.push({ endMs: 1, proxy: {}, line: null, mirrors: [], received: [], gateway: null } as unknown as CallRecord)
  await expect(journal.complete()).resolves.toBeUndefined()
})
