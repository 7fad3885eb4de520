import { readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { errorCodes } from './errors.ts'
import { readText } from './read.ts'
import { validateResource } from './validate.ts'

interface Entry {
  readonly code: string
  readonly text: string
  readonly yaml: string | null
  readonly printed: string | null
}

const [errors = ''] = readFileSync(new URL('../../docs/errors.md', import.meta.url), 'utf8').split(/^## Analysis$/m)
const entries: readonly Entry[] = errors
  .split(/^### /m)
  .slice(1)
  .map((text) => ({
    code: /^`([A-Z_]+)`/.exec(text)?.[1] ?? text.slice(0, 40),
    text,
    yaml: /^```yaml\n([\s\S]*?)^```$/m.exec(text)?.[1] ?? null,
    printed: /^```text\n([\s\S]*?)\n```$/m.exec(text)?.[1] ?? null,
  }))

test('docs/errors.md has an entry for each code, in the same order, and none besides', () => {
  expect(entries.map(({ code }) => code)).toEqual(errorCodes)
})

describe('each entry shows what is printed', () => {
  for (const { code, printed } of entries) test(code, () => expect(printed).toContain(code))
})

describe('each example in YAML prints what the entry shows', () => {
  for (const { code, yaml, printed } of entries) if (yaml !== null) test(code, () => expect(messagesOf(yaml).join('\n')).toBe(printed))
})

function messagesOf(yaml: string): string[] {
  const { resources, errors } = readText(yaml, 'example.yaml')
  const verdicts = resources.map(validateResource)
  return [...errors, ...verdicts.flatMap((verdict) => [...verdict.errors, ...verdict.warnings])].map(({ message }) => message)
}
