import type { Envelope } from '@cucumber/messages'
import { expect, test } from 'vitest'
import { Sentences } from './sentences.ts'

const typed = { parameterType: { name: 'service', regularExpressions: ['[a-z]+(?::v[0-9])?'] } } as unknown as Envelope
const defined = (source: string, type = 'CUCUMBER_EXPRESSION') => ({ stepDefinition: { pattern: { source, type } } }) as unknown as Envelope

const cases: { expression: string; text: string; reads: boolean }[] = [
  { expression: '{service} answers {int}', text: 'shop:v2 answers 503', reads: true },
  { expression: '{service} answers {int}', text: 'shop answers 503 or so', reads: false },
  { expression: '{service} answers {int}', text: 'here shop answers 503', reads: false },
  { expression: 'the page says {string}', text: 'the page says "a \\"b\\""', reads: true },
  { expression: 'the page says {string}', text: 'the page says hello', reads: false },
  { expression: '{int} replica(s)', text: '1 replica', reads: true },
  { expression: '{int} replica(s)', text: '2 replicas', reads: true },
  { expression: 'a price of {float}.', text: 'a price of -1.5E3.', reads: true },
  { expression: 'a price of {float}.', text: 'a price of 1!', reads: false },
]

test.each(cases)('$expression: $text', ({ expression, text, reads }) => {
  const sentences = new Sentences()
  for (const envelope of [typed, defined(expression)]) sentences.take(envelope)
  expect(sentences.read(text)).toBe(reads)
})

test('a regular expression of a user’s reads, too', () => {
  const sentences = new Sentences()
  sentences.take(defined('^shop (opens|closes)$', 'REGULAR_EXPRESSION'))
  expect([sentences.read('shop opens'), sentences.read('shop burns')]).toEqual([true, false])
})
