import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { fieldTreesSource } from '../../../scripts/field-trees.ts'

const blanks = /\s+|["']|,(?=\s*})/g

test('the committed trees are those of the installed @kubernetes-models (else: node --loader ts-node/esm scripts/generate-field-trees.ts)', () => {
  const committed = readFileSync(new URL('./field-trees.generated.ts', import.meta.url), 'utf8')
  expect(committed.replace(blanks, '')).toBe(fieldTreesSource().replace(blanks, ''))
})
