import { expect, test } from 'vitest'
import { exemptionsOf } from './exemptions.ts'
import { families } from './families.ts'
import type { CaseResult } from './family.ts'
import { Tally } from './tally.ts'

function result(area: string, name: string, passes: boolean): CaseResult {
  const difference = { call: null, field: 'f', wanted: 1, seen: 2 }
  return { area, name, about: '', skipped: null, differences: passes ? [] : [difference] }
}

test('an exempted vector does not count, and fails the run as soon as it passes', () => {
  const tally = new Tally({ 'a/x': 'why', 'a/y': 'why' })
  expect(tally.add(result('a', 'x', false))).toBe('exempt')
  expect(tally.add(result('a', 'y', true))).toBe('stale')
  expect(tally.add(result('a', 'z', false))).toBe('failed')
  expect(tally.add(result('a', 'v', true))).toBe('passed')
  expect(tally.add({ ...result('a', 'w', false), skipped: 'crashed' })).toBe('skipped')
  expect([tally.passed, tally.failed]).toEqual([1, 2])
  expect(tally.lines()).toContain('  a: 1 of 4, 1 exempted')
})

test('an exemption of many vectors fails the run when all of them pass', () => {
  const tally = new Tally({ 'a/x*': 'why', 'a/y*': 'why' })
  expect(['x1', 'x2', 'y1', 'y2'].map((name) => tally.add(result('a', name, name !== 'x2')))).toEqual(['passed', 'exempt', 'passed', 'passed'])
  expect(tally.stalePatterns).toEqual(['a/y*'])
  expect(tally.failed).toBe(1)
})

test('an exemption that no vector needs any more fails the run', () => {
  const tally = new Tally({ 'a/x': 'why', 'a/gone': 'why', 'b/*': 'why', 'c/*': 'why' })
  for (const [area, name] of [
    ['a', 'x'],
    ['b', 'y'],
  ] as const)
    tally.add(result(area, name, false))
  tally.expectMet(['a/x', 'a/gone', 'b/*', 'c/*'])
  expect(tally.failed).toBe(2)
  expect(tally.lines().filter((line) => line.includes('no vector is called so'))).toEqual([
    expect.stringMatching('^✖ a/gone '),
    expect.stringMatching('^✖ c/\\* '),
  ])
})

const exempted = Object.keys(families).flatMap((family) => Object.keys(exemptionsOf(family)).map((title) => [family, title] as const))

test('there are exemptions of the samples and beyond them', () => {
  expect(exempted).toContainEqual(['istio-routing', 'upstreamproxy/proxy'])
  expect(exempted).toContainEqual(['istio-vs-tables', 'buildHTTPRoutes/for virtual service with HTTP/3 discovery enabled'])
})

test.each(exempted)('%s: the run fails when what is exempted by "%s" passes', (family, title) => {
  const tally = new Tally(exemptionsOf(family))
  const [area = '', ...name] = title.replace(/\*$/, 'x').split('/')
  tally.add(result(area, name.join('/'), true))
  expect(tally.failed).toBe(1)
})
