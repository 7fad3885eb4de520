import type { ScenarioVerdict } from '../run-record.ts'
import type { ConformanceReport, TestReport } from './report.ts'
import type { Level } from './tags.ts'
import { inProfileOrder } from './tags.ts'

/** What a target says of a feature. `part`: it passes what it can show. */
export type Standing = 'passed' | 'part' | 'failed' | 'open' | 'not-supported' | 'absent'

export interface Cell {
  readonly standing: Standing
  /** `3 of 4, 1 not supported` */
  readonly words: string
}

export interface MatrixRow {
  readonly profile: string
  readonly feature: string
  readonly level: Level
  readonly cells: readonly Cell[]
}

export interface Matrix {
  readonly columns: readonly string[]
  readonly rows: readonly MatrixRow[]
}

/** Each feature of each profile, with what every target says of it. */
export function matrixOf(reports: readonly ConformanceReport[]): Matrix {
  const tests = reports.flatMap((report) => report.tests)
  const profiles = [...new Set(tests.flatMap((test) => test.profiles))].sort(inProfileOrder)
  const rows = profiles.flatMap((profile) => {
    const own = tests.filter((test) => test.profiles.includes(profile))
    return (['core', 'extended'] as const).flatMap((level) => {
      const features = [...new Set(own.filter((test) => test.level === level).flatMap((test) => test.features))].sort()
      return features.map((feature) => ({ profile, feature, level, cells: reports.map((report) => cellOf(report.tests, profile, feature, level)) }))
    })
  })
  return { columns: reports.map(columnOf), rows }
}

function columnOf({ meshspec, implementation }: ConformanceReport): string {
  return `${meshspec.target}: ${implementation.project} ${implementation.version}`
}

function cellOf(tests: readonly TestReport[], profile: string, feature: string, level: Level): Cell {
  const own = tests.filter((test) => test.profiles.includes(profile) && test.features.includes(feature) && test.level === level)
  const count = (...wanted: readonly ScenarioVerdict[]): number => own.filter(({ verdict }) => wanted.includes(verdict)).length
  const parts: readonly (readonly [number, string])[] = [
    [count('failed'), 'failed'],
    [count('invalid'), 'invalid'],
    [count('not-programmed'), 'not yet programmed'],
    [count('undecided'), 'undecided'],
    [count('interrupted'), 'interrupted'],
    [count('not-supported'), 'not supported'],
  ]
  const rest = parts.filter(([n]) => n > 0).map(([n, words]) => `${n} ${words}`)
  const [passed, failed, skipped] = [count('passed'), count('failed'), count('not-supported')]
  return {
    standing: standingOf(own.length, passed, failed, skipped),
    words: own.length === 0 ? '' : [`${passed} of ${own.length}`, ...rest].join(', '),
  }
}

function standingOf(all: number, passed: number, failed: number, skipped: number): Standing {
  if (all === 0) return 'absent'
  if (failed > 0) return 'failed'
  if (passed === all) return 'passed'
  if (skipped === all) return 'not-supported'
  return passed + skipped === all ? 'part' : 'open'
}
