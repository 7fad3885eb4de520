import { modelledFields } from '../mesh-core/config/modelled-fields.ts'
import type { Modelled } from '../mesh-core/config/modelled-table.ts'
import type { FieldTree } from '../mesh-core/config/schema/field-tree.ts'
import { fieldsOf, resolved } from '../mesh-core/config/schema/structure.ts'
import { groupOf } from '../mesh-core/config/resource.ts'
import type { GeneratedMesh } from './generate/mesh.ts'

/**
 * Every field that mesh-core acts on, as `Kind spec.http.route.weight`: lists are looked through, `*` stands for a key of the user's own. Where all below
 * a field is acted on, its schema says what there is.
 */
export function fieldsThatAct(): ReadonlySet<string> {
  return fieldsWhere(
    (how) => how !== 'quiet' && how !== 'reported',
    () => true,
  )
}

/** Every field of Istio's kinds and of the Gateway API's of which mesh-core says that it changes no answer, in the same form. */
export function fieldsWithoutEffect(): ReadonlySet<string> {
  return fieldsWhere(
    (how) => how === 'quiet',
    (name) => /^(networking|security|mesh)\.istio\.io\/|^gateway\.networking/.test(name),
  )
}

type Leaf = Exclude<Modelled, { readonly [field: string]: Modelled }>

function fieldsWhere(wanted: (how: Leaf) => boolean, ofKind: (name: string) => boolean): ReadonlySet<string> {
  const found = new Set<string>()
  for (const [name, table] of Object.entries(modelledFields).filter(([name]) => ofKind(name))) {
    const kind = name.slice(name.indexOf('/') + 1)
    const tree = treeOf(name, kind)
    if (!(table instanceof Set) && typeof table === 'object')
      for (const [field, how] of Object.entries(table)) collect(how, wanted, tree && child(tree, field), `${kind} ${field}`, found)
  }
  return found
}

function treeOf(name: string, kind: string): FieldTree | undefined {
  const group = name.slice(0, name.indexOf('/'))
  return fieldsOf(group === '' ? 'v1' : `${group}/v1`, kind)
}

function collect(how: Modelled, wanted: (how: Leaf) => boolean, tree: FieldTree | undefined, path: string, found: Set<string>): void {
  if (isLeaf(how)) return wanted(how) ? leaves(tree, path, found) : undefined
  for (const [field, inner] of Object.entries(how)) if (field !== '*') collect(inner, wanted, tree && child(tree, field), `${path}.${field}`, found)
}

function isLeaf(how: Modelled): how is Leaf {
  return typeof how === 'string' || how instanceof Set || how instanceof RegExp
}

function leaves(tree: FieldTree | undefined, path: string, found: Set<string>): void {
  const whole = tree === undefined ? undefined : inner(tree)
  if (typeof whole === 'object' && 'f' in whole) for (const [field, below] of Object.entries(whole.f)) leaves(below, `${path}.${field}`, found)
  else if (typeof whole === 'object' && 'm' in whole) leaves(whole.m, `${path}.*`, found)
  else found.add(once(path))
}

/** A field of a policy is the same for a subset, for a port, and for all. */
function once(path: string): string {
  return path.replace('spec.subsets.trafficPolicy', 'spec.trafficPolicy').replace('.portLevelSettings', '')
}

/** Through lists and names. */
function inner(tree: FieldTree): FieldTree {
  const whole = resolved(tree)
  return typeof whole === 'object' && 'a' in whole ? inner(whole.a) : whole
}

function child(tree: FieldTree, field: string): FieldTree | undefined {
  const whole = inner(tree)
  return typeof whole === 'object' && 'f' in whole ? whole.f[field] : undefined
}

/** The fields that occur in a mesh, in the same form. */
export function fieldsIn({ config, meshConfig = {} }: GeneratedMesh): ReadonlySet<string> {
  const found = new Set<string>()
  for (const { apiVersion, kind, metadata: _, ...fields } of config) {
    const tree = fieldsOf(`${groupOf(apiVersion)}/v1`.replace(/^\//, ''), kind)
    for (const [field, value] of Object.entries(fields)) occurrences(value, tree && child(tree, field), `${kind} ${field}`, found)
  }
  for (const [field, value] of Object.entries(meshConfig)) occurrences(value, undefined, `MeshConfig ${field}`, found)
  return found
}

function occurrences(value: unknown, tree: FieldTree | undefined, path: string, found: Set<string>): void {
  if (Array.isArray(value)) return value.forEach((item) => occurrences(item, tree, path, found))
  found.add(once(path))
  if (typeof value !== 'object' || value === null) return
  const whole = tree && inner(tree)
  const named = typeof whole === 'object' && 'm' in whole
  for (const [field, below] of Object.entries(value))
    occurrences(below, named ? (whole as { m: FieldTree }).m : whole && child(whole, field), `${path}.${named ? '*' : field}`, found)
}
