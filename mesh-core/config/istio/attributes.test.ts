import { expect, test } from 'vitest'
import { readText } from '../read.ts'
import { validateResource } from '../validate.ts'

/** What is wrong with the condition of a policy. */
function problemsOf(condition: string): string[] {
  const yaml = `apiVersion: security.istio.io/v1\nkind: AuthorizationPolicy\nmetadata: {name: p}\nspec: {rules: [{when: [${condition}]}]}\n`
  return readText(yaml, 'p.yaml').resources.flatMap((resource) => validateResource(resource).errors.map(({ message }) => message))
}

// istiod says it for `values` and for `notValues`, in the same words.
test.each([
  ['{key: nonsense, values: [a], notValues: [b]}', 'unknown attribute: nonsense'],
  ['{key: request.headers, values: [a], notValues: [b]}', 'bad key (request.headers): should have format a[b]'],
])('%s is told once', (condition, told) => {
  const problems = problemsOf(condition)
  expect(problems).toHaveLength(1)
  expect(problems[0]).toContain(told)
})

test('values are held to their attribute beside it', () => expect(problemsOf('{key: source.ip, values: [a], notValues: [b]}')).toHaveLength(2))
