import { describe, expect, test } from 'vitest'
import { locate } from './locate.ts'
import type { SourceText } from './resource.ts'

const text = `# a comment
apiVersion: networking.istio.io/v1
kind: VirtualService
metadata: {name: reviews}
spec:
  hosts:
    - reviews
  http:
  - match:
    - headers:
        end-user:
          exact: jason
    route: &all
    - destination: {host: reviews, subset: v2}
  - route: *all
---
base: &base
  host: ratings
one:
  <<: *base
  "quoted": 1
`

function source(offsets: Partial<SourceText> = {}): SourceText {
  return { key: 'a.yaml', file: 'a.yaml', text, lineOffset: 0, columnOffset: 0, ...offsets }
}

const cases: readonly { path: (string | number)[]; document?: number; at: [number, number]; about?: string }[] = [
  { path: [], at: [2, 1] },
  { path: ['kind'], at: [3, 1] },
  { path: ['metadata', 'name'], at: [4, 12] },
  { path: ['spec', 'hosts', 0], at: [7, 7] },
  { path: ['spec', 'http', 0], at: [9, 5] },
  { path: ['spec', 'http', 0, 'match', 0, 'headers', 'end-user', 'exact'], at: [12, 11] },
  { path: ['spec', 'http', 0, 'route', 0, 'destination', 'subset'], at: [14, 36] },
  { path: ['spec', 'http', 1, 'route', 0, 'destination', 'host'], at: [14, 21], about: 'through an alias' },
  { path: ['spec', 'http', 0, 'timeout'], at: [9, 5], about: 'of a field that is missing: its parent' },
  { path: ['spec', 'tcp', 3, 'port'], at: [5, 1], about: 'of a path that is missing: the nearest parent' },
  { path: ['one', 'host'], document: 1, at: [18, 3], about: 'of a merged field: where it is written' },
  { path: ['one', 'quoted'], document: 1, at: [21, 3] },
]

for (const { path, document = 0, at, about } of cases)
  test(`${path.join('.') || 'the document'}${about ? ` (${about})` : ''}`, () => {
    expect(locate(source(), document, path)).toEqual({ line: at[0], column: at[1] })
  })

describe('a text inside another', () => {
  test('its offsets are added', () => {
    expect(locate(source({ lineOffset: 10, columnOffset: 6 }), 0, ['kind'])).toEqual({ line: 13, column: 7 })
  })
})

describe('lines count as they are read, whatever ends them', () => {
  // Documents are cut at line feeds.
  const cut = '\n---\n'
  const old = text.split(cut).map((document) => document.replaceAll('\n', '\r'))
  const ends = { 'carriage returns': old.join(cut), both: text.replaceAll('\n', '\r\n'), 'some of each': text.replace('\nspec', '\rspec') }
  for (const [name, written] of Object.entries(ends))
    test(name, () => {
      expect(locate(source({ text: written }), 0, ['spec', 'hosts', 0])).toEqual({ line: 7, column: 7 })
      expect(locate(source({ text: written }), 1, ['one', 'quoted'])).toEqual({ line: 21, column: 3 })
    })
})

test('a document that is not there has no position', () => {
  expect(locate(source(), 2, [])).toBeNull()
})
