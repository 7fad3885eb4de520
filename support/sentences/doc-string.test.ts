import { expect, test } from 'vitest'
import { DocStrings } from './doc-string.ts'

type Arguments = ConstructorParameters<typeof DocStrings>

const document = {
  feature: {
    children: [
      { background: { steps: [{ id: 'b', docString: { location: { line: 5, column: 7 } } }] } },
      { rule: { children: [{ scenario: { steps: [{ id: 's', docString: { location: { line: 12, column: 3 } } }] } }] } },
    ],
  },
} as unknown as Arguments[1]

const step = (id: string, content: string) => ({ id: `p${id}`, text: '', astNodeIds: [id], argument: { docString: { content } } })

test('each doc string is found where it stands', () => {
  const strings = new DocStrings({ steps: [step('b', 'one'), step('s', 'two')] } as unknown as Arguments[0], document)
  expect(strings.place('two')).toEqual({ lineOffset: 12, columnOffset: 2 })
  expect(strings.place('one')).toEqual({ lineOffset: 5, columnOffset: 6 })
})

test('of two with the same text, each is taken once', () => {
  const strings = new DocStrings({ steps: [step('b', 'same'), step('s', 'same')] } as unknown as Arguments[0], document)
  expect([strings.place('same').lineOffset, strings.place('same').lineOffset]).toEqual([5, 12])
})

test("a text of a user's own step has no place", () => {
  const strings = new DocStrings({ steps: [] } as unknown as Arguments[0], document)
  expect(strings.place('own')).toEqual({ lineOffset: 0, columnOffset: 0 })
})
