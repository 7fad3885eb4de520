import { describe, expect, test } from 'vitest'
import { describedSteps, sentencePattern } from './described-steps.ts'

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
  expect(describedSteps({ description, location: { line: 1 } }, source)).toEqual([
    { line: 3, keyword: 'Givn', text: 'shop answers 503' },
    { line: 5, keyword: 'then', text: 'the request reaches shop' },
  ])
})

test('no description, no lines', () => {
  expect(describedSteps({ description: '', location: { line: 7 } }, source)).toEqual([])
  expect(describedSteps(undefined, source)).toEqual([])
})

describe('what reads a sentence', () => {
  const types = new Map([['service', ['[a-z]+(?::v[0-9])?']]])
  const cases: { expression: string; text: string; reads: boolean }[] = [
    { expression: '{service} answers {int}', text: 'shop:v2 answers 503', reads: true },
    { expression: '{service} answers {int}', text: 'shop answers 503 or so', reads: false },
    { expression: '{service} answers {int}', text: 'here shop answers 503', reads: false },
    { expression: 'the page says {string}', text: 'the page says "a \\"b\\""', reads: true },
    { expression: 'the page says {string}', text: 'the page says hello', reads: false },
    { expression: '{int} replica(s)', text: '1 replica', reads: true },
    { expression: '{int} replica(s)', text: '2 replicas', reads: true },
    { expression: 'a price of {float}.', text: 'a price of -1.5e3.', reads: true },
    { expression: 'a price of {float}.', text: 'a price of 1!', reads: false },
  ]
  for (const { expression, text, reads } of cases)
    test(`${expression}: ${text}`, () => expect(sentencePattern(expression, types).test(text)).toBe(reads))
})
