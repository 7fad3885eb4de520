import { expect, test } from 'vitest'
import type { UnfilledExamples } from '../../reports/unfilled-outlines.ts'
import { chosenExamples } from './chosen-examples.ts'

const place = { uri: 'features/shop.feature', line: 9, outlineLine: 4, feature: 'F', rule: null, name: 'Prices of <what>', tags: ['@slow'] }
const examples = { ...place, step: null as never } satisfies UnfilledExamples
type Sources = Parameters<typeof chosenExamples>[0]
const all: Sources = { paths: ['features'], names: [], tagExpression: '', shard: '' }

const cases: { what: string; sources: Partial<Sources>; isChosen: boolean }[] = [
  { what: 'everything', sources: {}, isChosen: true },
  { what: 'their tag', sources: { tagExpression: '@slow and not @wip' }, isChosen: true },
  { what: 'other tags', sources: { tagExpression: 'not @slow' }, isChosen: false },
  { what: 'their name', sources: { names: ['^Prices'] }, isChosen: true },
  { what: 'other names', sources: { names: ['^Stocks', 'Orders'] }, isChosen: false },
  { what: 'the line of the outline', sources: { paths: ['features/shop.feature:2:4'] }, isChosen: true },
  { what: 'their own line', sources: { paths: ['./features/shop.feature:9'] }, isChosen: true },
  { what: 'other lines', sources: { paths: ['features/shop.feature:2'] }, isChosen: false },
  { what: 'lines of another file', sources: { paths: ['features/shop.feature', 'features/other.feature:2'] }, isChosen: true },
  { what: 'the first of many shards', sources: { shard: '1/12' }, isChosen: true },
  { what: 'another shard', sources: { shard: '11/12' }, isChosen: false },
]

test('what nobody can tell the tags of is taken by every run but other shards', () => {
  const unread = { ...examples, tags: null }
  expect(chosenExamples({ ...all, tagExpression: '@other', names: ['Other'], paths: ['features/shop.feature:1'] })(unread)).toBe(true)
  expect(chosenExamples({ ...all, shard: '2/2' })(unread)).toBe(false)
})

test.each(cases)('a run of $what takes them: $isChosen', ({ sources, isChosen }) =>
  expect(chosenExamples({ ...all, ...sources })(examples)).toBe(isChosen),
)
