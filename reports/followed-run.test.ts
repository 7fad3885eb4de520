import type { Envelope } from '@cucumber/messages'
import { expect, test, vi } from 'vitest'
import { Collector } from './collector.ts'
import { FollowedRun } from './followed-run.ts'

const at = { seconds: 0, nanos: 0 }

/** A run of one scenario for each name, without steps. */
function runOf(...names: readonly string[]): Envelope[] {
  return [
    { testRunStarted: { id: 'run', timestamp: at } },
    ...names.flatMap((name): Envelope[] => [
      {
        pickle: { id: `pickle ${name}`, uri: 'a.feature', location: { line: 1 }, name, language: 'en', steps: [], tags: [], astNodeIds: [] },
      },
      { testCase: { id: `case ${name}`, pickleId: `pickle ${name}`, testSteps: [] } },
      { testCaseStarted: { id: `start ${name}`, testCaseId: `case ${name}`, attempt: 0, timestamp: at } },
      { testCaseFinished: { testCaseStartedId: `start ${name}`, timestamp: at, willBeRetried: false } },
    ]),
    { testRunFinished: { success: true, timestamp: { seconds: 2, nanos: 0 } } },
  ]
}

const namesIn = ({ record }: FollowedRun): string[] => record.scenarios.map(({ name }) => name)

test('whoever follows a run is told each scenario, and a message is gathered once', () => {
  const gathered = vi.spyOn(Collector.prototype, 'take')
  const told: string[][] = [[], []]
  const followers = told.map((names) => new FollowedRun(({ name }) => names.push(name)))
  const messages = runOf('first', 'second')
  for (const message of messages) for (const { take } of followers) take(message)
  expect(told).toEqual([
    ['first', 'second'],
    ['first', 'second'],
  ])
  expect(followers.map(namesIn)).toEqual(told)
  expect(followers[1]!.record.durationMs).toBe(2000)
  expect(gathered).toHaveBeenCalledTimes(messages.length)
  gathered.mockRestore()
})

test('one run tells nothing of another', () => {
  const [one, other] = [new FollowedRun(), new FollowedRun()]
  runOf('mine').forEach(one.take)
  runOf('yours').forEach(other.take)
  expect([one, other].map(namesIn)).toEqual([['mine'], ['yours']])
})

test('a run that has not begun has no scenarios', () => expect(new FollowedRun().record.scenarios).toEqual([]))
