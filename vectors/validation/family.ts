import type { FieldPath } from '../../mesh-core/config/finding.ts'
import { Judge } from '../../mesh-core/config/istio/judge.ts'
import { readText } from '../../mesh-core/config/read.ts'
import { validateResource } from '../../mesh-core/config/validate.ts'
import { parseDocument } from '../../mesh-core/config/yaml/parse.ts'
import type { Difference } from '../difference.ts'
import { type Family, isSelected } from '../family.ts'
import { readVectors } from '../read-vectors.ts'
import { type Check, checks, checksOfObjects } from './checks.ts'
import { isValidationVector, textOf, type ValidationVector } from './vector.ts'

/** The tables of Istio's unit tests of validation: what is refused, and what is warned of. */
export const istioValidation: Family = {
  folders: ['../shared/upstream/istio-validation'],
  engines: ['core'],

  async *run(path, selection) {
    for (const { vectors } of readVectors(path, isValidationVector, 'a list of rows with a yaml, a validator and whether it is valid'))
      for (const vector of vectors) {
        const name = vector.name.startsWith(`${vector.kind}/`) ? vector.name.slice(vector.kind.length + 1) : vector.name
        if (isSelected(selection, vector.kind, name))
          yield { area: vector.kind, name, about: vector.validator, skipped: null, differences: run(vector) }
      }
  },
}

/** What was found, in words. */
interface Findings {
  readonly errors: readonly string[]
  readonly warnings: readonly string[]
}

function run(vector: ValidationVector): Difference[] {
  const check = checks[vector.validator]
  if (vector.scope !== 'resource' && !check) return [{ call: null, field: 'validator', wanted: vector.validator, seen: undefined }]
  const { errors, warnings } = check ? ofPart(vector, check) : ofResource(vector)
  const differences: Difference[] = []
  if (vector.valid !== (errors.length === 0)) differences.push({ call: null, field: 'errors', wanted: vector.valid ? 'none' : 'some', seen: errors })
  if (vector.warning !== undefined && vector.warning !== warnings.length > 0)
    differences.push({ call: null, field: 'warnings', wanted: vector.warning ? 'some' : 'none', seen: warnings })
  return differences
}

function ofResource(vector: ValidationVector): Findings {
  // Without a name there is no resource; the tables leave it away where the function at hand does not look at it.
  const text = textOf(vector).replace(/^metadata: \{\}$/m, 'metadata: {name: unnamed}')
  const { resources, errors } = readText(text, vector.name)
  const verdicts = resources.map(validateResource)
  const ofObject = checksOfObjects[vector.validator]
  const further = ofObject ? ofPart(vector, ofObject).errors : []
  return {
    errors: [...[...errors, ...verdicts.flatMap((verdict) => verdict.errors)].map(({ message }) => message), ...further],
    warnings: verdicts.flatMap((verdict) => verdict.warnings).map(({ message }) => message),
  }
}

function ofPart(vector: ValidationVector, check: Check): Findings {
  const judge = new Judge()
  const path: FieldPath = []
  const parsed = parseDocument(textOf(vector))
  const value = vector.scope === 'resource' ? (parsed as { readonly spec?: unknown }).spec : parsed
  check(value === null ? undefined : value, path, judge, vector.args ?? {})
  return { errors: judge.errors.map(({ problem }) => problem), warnings: judge.warnings.map(({ problem }) => problem) }
}
