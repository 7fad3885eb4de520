import type { FieldPath, Report } from '../finding.ts'
import { gatewayApiTrees } from '../gateway-api/fields.ts'
import { groupOf } from '../resource.ts'
import type { FieldTree } from './field-tree.ts'
import { kindTrees, sharedTrees } from './field-trees.generated.ts'
import { laterKinds } from './later-kinds.ts'
import { withLaterFields } from './later-fields.ts'
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

/** The fields of a kind; undefined for a kind without a schema. */
export function fieldsOf(apiVersion: string, kind: string): FieldTree | undefined {
  const name = `${groupOf(apiVersion)}/${kind}`
  const known = parsed.get(name)
  if (known) return known
  const own = gatewayApiTrees.get(name) ?? laterKinds[name]
  if (own) return own
  const text = kindTrees[name]
  if (text === undefined) return undefined
  const tree = withLaterFields(name, JSON.parse(text) as FieldTree)
  parsed.set(name, tree)
  return tree
}

function shared(name: string): FieldTree {
  const known = parsed.get(name)
  if (known) return known
  const tree = JSON.parse(sharedTrees[name] ?? '"*"') as FieldTree
  parsed.set(name, tree)
  return tree
}

/**
 * Compares an object with the fields of its kind, as the API server's strict decoding does: unknown fields, wrong types, missing
 * fields, texts that are none of those allowed.
 */
export function checkStructure(object: Readonly<Record<string, unknown>>, apiVersion: string, kind: string, report: Report): void {
  const tree = fieldsOf(apiVersion, kind)
  if (tree) check(tree, object, crdGroups.has(groupOf(apiVersion)) ? 'crd' : 'core', [], report)
}

function check(tree: FieldTree, value: unknown, rules: Rules, path: FieldPath, report: Report): void {
  if (tree === '*') return
  if (value === null || value === undefined) {
    if (rules === 'crd')
      report({ code: 'SCHEMA_TYPE', path, problem: `is null, must be ${wanted(tree)}`, hint: 'leave the field away, or write a value' })
    return
  }
  if (typeof tree === 'string') return checkScalar(tree, value, rules, path, report)
  if ('e' in tree) return checkChoice(tree.e, value, path, report)
  if ('a' in tree) return checkList(tree, value, rules, path, report)
  // Referred trees are types of Go (ObjectMeta, PodSpec …), whatever the kind that holds them.
  if ('$' in tree) return check(shared(tree.$), value, 'core', path, report)
  if (typeof value !== 'object' || Array.isArray(value)) return wrongType(tree, value, path, report)
  if ('m' in tree) for (const [key, item] of Object.entries(value)) check(tree.m, item, rules, [...path, key], report)
  else checkFields(tree, value as Record<string, unknown>, rules, path, report)
}

function checkScalar(tree: 's' | 'n' | 'b' | 'q', value: unknown, rules: Rules, path: FieldPath, report: Report): void {
  const type = typeof value
  if (
    tree === 's' ? type !== 'string' : tree === 'n' ? type !== 'number' : tree === 'b' ? type !== 'boolean' : type !== 'number' && type !== 'string'
  )
    wrongType(tree, value, path, report)
  else if (tree === 'n' && rules === 'core' && !Number.isInteger(value))
    report({ code: 'SCHEMA_TYPE', path, problem: `is ${String(value)}, must be a whole number` })
}

function checkChoice(texts: readonly string[], value: unknown, path: FieldPath, report: Report): void {
  if (typeof value !== 'string') return wrongType('s', value, path, report)
  if (!texts.includes(value))
    report({ code: 'SCHEMA_VALUE', path, problem: `"${value}" is not one of ${texts.join(', ')}`, hint: suggestion(value, texts) })
}

function checkList(tree: { readonly a: FieldTree }, value: unknown, rules: Rules, path: FieldPath, report: Report): void {
  if (!Array.isArray(value)) return wrongType(tree, value, path, report)
  value.forEach((item, i) => {
    check(tree.a, item, rules, [...path, i], report)
  })
}

function checkFields(
  tree: { readonly f: Readonly<Record<string, FieldTree>>; readonly r?: readonly string[] },
  value: Readonly<Record<string, unknown>>,
  rules: Rules,
  path: FieldPath,
  report: Report,
): void {
  for (const name in value) {
    const field = Object.hasOwn(tree.f, name) ? tree.f[name] : undefined
    // Paths of scalars that are in order are not built: there are millions.
    if (field === undefined)
      report({ code: 'UNKNOWN_FIELD', path: [...path, name], problem: `unknown field "${name}"`, hint: suggestion(name, Object.keys(tree.f)) })
    else if (field !== 's' || typeof value[name] !== 'string') check(field, value[name], rules, [...path, name], report)
  }
  for (const name of tree.r ?? [])
    if (value[name] === undefined || value[name] === null) report({ code: 'SCHEMA_REQUIRED', path: [...path, name], problem: 'is required' })
}

function wrongType(tree: FieldTree, value: unknown, path: FieldPath, report: Report): void {
  const hint =
    tree === 's' && (typeof value === 'boolean' || typeof value === 'number')
      ? 'put the value into quotes: without them YAML reads no text here'
      : null
  report({ code: 'SCHEMA_TYPE', path, problem: `is ${shown(value)}, must be ${wanted(tree)}`, hint })
}

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

function wanted(tree: FieldTree): string {
  if (typeof tree !== 'string') return 'a' in tree ? 'a list' : 'e' in tree ? 'a text' : 'a mapping'
  return { s: 'a text', n: 'a number', b: 'true or false', q: 'a number or a text', '*': 'anything' }[tree]
}
