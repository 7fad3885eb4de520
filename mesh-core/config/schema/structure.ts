import type { FieldPath, Report } from '../finding.ts'
import { gatewayApiTrees } from '../gateway-api/fields.ts'
import { groupOf } from '../resource.ts'
import type { FieldTree, ListTree, ObjectTree, ScalarTree } from './field-tree.ts'
import { kindTrees, sharedTrees } from './field-trees.generated.ts'
import { istioTrees } from './istio-trees.generated.ts'
import { limitProblem, patternProblem } from './limits.ts'
import { retiredHint } from './retired-fields.ts'
import { suggestion } from './suggest.ts'

/** How strictly a tree is read: CRDs refuse `null`, Kubernetes' own types take it for nothing; theirs have no fractions. */
type Rules = 'crd' | 'core'

const crdGroups: ReadonlySet<string> = new Set([
  'networking.istio.io',
  'security.istio.io',
  'telemetry.istio.io',
  'extensions.istio.io',
  'gateway.networking.k8s.io',
])

const parsed = new Map<string, FieldTree>()

/** Ingresses had the fields of the group before until they had those of today. */
const oldIngresses = 'networking.k8s.io/v1beta1'

/** The fields of a kind; undefined for a kind without a schema. */
export function fieldsOf(apiVersion: string, kind: string): FieldTree | undefined {
  const name = `${apiVersion === oldIngresses ? 'extensions' : groupOf(apiVersion)}/${kind}`
  const known = parsed.get(name)
  if (known) return known
  const own = gatewayApiTrees.get(`${apiVersion}/${kind}`) ?? gatewayApiTrees.get(name)
  if (own) return own
  const text = istioTrees[name] ?? kindTrees[name]
  if (text === undefined) return undefined
  const tree = JSON.parse(text) as FieldTree
  parsed.set(name, tree)
  return tree
}

/** The tree itself in the place of a name that stands for it. */
export function resolved(tree: FieldTree): FieldTree {
  return typeof tree === 'object' && '$' in tree ? resolved(shared(tree.$)) : tree
}

function shared(name: string): FieldTree {
  const known = parsed.get(name)
  if (known) return known
  const tree = JSON.parse(sharedTrees[name] ?? '"*"') as FieldTree
  parsed.set(name, tree)
  return tree
}

/**
 * Compares an object with the schema of its kind, as the API server does: unknown fields, wrong types, missing fields, texts that are none of those
 * allowed, bounds, fields that exclude each other.
 */
export function checkStructure(object: Readonly<Record<string, unknown>>, apiVersion: string, kind: string, report: Report): void {
  const tree = fieldsOf(apiVersion, kind)
  if (tree) checkTree(tree, object, crdGroups.has(groupOf(apiVersion)) ? 'crd' : 'core', [], report)
}

function checkTree(tree: FieldTree, value: unknown, rules: Rules, path: FieldPath, report: Report): void {
  if (tree === '*') return
  if (value === null || value === undefined) {
    if (rules === 'crd' && !(typeof tree === 'object' && 'z' in tree))
      report({ code: 'SCHEMA_TYPE', path, problem: `is null, must be ${wanted(tree)}`, hint: 'leave the field away, or write a value' })
    return
  }
  if (typeof tree === 'string') return void checkType(tree, value, rules, path, report)
  if ('t' in tree) return checkScalar(tree, value, rules, path, report)
  if ('e' in tree) return checkChoice(tree.e, value, path, report)
  if ('a' in tree) return checkList(tree, value, rules, path, report)
  // Referred trees are types of Go (ObjectMeta, PodSpec …), whatever the kind that holds them.
  if ('$' in tree) return checkTree(shared(tree.$), value, 'core', path, report)
  if (!isMapping(value)) return wrongType(tree, value, path, report)
  if (tree.l) limit(limitProblem(tree.l, Object.keys(value).length, 'entries'), path, report)
  if ('m' in tree) for (const [key, item] of Object.entries(value)) checkTree(tree.m, item, rules, [...path, key], report)
  else checkFields(tree, value, rules, path, report)
}

function isMapping(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

type Scalar = ScalarTree['t'] | 'q'

const fits: Readonly<Record<Scalar, (value: unknown) => boolean>> = {
  s: (value) => typeof value === 'string',
  n: (value) => typeof value === 'number',
  i: (value) => typeof value === 'number',
  b: (value) => typeof value === 'boolean',
  q: (value) => typeof value === 'number' || typeof value === 'string',
  o: isMapping,
}

/** @returns whether the value is of the type */
function checkType(type: Scalar, value: unknown, rules: Rules, path: FieldPath, report: Report): boolean {
  if (!fits[type](value)) wrongType(type, value, path, report)
  else if ((type === 'i' || (type === 'n' && rules === 'core')) && !Number.isInteger(value))
    report({ code: 'SCHEMA_TYPE', path, problem: `is ${String(value)}, must be a whole number` })
  // Larger ones Kubernetes reads as numbers with a fraction.
  else if (type === 'i' && Math.abs(value as number) > 2 ** 63)
    report({ code: 'SCHEMA_TYPE', path, problem: `is ${String(value)}, must be a whole number of 64 bits` })
  else return true
  return false
}

function checkScalar(tree: ScalarTree, value: unknown, rules: Rules, path: FieldPath, report: Report): void {
  if (!checkType(tree.t, value, rules, path, report)) return
  if (tree.l)
    limit(typeof value === 'string' ? limitProblem(tree.l, [...value].length, 'characters') : limitProblem(tree.l, Number(value)), path, report)
  if (typeof value === 'string') limit(patternProblem(tree, value), path, report)
}

function limit(problem: string | null, path: FieldPath, report: Report): void {
  if (problem !== null) report({ code: 'SCHEMA_VALUE', path, problem })
}

function checkChoice(texts: readonly string[], value: unknown, path: FieldPath, report: Report): void {
  if (typeof value !== 'string') return wrongType('s', value, path, report)
  if (!texts.includes(value))
    report({ code: 'SCHEMA_VALUE', path, problem: `"${value}" is not one of ${texts.join(', ')}`, hint: suggestion(value, texts) })
}

function checkList(tree: ListTree, value: unknown, rules: Rules, path: FieldPath, report: Report): void {
  if (!Array.isArray(value)) return wrongType(tree, value, path, report)
  if (tree.l) limit(limitProblem(tree.l, value.length, 'items'), path, report)
  value.forEach((item, i) => {
    checkTree(tree.a, item, rules, [...path, i], report)
  })
  if (tree.k) checkKeys(tree.k, value, path, report)
}

/** Lists that are maps: no two items may have the same key. */
function checkKeys(key: string, items: readonly unknown[], path: FieldPath, report: Report): void {
  const known = new Set<unknown>()
  for (const [i, item] of items.entries()) {
    if (!isMapping(item)) continue
    const value = item[key]
    if (known.has(value))
      report({ code: 'SCHEMA_VALUE', path: [...path, i, key], problem: `${String(value)} is in the list already`, hint: 'keep one of the two' })
    known.add(value)
  }
}

function checkFields(tree: ObjectTree, value: Readonly<Record<string, unknown>>, rules: Rules, path: FieldPath, report: Report): void {
  for (const name in value) {
    const field = Object.hasOwn(tree.f, name) ? tree.f[name] : undefined
    // Paths of scalars that are in order are not built: there are millions.
    if (field === undefined)
      report({
        code: 'UNKNOWN_FIELD',
        path: [...path, name],
        problem: `unknown field "${name}"`,
        hint: retiredHint(path, name) ?? suggestion(name, Object.keys(tree.f)),
      })
    else if (field !== 's' || typeof value[name] !== 'string') checkTree(field, value[name], rules, [...path, name], report)
  }
  for (const name of tree.r ?? [])
    if (value[name] === undefined || value[name] === null) report({ code: 'SCHEMA_REQUIRED', path: [...path, name], problem: 'is required' })
  if (tree.x) for (const names of tree.x) checkExclusive(names, value, path, report)
}

function checkExclusive(names: readonly string[], value: Readonly<Record<string, unknown>>, path: FieldPath, report: Report): void {
  const set = Object.keys(value).filter((name) => names.includes(name) && value[name] !== undefined)
  if (set.length < 2) return
  report({ code: 'CONFLICTING_FIELDS', path: [...path, set[1]!], problem: `only one of ${names.join(', ')} may be set`, hint: 'keep one of them' })
}

function wrongType(tree: FieldTree, value: unknown, path: FieldPath, report: Report): void {
  report({ code: 'SCHEMA_TYPE', path, problem: `is ${shown(value)}, must be ${wanted(tree)}`, hint: typeHint(tree, value, path) })
}

/** Of fields that take a length of time, by their names: to the schema they are texts like others. */
const namesDuration = /(timeout|interval|delay|duration|time|ttl|maxAge|backoff)$/i

function typeHint(tree: FieldTree, value: unknown, path: FieldPath): string | null {
  if (tree === 's' && typeof value === 'number' && namesDuration.test(String(path.at(-1)))) return `a length of time has a unit: ${String(value)}s`
  if (tree === 's')
    return typeof value === 'boolean' || typeof value === 'number' ? 'put the value into quotes: without them YAML reads no text here' : null
  if (typeof tree !== 'object' || !('f' in tree) || typeof value === 'object') return null
  const names = Object.keys(tree.f)
  return names.length === 0 ? null : `its fields are ${names.slice(0, mostNames).join(', ')}${names.length > mostNames ? ', …' : ''}`
}

const mostNames = 6

function shown(value: unknown): string {
  if (Array.isArray(value)) return 'a list'
  switch (typeof value) {
    case 'object':
      return 'a mapping'
    case 'string':
      return `the text "${value.length > 40 ? `${value.slice(0, 40)}…` : value}"`
    case 'boolean':
      return `the boolean ${String(value)}`
    default:
      return `the number ${String(value)}`
  }
}

const typeNames = {
  s: 'a text',
  n: 'a number',
  i: 'a whole number',
  b: 'true or false',
  q: 'a number or a text',
  o: 'a mapping',
  '*': 'anything',
} as const

function wanted(tree: FieldTree): string {
  if (typeof tree === 'string') return typeNames[tree]
  if ('t' in tree) return typeNames[tree.t]
  return 'a' in tree ? 'a list' : 'e' in tree ? 'a text' : 'a mapping'
}
