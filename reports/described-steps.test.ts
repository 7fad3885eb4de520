import { describe, expect, test } from 'vitest'
import { describedRecord, describedSteps } from './described-steps.ts'

const source = `Feature: Shop
  # a remark
  Givn shop answers 503
  Whenever somebody asks:
  then the request reaches shop

  Scenario: S
    Given shop answers 503
`

test('lines of a description that begin nearly as steps do, where they stand', () => {
  const description = '  Givn shop answers 503\n  Whenever somebody asks:\n  then the request reaches shop'
  expect(describedSteps({ description, location: { line: 1 } }, source, 'en')).toEqual([
    { line: 3, keyword: 'Givn', text: 'shop answers 503', language: 'en' },
    { line: 5, keyword: 'then', text: 'the request reaches shop', language: 'en' },
  ])
})

test('no description, no lines', () => {
  expect(describedSteps({ description: '', location: { line: 7 } }, source, 'en')).toEqual([])
  expect(describedSteps(undefined, source, 'en')).toEqual([])
})

describe('in the language of the feature', () => {
  const cases: { language: string; line: string; keyword: string | null; text?: string }[] = [
    { language: 'de', line: 'Angenomen shop answers 503', keyword: 'Angenomen', text: 'shop answers 503' },
    { language: 'de', line: 'Gegeben sie shop answers 503', keyword: 'Gegeben sie', text: 'shop answers 503' },
    { language: 'de', line: 'Given shop answers 503', keyword: 'Given', text: 'shop answers 503' },
    { language: 'de', line: 'Soit shop answers 503', keyword: null },
    { language: 'en', line: 'Angenommen shop answers 503', keyword: null },
    { language: 'fr', line: 'Étant doné que shop answers 503', keyword: 'Étant doné que', text: 'shop answers 503' },
    // Steps follow without a blank.
    { language: 'ja', line: '前提shop answers 503', keyword: '前提', text: 'shop answers 503' },
    { language: 'ja', line: 'ならばshop answers 503', keyword: 'ならば', text: 'shop answers 503' },
    // What stands for all of them: under `Feature:` and `Rule:` no step is expected.
    { language: 'en', line: '* shop answers 503', keyword: '*', text: 'shop answers 503' },
    { language: 'de', line: '* shop answers 503', keyword: '*', text: 'shop answers 503' },
    { language: 'en', line: '** shop answers 503', keyword: null },
    { language: 'en', line: '*shop answers 503', keyword: null },
    { language: 'none', line: 'Gven shop answers 503', keyword: 'Gven', text: 'shop answers 503' },
  ]
  test.each(cases)('$language: $line', ({ language, line, keyword, text }) => {
    const seen = describedSteps({ description: line, location: { line: 1 } }, `Feature: F\n${line}\n`, language)
    expect(seen).toEqual(keyword === null ? [] : [{ line: 2, keyword, text, language }])
  })
})

test('what steps begin with is told in that language', () => {
  const told = (language: string): string | null => describedRecord({ line: 3, keyword: 'Gven', text: 'x', language }, false).message
  expect(told('en')).toBe(
    'line 3 is read as a description, not as a step: steps begin with Given, When, Then, And, But or *, under Scenario: or Background:',
  )
  expect(told('de')).toContain('Angenommen, Wenn, Dann, Und, Aber or *, under Szenario: or Grundlage: (# language: de)')
})
