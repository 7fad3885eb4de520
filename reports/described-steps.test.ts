import { expect, test } from 'vitest'
import { describedSteps } from './described-steps.ts'

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
