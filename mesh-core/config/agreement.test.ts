import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { readPaths } from './read-files.ts'
import { readText } from './read.ts'
import type { Verdict } from './validate.ts'
import { validateResource } from './validate.ts'

/** Data of others lies beside the project, and is not part of it. */
const upstream = new URL('../../../shared/upstream/', import.meta.url)
const absent = existsSync(upstream) ? false : 'skipped: ../shared/upstream is not there'

function vectors<T>(family: string): T[] {
  const folder = new URL(`${family}/vectors/`, upstream)
  return readdirSync(folder)
    .filter((name) => name.endsWith('.json'))
    .flatMap((name) => JSON.parse(readFileSync(new URL(name, folder), 'utf8')) as T[])
}

function judged(yaml: string): Verdict {
  const { resources, errors } = readText(yaml, 'vector.yaml')
  const verdicts = resources.map(validateResource)
  return { errors: [...errors, ...verdicts.flatMap((verdict) => verdict.errors)], warnings: verdicts.flatMap((verdict) => verdict.warnings) }
}

interface Observed {
  readonly name: string
  readonly config?: string
  readonly rejected?: string
}

/** Kinds whose rules are not known here yet: what istiod refuses of them is taken. */
const laterKinds = /\b(?:Sidecar|WorkloadEntry|HTTPRoute)[ /]/

describe.skipIf(absent)(`what istiod and the API server were seen to refuse ${absent || ''}`, () => {
  const all = absent ? [] : vectors<Observed>('mesh-observed')
  const ours = all.filter(({ rejected }) => rejected === undefined || !laterKinds.test(rejected))

  test('there is something to compare', () => {
    expect(ours.length).toBeGreaterThan(100)
    expect(ours.filter(({ rejected }) => rejected !== undefined).length).toBeGreaterThan(50)
  })

  test('is refused, and nothing else is', () => {
    const disagreeing = ours
      .map(({ name, config = '', rejected }) => ({ name, rejected, errors: judged(config).errors.map(({ message }) => message) }))
      .filter(({ rejected, errors }) => (rejected !== undefined) !== errors.length > 0)
    expect(disagreeing).toEqual([])
  })

  test('in the words of istiod', () => {
    const otherwise = ours
      .filter(({ rejected }) => rejected?.includes('configuration is invalid: '))
      .map(({ name, config = '', rejected = '' }) => ({
        name,
        wanted: firstProblem(rejected),
        seen: judged(config).errors.map(({ details }) => details.problem),
      }))
      .filter(({ wanted, seen }) => !seen.some((problem) => problem.includes(wanted)))
    expect(otherwise).toEqual([])
  })
})

/** Of several that istiod lists, the first; a message of several lines by its last. */
function firstProblem(rejected: string): string {
  const text = rejected.slice(rejected.indexOf('configuration is invalid: ') + 'configuration is invalid: '.length)
  return (/\t\* (.*)/.exec(text)?.[1] ?? (text.trim().split('\n').at(-1) as string)).trim()
}

test.skipIf(absent)(`all of Istio's samples load ${absent || ''}`, () => {
  const { resources, errors } = readPaths([new URL('istio-samples', upstream).pathname])
  expect(resources.length).toBeGreaterThan(100)
  expect([...errors, ...resources.flatMap((resource) => validateResource(resource).errors)].map(({ message }) => message)).toEqual([])
})
