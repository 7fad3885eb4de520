import { AstBuilder, compile, GherkinClassicTokenMatcher, Parser } from '@cucumber/gherkin'
import { IdGenerator, SourceMediaType } from '@cucumber/messages'
import type { Envelope, GherkinDocument } from '@cucumber/messages'
import { expect, test } from 'vitest'
import { verdictMediaType } from '../support/verdicts/verdict.ts'
import type { FormatterContext } from './formatter.ts'
import { verdictRecord } from './run.fixture.ts'
import messages from './messages.ts'

const data = `Feature: F
  Background:
    Given the config:
      """
      kind: Secret
      metadata: {name: open-name}
      stringData:
        api-key: planted-1
        pem: |
          planted-2
      """

  Scenario Outline: with <token>
    When a client sends "GET /x?token=planted-3" with headers:
      | authorization | Bearer planted-4 |
      | x-key         | <key>            |
      | x-pipe        | planted\\|-5     |
      | accept        | text/html        |
    Then the response header "set-cookie" is "session=planted-6"
    And the response header "content-type" is "text/plain"
    And the requests are split:
      | reviews:v1 | 50% |

    Examples:
      | token                      | key       | shown |
      | eyJwbGFudGVk.eyJwbGFudGVk.x | planted-7 | open  |
`

/** What the format writes of a run. @param hides of its scenarios; `null`: none has come to its end */
function written(hides: boolean | null): string {
  const newId = IdGenerator.incrementing()
  const parsed = new Parser(new AstBuilder(newId), new GherkinClassicTokenMatcher()).parse(data)
  const gherkinDocument: GherkinDocument = { ...parsed, uri: 'f.feature' }
  const pickles = compile(gherkinDocument, 'f.feature', newId)
  const at = { seconds: 0, nanos: 0 }
  const body = JSON.stringify({ ...verdictRecord, hidesValues: hides })
  const envelopes = [
    { source: { uri: 'f.feature', data, mediaType: SourceMediaType.TEXT_X_CUCUMBER_GHERKIN_PLAIN } },
    { gherkinDocument },
    ...pickles.map((pickle) => ({ pickle })),
    { testRunStarted: { timestamp: at } },
    ...(hides === null ? [] : [{ attachment: { body, contentEncoding: 'IDENTITY', mediaType: verdictMediaType, testCaseStartedId: 'a' } }]),
    { testRunFinished: { timestamp: at, success: true } },
  ] as unknown as Envelope[]
  let text = ''
  let take = (_: Envelope): void => {}
  const on = (_: string, handler: (envelope: Envelope) => void): void => void (take = handler)
  const write = (piece: string): void => void (text += piece)
  const context = { on, write, options: {} } as unknown as FormatterContext
  messages.formatter(context)
  for (const envelope of envelopes) take(envelope)
  return text
}

const planted = /planted|eyJ|wbGFudGVk/

test.each([[true], [null]])('of a live mesh the features that are told hold no values (the verdicts say so: %s)', (hides) => {
  const told = written(hides)
  expect(told).not.toMatch(planted)
  // What is no secret is there, in the source and in what was read of it.
  for (const open of ['open-name', 'text/html', 'text/plain', 'reviews:v1', 'x-key', 'open']) expect(told.split(open).length).toBeGreaterThan(2)
})

test('a hidden source is still the feature that it was', () => {
  const [line] = written(true).split('\n')
  const { source } = JSON.parse(line!) as Envelope
  const parser = new Parser(new AstBuilder(IdGenerator.incrementing()), new GherkinClassicTokenMatcher())
  const [, scenario] = parser.parse(source!.data).feature!.children
  expect(scenario!.scenario!.steps.map(({ dataTable }) => dataTable?.rows.length ?? 0)).toEqual([4, 0, 0, 1])
  expect(scenario!.scenario!.examples[0]!.tableBody[0]!.cells.map(({ value }) => value)).toEqual(['(hidden)', '(hidden)', 'open'])
})

test('of any other they are told as they are written', () => expect(written(false)).toContain('planted-7'))
