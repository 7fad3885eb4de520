import { existsSync, readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { departures } from './departures.ts'

const vectors = new URL('../../../shared/upstream/mesh-observed/vectors/', import.meta.url)
const own = new URL('../../vectors/own/vectors/', import.meta.url)

describe.skipIf(!existsSync(vectors))('departures (skipped where ../shared/upstream is absent)', () => {
  test.each(Object.entries(departures))('%s was observed', (_, { observed }) => {
    const [area, name] = observed.split('/')
    const files = [vectors, own].map((folder) => new URL(`${area}.json`, folder)).filter((file) => existsSync(file))
    const cases: readonly { readonly name: string }[] = files.flatMap((file) => JSON.parse(readFileSync(file, 'utf8')))
    expect(cases.map((one) => one.name)).toContain(name)
  })
})
