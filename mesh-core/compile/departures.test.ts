import { existsSync, readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { departures } from './departures.ts'

const vectors = new URL('../../../shared/upstream/mesh-observed/vectors/', import.meta.url)

describe.skipIf(!existsSync(vectors))('departures (skipped where ../shared/upstream is absent)', () => {
  test.each(Object.entries(departures))('%s was observed', (_, { observed }) => {
    const [area, name] = observed.split('/')
    const cases: readonly { readonly name: string }[] = JSON.parse(readFileSync(new URL(`${area}.json`, vectors), 'utf8'))
    expect(cases.map((one) => one.name)).toContain(name)
  })
})
