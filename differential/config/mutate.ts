import type { FieldTree } from '../../mesh-core/config/schema/field-tree.ts'
import type { Draw } from '../draw.ts'
import type { Plain } from './beginnings.ts'
import { oddNumbers, oddTexts } from './values.ts'

/** A place that can be changed. */
interface Spot {
  readonly holder: Plain | unknown[]
  readonly key: string | number
  readonly tree: FieldTree | undefined
}

/** Breaks one thing of an object, wherever it is. */
export function mutate(draw: Draw, tree: FieldTree, object: Plain): void {
  const spots = [...spotsOf(tree, object)]
  if (spots.length === 0) return
  const spot = draw.one(spots)
  draw.one(changes)(draw, spot)
}

function* spotsOf(tree: FieldTree | undefined, value: unknown): Generator<Spot> {
  if (typeof value !== 'object' || value === null) return
  for (const key of Array.isArray(value) ? value.keys() : Object.keys(value)) {
    const inner = treeAt(tree, key)
    yield { holder: value as Plain, key, tree: inner }
    yield* spotsOf(inner, (value as Plain)[key])
  }
}

function treeAt(tree: FieldTree | undefined, key: string | number): FieldTree | undefined {
  if (typeof tree !== 'object') return undefined
  if ('a' in tree) return tree.a
  if ('m' in tree) return tree.m
  return 'f' in tree ? tree.f[key] : undefined
}

type Change = (draw: Draw, spot: Spot) => void

function set({ holder, key }: Spot, value: unknown): void {
  ;(holder as Plain)[key] = value
}

function at({ holder, key }: Spot): unknown {
  return (holder as Plain)[key]
}

const drop: Change = (_, { holder, key }) => {
  if (Array.isArray(holder)) holder.splice(Number(key), 1)
  else delete holder[key]
}

const repeat: Change = (_, spot) => {
  if (Array.isArray(spot.holder)) spot.holder.push(structuredClone(at(spot)))
}

const empty: Change = (_, spot) => {
  const value = at(spot)
  set(spot, Array.isArray(value) ? [] : typeof value === 'object' ? {} : typeof value === 'number' ? 0 : '')
}

const otherType: Change = (draw, spot) => {
  set(spot, draw.one([1, 'text', true, [], {}, ['x'], { x: 'y' }, [{}], 1.5]))
}

const nothing: Change = (_, spot) => {
  set(spot, null)
}

const unknownField: Change = (draw, { holder, key }) => {
  if (!Array.isArray(holder)) holder[draw.one([`${key}s`, `x-${key}`, String(key).toUpperCase()])] = 'x'
}

const otherValue: Change = (draw, spot) => {
  const value = at(spot)
  if (typeof value === 'number') set(spot, draw.one(oddNumbers))
  else if (typeof value === 'string') set(spot, draw.chance(0.4) ? spoilt(draw, value) : draw.one(oddTexts))
  else otherType(draw, spot)
}

/** A number for the name of a choice, as protobuf has it, or another name. */
const otherChoice: Change = (draw, spot) => {
  if (typeof spot.tree === 'object' && 'e' in spot.tree) set(spot, draw.one([...spot.tree.e, 'NONSENSE', spot.tree.e[0]!.toLowerCase(), 1]))
  else otherValue(draw, spot)
}

function spoilt(draw: Draw, text: string): string {
  return draw.one([
    `${text}.`,
    `${text} `,
    text.slice(1),
    text.toUpperCase(),
    `${text}/${text}`,
    `*${text}`,
    `${text}:80`,
    `-${text}`,
    text.repeat(8),
  ])
}

const changes: readonly Change[] = [drop, drop, repeat, empty, otherType, nothing, unknownField, otherValue, otherValue, otherValue, otherChoice]
