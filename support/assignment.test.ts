import { expect, test } from 'vitest'
import { assignBy, Assignment, mayBegin } from './assignment.ts'

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
