import { expect, test } from 'vitest'
import { suggestSteps } from './suggest.ts'

const vocabulary = [
  'the request reaches {service}',
  'the request does not reach {service}',
  'the response takes about {duration}',
  'user {string} opens {string}',
]

const cases: { text: string; best: string | undefined }[] = [
  { text: 'the requst reaches reviews:v2', best: 'the request reaches {service}' },
  { text: 'the request reachs reviews', best: 'the request reaches {service}' },
  { text: 'the response takes around 7s', best: 'the response takes about {duration}' },
  { text: 'user "jason" open "/productpage"', best: 'user {string} opens {string}' },
  { text: 'bananas are yellow', best: undefined }, // nothing comes near
]

for (const { text, best } of cases) test(text, () => expect(suggestSteps(text, vocabulary)[0]).toBe(best))
