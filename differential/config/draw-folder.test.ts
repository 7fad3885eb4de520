import { expect, test } from 'vitest'
import type { FieldTree } from '../../mesh-core/config/schema/field-tree.ts'
import { fieldsOf } from '../../mesh-core/config/schema/structure.ts'
import { beginnings } from './beginnings.ts'
import { isRefused, resourceOf } from './compare.ts'
import { drawFolder } from './draw-folder.ts'

test('the same seed makes the same folder', () => {
  expect(drawFolder('a', 7)).toEqual(drawFolder('a', 7))
  expect(drawFolder('a', 7)).not.toEqual(drawFolder('b', 7))
})

test.each(beginnings)('what documents of $kind begin with is valid', ({ apiVersion, kind, specs }) => {
  for (const spec of specs) {
    const document = { apiVersion, kind, metadata: { name: 'a', namespace: 'default' }, spec }
    expect(resourceOf(document)).not.toBeNull()
    expect(isRefused(document), JSON.stringify(spec)).toBe(false)
  }
})

test('every kind is drawn, right and wrong, and nearly every field', () => {
  const documents = Array.from({ length: 1500 }, (_, i) => drawFolder('coverage', i).documents).flat()
  const missing: string[] = []
  let fields = 0
  for (const { apiVersion, kind } of beginnings) {
    const own = documents.filter((document) => document.kind === kind)
    expect([own.some(isRefused), own.every(isRefused)], kind).toEqual([true, false])
    const written = JSON.stringify(own.map(({ spec }) => spec))
    const tree = fieldsOf(apiVersion, kind) as { readonly f: Readonly<Record<string, FieldTree>> }
    for (const name of namesIn(tree.f.spec!)) {
      fields++
      if (!written.includes(`"${name}"`)) missing.push(`${kind} ${name}`)
    }
  }
  expect(missing.length / fields, missing.join(', ')).toBeLessThan(0.02)
})

function namesIn(tree: FieldTree): Set<string> {
  if (typeof tree !== 'object') return new Set()
  if ('a' in tree) return namesIn(tree.a)
  if ('m' in tree) return namesIn(tree.m)
  return 'f' in tree ? new Set(Object.entries(tree.f).flatMap(([name, inner]) => [name, ...namesIn(inner)])) : new Set()
}
