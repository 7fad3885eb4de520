import type { Envelope } from '@cucumber/messages'
import { expect, test } from 'vitest'
import { verdictMediaType } from '../support/verdicts/verdict.ts'
import { Normaliser } from './messages.ts'
import { verdictRecord } from './run.fixture.ts'

/** The same run, as two processes would tell it: other ids, other times, other folders. */
function run(id: (name: string) => string, seconds: number, cwd: string): string[] {
  const timestamp = { seconds, nanos: seconds * 7 }
  const attempt = { testCaseStartedId: id('attempt'), testStepId: id('step'), timestamp }
  const verdict = { body: JSON.stringify(verdictRecord), contentEncoding: 'IDENTITY', mediaType: verdictMediaType, ...attempt }
  const envelopes = [
    {
      meta: {
        protocolVersion: '1',
        implementation: { name: 'cucumber-js', version: '12' },
        cpu: { name: cwd },
        os: { name: cwd },
        runtime: { name: 'node', version: cwd },
      },
    },
    { testCaseStarted: { id: id('attempt'), testCaseId: id('case'), attempt: 0, timestamp } },
    { attachment: verdict },
    { testStepFinished: { ...attempt, testStepResult: { status: 'FAILED', duration: timestamp, message: `at file://${cwd}/steps/a.js:3` } } },
    { testCaseFinished: { testCaseStartedId: id('attempt'), timestamp, willBeRetried: false } },
    { testRunFinished: { success: true, timestamp } },
  ] as unknown as Envelope[]
  const normaliser = new Normaliser(cwd)
  return envelopes.map((envelope) => normaliser.line(envelope))
}

const one = run((name) => `a-${name}`, 1000, '/home/anna/shop')
const other = run((name) => `b-${name}-b`, 2222, '/srv/ci')

test('two runs of the same seed give the same bytes', () => expect(one).toEqual(other))

test('references between messages still hold', () => {
  const [, started, , finished] = one.map((line) => JSON.parse(line) as Envelope)
  expect(finished!.testStepFinished!.testCaseStartedId).toBe(started!.testCaseStarted!.id)
})

test('time is the time of the mesh', () => {
  const last = JSON.parse(one.at(-1)!) as Envelope
  expect(last.testRunFinished!.timestamp).toEqual({ seconds: 6, nanos: 30_000_000 })
})
