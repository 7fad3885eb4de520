import type { FieldPath } from '../../mesh-core/config/finding.ts'
import type { FieldTree, Limits } from '../../mesh-core/config/schema/field-tree.ts'
import { fieldsOf } from '../../mesh-core/config/schema/structure.ts'
import type { Draw } from '../draw.ts'
import { mutate } from './mutate.ts'
import { beginnings, type Plain } from './beginnings.ts'
import { keysFor, knownValues, oddNumbers, oddTexts } from './values.ts'

/** A Kubernetes object of a mesh's config, right or wrong. */
export function drawDocument(draw: Draw, name: string, namespace: string): Plain {
  const { apiVersion, kind, specs } = byWeight(draw, beginnings, (one) => Math.sqrt(sizeOf(fieldsOf(one.apiVersion, one.kind))))
  const spec = structuredClone(draw.one(specs))
  const tree = fieldsOf(apiVersion, kind)
  const specTree = typeof tree === 'object' && 'f' in tree ? tree.f.spec : undefined
  if (specTree) for (let more = draw.between(0, 3); more > 0; more--) graft(draw, specTree, spec, ['spec'])
  if (specTree && draw.chance(0.35)) mutate(draw, specTree, spec)
  return { apiVersion, kind, metadata: { name, namespace }, spec }
}

const sizes = new WeakMap<object, number>()

/** Scalars of a tree: so that those that lie deep are drawn as often as others. */
function sizeOf(tree: FieldTree | undefined): number {
  if (typeof tree !== 'object') return 1
  const known = sizes.get(tree)
  if (known !== undefined) return known
  const inner = 'a' in tree ? [tree.a] : 'm' in tree ? [tree.m] : 'f' in tree ? Object.values(tree.f) : []
  const size = Math.max(
    1,
    inner.reduce<number>((sum, one) => sum + sizeOf(one), 0),
  )
  sizes.set(tree, size)
  return size
}

function byWeight<T>(draw: Draw, choices: readonly T[], weight: (choice: T) => number): T {
  const weights = choices.map(weight)
  let left = draw.between(0, 999_999) * 1e-6 * weights.reduce((sum, one) => sum + one, 0)
  return choices.find((_, i) => (left -= weights[i]!) < 0) ?? choices.at(-1)!
}

/** Of a sound value so many are on the verge of wrong, or wrong. */
const oddShare = 0.06

/** Sets some field, and what must be there for it. */
function graft(draw: Draw, tree: FieldTree, value: unknown, path: FieldPath): void {
  if (typeof tree !== 'object' || typeof value !== 'object' || value === null) return
  if ('a' in tree) return graftItem(draw, tree.a, value as unknown[], path)
  if ('m' in tree) return graftEntry(draw, tree.m, value as Plain, path)
  if (!('f' in tree)) return
  const object = value as Plain
  const names = Object.keys(tree.f)
  if (names.length === 0) return
  const name = byWeight(draw, names, (one) => sizeOf(tree.f[one]))
  const field = tree.f[name]!
  const there = object[name]
  if (typeof there === 'object' && there !== null && draw.chance(0.8)) graft(draw, field, there, [...path, name])
  else object[name] = made(draw, field, [...path, name])
}

function graftItem(draw: Draw, item: FieldTree, list: unknown[], path: FieldPath): void {
  if (list.length > 0 && draw.chance(0.7)) graft(draw, item, draw.one(list), [...path, 0])
  else list.push(draw.chance(0.2) && list.length > 0 ? structuredClone(draw.one(list)) : made(draw, item, [...path, 0]))
}

function graftEntry(draw: Draw, item: FieldTree, map: Plain, path: FieldPath): void {
  map[draw.one(keysFor(String(path.at(-1))))] = made(draw, item, [...path, 'entry'])
}

/** A value of a field, with the fields that it needs and some more. */
function made(draw: Draw, tree: FieldTree, path: FieldPath): unknown {
  if (typeof tree === 'string') return scalar(draw, tree, path)
  if ('t' in tree) return scalar(draw, tree.t, path, tree.l)
  if ('e' in tree) return draw.one(tree.e)
  if ('$' in tree) return {}
  if ('a' in tree) return draw.many(draw.chance(0.1) ? 0 : 1, 2, () => made(draw, tree.a, [...path, 0]))
  if ('m' in tree) {
    const map: Plain = {}
    graftEntry(draw, tree.m, map, path)
    return map
  }
  const object: Plain = {}
  for (const name of tree.r ?? []) if (draw.chance(0.95)) object[name] = made(draw, tree.f[name]!, [...path, name])
  if (draw.chance(0.95)) graft(draw, tree, object, path)
  if (draw.chance(0.25)) graft(draw, tree, object, path)
  return object
}

function scalar(draw: Draw, tree: Extract<FieldTree, string>, path: FieldPath, limits: Limits = [null, null]): unknown {
  const known = knownValues(path)
  if (tree === 'b') return draw.chance(0.5)
  if (known.length > 0 && !draw.chance(oddShare)) return draw.chance(0.5) ? known[0] : draw.one(known)
  if (tree === '*' || tree === 'o') return {}
  return tree === 'n' || tree === 'i' ? draw.one(numbersAround(limits)) : draw.one(oddTexts)
}

/** The bounds, what is just beyond them, and some more. */
function numbersAround(limits: Limits): readonly number[] {
  return [...limits.filter((limit) => limit !== null).flatMap((limit) => [limit - 1, limit, limit + 1]), ...oddNumbers]
}
