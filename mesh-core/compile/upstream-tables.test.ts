import { existsSync, readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { parse } from 'yaml'
import { hasConflict, mergeMatches } from './delegates.ts'
import { resolveGateway } from './names.ts'
import { at, builtIn } from './origin.ts'
import type { Rule } from './virtual-service.ts'
import type { HttpMatch } from './virtual-service-types.ts'

const folder = new URL('../../../shared/upstream/istio-vs-tables/vectors/', import.meta.url)

interface Vector {
  readonly name: string
  readonly gateway: string
  readonly namespace: string
  readonly root: string
  readonly leaf: string
  readonly delegate: string
  readonly expected: unknown
}

function vectors(name: string): Vector[] {
  const file = new URL(`${name}.json`, folder)
  return existsSync(file) ? JSON.parse(readFileSync(file, 'utf8')) : []
}

/** Tables of istiod's own unit tests. */
describe.skipIf(!existsSync(folder))('istio-vs-tables (skipped where ../shared/upstream is absent)', () => {
  test.each(vectors('resolveGatewayName'))('$name', ({ gateway, namespace, expected }) => {
    expect(resolveGateway(gateway, namespace)).toBe(expected)
  })

  test.each(vectors('hasConflict'))('$name', ({ root, leaf, expected }) => {
    expect(hasConflict(parse(root) ?? {}, parse(leaf) ?? {})).toBe(expected)
  })

  test.each(vectors('mergeHTTPMatchRequests'))('$name', ({ root, delegate, expected }) => {
    const merged = mergeMatches(ruleOf(root), ruleOf(delegate))
    const wanted = parse(expected as string)
    expect(merged ? (merged.matches.length > 0 ? merged.matches : null) : null).toEqual(wanted)
  })
})

function ruleOf(yaml: string): Rule {
  const match: HttpMatch[] = parse(yaml) ?? []
  const origin = builtIn('test')
  return { spec: { match }, origin, matchOrigins: match.map((_, i) => at(origin, i)), refusal: null }
}
