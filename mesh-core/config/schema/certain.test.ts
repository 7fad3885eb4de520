import fc from 'fast-check'
import { expect, test } from 'vitest'
import { certainlyFits } from './certain.ts'
import { alternatives, compiledValidator } from './compiled.ts'
import type { FieldTree } from './field-tree.ts'
import { checkStructure, fieldsOf } from './structure.ts'

const apiVersion = 'networking.istio.io/v1'

/** Objects that have the fields of a kind, with values on both sides of every bound. */
function objects(tree: FieldTree, depth: number): fc.Arbitrary<unknown> {
  if (tree === 's') return fc.constantFrom('', 'a', '5s', 'x'.repeat(70), '2024-01-01T00:00:00Z')
  if (tree === 'n') return fc.constantFrom(0, 1, 80, 100, 101, 5000, 0.5, -1, 2 ** 31 - 1, 2 ** 31, 2 ** 32, 1e20)
  if (tree === 'b') return fc.boolean()
  if (typeof tree === 'string') return fc.constantFrom(1, 'a')
  if ('e' in tree) return fc.constantFrom(...tree.e)
  if ('$' in tree) return fc.constantFrom({ name: 'a' }, { name: 'a', creationTimestamp: 'x' }, { labels: { a: 'b' } })
  if ('a' in tree) return fc.array(objects(tree.a, depth - 1), { maxLength: 2 })
  if ('m' in tree) return fc.dictionary(fc.constantFrom('a', 'b'), objects(tree.m, depth - 1), { maxKeys: 2 })
  const required = tree.r ?? []
  const names = Object.keys(tree.f)
  return fc.subarray(names, { maxLength: depth > 0 ? Math.min(3, names.length) : 0 }).chain((some) => {
    const chosen = [...new Set([...some, ...required])]
    return fc.record(Object.fromEntries(chosen.map((name) => [name, objects(tree.f[name] as FieldTree, depth - 1)])))
  })
}

for (const kind of ['VirtualService', 'DestinationRule', 'Gateway']) {
  const tree = fieldsOf(apiVersion, kind) as { readonly f: Readonly<Record<string, FieldTree>> }
  const spec = objects(tree.f.spec as FieldTree, 9)
  const metadata = objects(tree.f.metadata as FieldTree, 2)

  test(`a ${kind} that certainly fits passes its compiled schema`, () => {
    const validate = compiledValidator(apiVersion, kind) as (object: unknown) => boolean
    let certain = 0
    fc.assert(
      fc.property(fc.record({ apiVersion: fc.constant(apiVersion), kind: fc.constant(kind), metadata, spec }), (object) => {
        let structural = 0
        checkStructure(object, apiVersion, kind, () => void structural++)
        if (structural > 0 || !certainlyFits(object, alternatives)) return
        certain++
        expect(validate(object) || { object, errors: (validate as { errors?: unknown }).errors }).toBe(true)
      }),
      { numRuns: 1500 },
    )
    expect(certain).toBeGreaterThan(50)
  })
}
