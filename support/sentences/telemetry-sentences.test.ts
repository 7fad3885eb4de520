import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { sentenceExamples } from '../../cli/vocabulary/sentence-examples.ts'
import { isAboutTelemetry, telemetryAsked } from './telemetry-sentences.ts'

const steps = readFileSync(new URL('../../steps/telemetry.steps.ts', import.meta.url), 'utf8')
const telemetry = [...steps.matchAll(/Then\('([^']+)'[^\n]*\n\s+await this\.expectTelemetry/g)].map(([, pattern]) => pattern!)

test('every sentence that asks for telemetry is known as one, and no other is', () => {
  expect(telemetry.length).toBeGreaterThan(5)
  for (const [pattern, example] of Object.entries(sentenceExamples)) {
    const text = example.split('\n')[0]!.replace(/^(?:Given|When|Then) /, '')
    expect([pattern, isAboutTelemetry(text)]).toEqual([pattern, telemetry.includes(pattern)])
  }
})

test('a scenario whose first statement is about something else can be told of without telemetry, up to there', () => {
  const step = (type: string, text: string) => ({ type, text })
  const sent = step('Action', 'someone opens "/productpage"')
  const [answered, counted] = [step('Outcome', 'the response status is 200'), step('Outcome', 'the query "up" gives no data')]
  expect(telemetryAsked([sent, answered])).toEqual({ asksTelemetry: false, asksTelemetryFirst: false })
  expect(telemetryAsked([sent, answered, counted])).toEqual({ asksTelemetry: true, asksTelemetryFirst: false })
  expect(telemetryAsked([sent, counted, answered])).toEqual({ asksTelemetry: true, asksTelemetryFirst: true })
})
