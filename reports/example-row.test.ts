import { AstBuilder, compile, GherkinClassicTokenMatcher, Parser } from '@cucumber/gherkin'
import { IdGenerator } from '@cucumber/messages'
import { expect, test } from 'vitest'
import { nameWithExample } from './example-row.ts'
import { indexDocument } from './gherkin-index.ts'

/** What the reports call the scenarios of an outline. */
function names(outline: string, hides = false): string[] {
  const newId = IdGenerator.incrementing()
  const document = new Parser(new AstBuilder(newId), new GherkinClassicTokenMatcher()).parse(`Feature: F\n${outline}`)
  const { places } = indexDocument(document, '')
  return compile(document, 'f.feature', newId).map(({ name, astNodeIds }) => nameWithExample(name, places.get(astNodeIds.at(-1)!)!.example, hides))
}

const steps = '    When a client sends "GET <path>"\n    Then the request reaches shop:<version>\n'
const rows = '    Examples:\n      | path | version |\n      | /a | v1 |\n      | /b | v2 |\n'

test('rows of an outline that have one name are told apart by their values', () => {
  expect(names(`  Scenario Outline: Who answers\n${steps}${rows}`)).toEqual([
    'Who answers (path /a, version v1)',
    'Who answers (path /b, version v2)',
  ])
})

test('a name that tells every row is left as it is; of one that tells some, the rest is told', () => {
  expect(names(`  Scenario Outline: Who answers <path>\n${steps}${rows}`)).toEqual(['Who answers /a', 'Who answers /b'])
  expect(names(`  Scenario Outline: To <version>\n${steps}${rows}      | /c | v2 |\n`)).toEqual([
    'To v1 (path /a)',
    'To v2 (path /b)',
    'To v2 (path /c)',
  ])
  expect(names('  Scenario: One\n    When a client sends "GET /"\n')).toEqual(['One'])
})

test('values that are hidden, or the same when they are shortened, are numbered through all tables', () => {
  const outline = `  Scenario Outline: Who answers\n${steps}`
  expect(names(`${outline}${rows}${rows}`, true).at(-1)).toBe('Who answers (example 4)')
  expect(names(`${outline}${rows}      | /b | v2 |\n      | |v3|\n`)).toEqual([
    'Who answers (path /a, version v1)',
    'Who answers (example 2)',
    'Who answers (example 3)',
    'Who answers (path "", version v3)',
  ])
  const long = '/x'.repeat(40)
  expect(names(`${outline}    Examples:\n      |path|version|\n      |${long}1|v1|\n      |${long}2|v1|\n`)).toEqual([
    'Who answers (example 1)',
    'Who answers (example 2)',
  ])
})
