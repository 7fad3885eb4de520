import { expect, test } from 'vitest'
import { assignBy, Assignment, mayBegin, settingIn } from './assignment.ts'

const scenario = (uri: string) => ({ uri })
const plan = (features: string) => [...features].map(scenario)

/** As cucumber does it: the first one that may begin is taken out. @returns its feature */
function give(assignment: Assignment, todo: { readonly uri: string }[], inProgress: string): string | null {
  const i = todo.findIndex((one) => assignment.mayBegin(one, plan(inProgress)))
  return i < 0 ? null : todo.splice(i, 1)[0]!.uri
}

test('a process goes on with its feature; features go in their order; who has nothing to do helps', () => {
  const all = plan('aabccccc')
  const assignment = new Assignment(all)
  expect(give(assignment, all, '')).toBe('a')
  expect(give(assignment, all, 'a')).toBe('b')
  expect(give(assignment, all, 'ab')).toBe('c')
  // Whoever has ended the first of a goes on with it.
  expect(give(assignment, all, 'bc')).toBe('a')
  expect(give(assignment, all, 'ac')).toBe('c')
  expect(give(assignment, all, 'ac')).toBe('c')
  expect(give(assignment, all, 'cc')).toBe('c')
  // One is left, which is not worth it.
  expect(give(assignment, all, 'cc')).toBeNull()
  expect(give(assignment, all, '')).toBe('c')
  expect(all).toEqual([])
})

test('features that ask for the same go to one process, which begins with those of which there is most', () => {
  const all = plan('abcccdeef')
  const settings: Readonly<Record<string, string>> = { b: 'two', d: 'two', c: 'books', e: 'books' }
  const assignment = new Assignment(all, (uri) => settings[uri] ?? null)
  expect(give(assignment, all, '')).toBe('c')
  // The others go in their order.
  expect(give(assignment, all, 'c')).toBe('a')
  expect(give(assignment, all, 'ca')).toBe('b')
  expect(give(assignment, all, 'ab')).toBe('c')
  // Whoever has ended a goes past what is there for somebody else.
  expect(give(assignment, all, 'cb')).toBe('f')
  expect(give(assignment, all, 'cf')).toBe('d')
  expect(give(assignment, all, 'df')).toBe('c')
  expect(give(assignment, all, 'df')).toBe('e')
  // The last one is not worth bringing up everything once more.
  expect(give(assignment, all, 'de')).toBeNull()
  expect(give(assignment, all, 'd')).toBe('e')
  expect(all).toEqual([])
})

test('features without one setting that several have go in their order, as those do whose settings are in use', () => {
  const all = plan('abc')
  const assignment = new Assignment(all, (uri) => (uri === 'b' ? null : 'same'))
  expect(give(assignment, all, '')).toBe('a')
  expect(give(assignment, all, 'a')).toBe('b')
  expect(give(assignment, all, 'ab')).toBe('c')
  expect(all).toEqual([])
})

test.each([
  [
    'Feature: x\n  Background:\n    Given the services:\n      | service | versions |\n      | shop    | v1       |\n    And more',
    'Given the services:\n|service|versions|\n|shop|v1|',
  ],
  ['  Given the Bookinfo application\n  When nothing happens', 'Given the Bookinfo application'],
  ['  Given the config:\n    \"\"\"\n    kind: Gateway', null],
  ['# language: de\n  Angenommen nichts', null],
])('the setting of a feature is its first step: %j', (feature, setting) => expect(settingIn(feature)).toBe(setting))

test('every scenario comes in its turn when there is one process', () => {
  const all = plan('aabbbc')
  const assignment = new Assignment(all)
  const order = plan('aabbbc').map(() => give(assignment, all, ''))
  expect(order.join('')).toBe('aabbbc')
})

test('without an assignment any process takes any scenario', () => {
  expect(mayBegin(scenario('a'), [scenario('a')])).toBe(true)
  assignBy(new Assignment(plan('a')))
  expect(mayBegin(scenario('a'), [])).toBe(true)
  expect(mayBegin(scenario('unknown'), [])).toBe(true)
  assignBy(null)
})
