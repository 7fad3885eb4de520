import type { Position } from '../ir/origin.ts'
import type { ErrorInit } from './errors.ts'
import { MeshSpecError } from './errors.ts'
import { withoutDefaultedNulls } from './gateway-api/defaulted-nulls.ts'
import { isNamespaced, kindInfo } from './kinds.ts'
import { locate } from './locate.ts'
import { type InnerSettings, meshSettingsIn } from './mesh-settings-in.ts'
import { notModelledIn } from './modelled.ts'
import type { KubeObject, NotModelled, Resource, SourceText } from './resource.ts'
import type { DocumentText } from './yaml/documents.ts'
import { splitDocuments } from './yaml/documents.ts'
import { parseDocument } from './yaml/parse.ts'
import { positionAt } from './yaml/position.ts'
import { syntaxHint } from './yaml/syntax-hint.ts'
import { YamlError } from './yaml/yaml-error.ts'

/** What was read. Resources of documents that are in order are there even if others are not. */
export interface ReadResult {
  readonly resources: readonly Resource[]
  readonly errors: readonly MeshSpecError[]
  readonly notModelled: readonly NotModelled[]
  /** Documents of a folder that are none of a mesh's config. */
  readonly passedOver: readonly PassedOver[]
}

/** Something that lies in a folder beside config: no error, and no config either. */
export interface PassedOver {
  readonly file: string
  readonly what: 'no Kubernetes object' | 'Helm template'
}

/** A document that is an error where its file was named, and is passed over where it just lies in a folder. */
export class ForeignDocument extends MeshSpecError {
  readonly what: PassedOver['what']

  constructor(what: PassedOver['what'], details: ErrorInit) {
    super(details)
    this.what = what
  }
}

/** Where a text stands that is no whole file: in a doc string of a feature, say. */
export interface Place {
  /** Unique among all sources; default: the file. */
  readonly key?: string
  readonly lineOffset?: number
  readonly columnOffset?: number
}

/** UTF-16 units of one file. A Kubernetes API takes 1.5 MB for an object, so that this is a List of the largest meshes. */
export const maxTextLength = 32 * 1024 * 1024

/** Reads a stream of YAML (or JSON) documents. Never throws for what stands in the text. */
export function readText(text: string, file: string, place: Place = {}): ReadResult {
  const source: SourceText = { key: place.key ?? file, file, text, lineOffset: place.lineOffset ?? 0, columnOffset: place.columnOffset ?? 0 }
  if (text.length > maxTextLength) return failed(tooLarge(source))
  return remembered(source) ?? remember(source, readSource(source))
}

/** Several results as one, in order. */
export function mergeResults(results: readonly ReadResult[]): ReadResult {
  return {
    resources: results.flatMap((result) => result.resources),
    errors: results.flatMap((result) => result.errors),
    notModelled: results.flatMap((result) => result.notModelled),
    passedOver: results.flatMap((result) => result.passedOver),
  }
}

export function failed(error: MeshSpecError): ReadResult {
  return { resources: [], errors: [error], notModelled: [], passedOver: [] }
}

function readSource(source: SourceText): ReadResult {
  const resources: Resource[] = []
  const errors: MeshSpecError[] = []
  for (const document of splitDocuments(source.text))
    try {
      for (const resource of readDocument(source, document)) resources.push(resource)
    } catch (error) {
      if (error instanceof MeshSpecError) errors.push(error)
      else throw error
    }
  return { resources, errors, notModelled: resources.flatMap(notModelledIn), passedOver: [] }
}

function readDocument(source: SourceText, document: DocumentText): Resource[] {
  const data = parsed(source, document)
  if (document.badSeparator !== null) throw badSeparator(source, document)
  if (data === null) return []
  return itemsOf(data).flatMap(({ object, path }) => {
    const resource = toResource(source, document.index, object, path)
    return [resource, ...meshSettingsIn(resource.object).map((settings) => inner(resource, settings))]
  })
}

/** Istio's settings as a resource of their own; what is wrong with them is wrong at their place in the object that holds them. */
function inner({ source, origin, namespace: owner }: Resource, { kind, path, fields }: InnerSettings): Resource {
  const own = isMapping(fields) ? fields : { '': fields }
  const object = { apiVersion: 'mesh.istio.io/v1alpha1', kind, metadata: { name: 'mesh' }, ...own } as KubeObject
  const namespace = kind === 'MeshConfig' ? '' : owner
  return { object, kind, apiVersion: object.apiVersion, name: 'mesh', namespace, source, origin: { ...origin, path: [...origin.path, ...path] } }
}

function parsed(source: SourceText, document: DocumentText): unknown {
  try {
    return parseDocument(document.text)
  } catch (error) {
    if (!(error instanceof YamlError)) throw error
    const position = shifted(source, positionAt(document.text, error.offset), document.line)
    const place = { file: source.file, position }
    const hint = 'render it first: helm template'
    if (isTemplate(document.text))
      throw new ForeignDocument('Helm template', { code: error.code, origin: null, place, problem: 'is a Helm template', hint })
    throw new MeshSpecError({ code: error.code, origin: null, place, problem: error.message, hint: syntaxHint(error) })
  }
}

/** `{{ .Values.name }}`, which no YAML begins a value with and means. */
function isTemplate(text: string): boolean {
  return /\{\{-?\s*(?:[.$]|if |range |with |include |template |define |end\b|else\b|toYaml |printf |default |quote |tpl |\/\*)/.test(text)
}

function badSeparator(source: SourceText, document: DocumentText): MeshSpecError {
  const position = shifted(source, positionAt(document.text, document.text.length), document.line)
  return new MeshSpecError({
    code: 'YAML_SYNTAX',
    origin: null,
    place: { file: source.file, position },
    problem: `"---" is followed by "${document.badSeparator}"`,
    hint: 'write "---" alone on its line, and the document below it',
  })
}

function shifted(source: SourceText, position: Position, line: number): Position {
  return { line: position.line + line + source.lineOffset, column: position.column + source.columnOffset }
}

interface Item {
  readonly object: unknown
  readonly path: readonly (string | number)[]
}

/** One for all: what stands below it is kept by it. See `compile/origin.ts`. */
const whole: Item['path'] = []

/** A `List` is what its items are, as for kubectl. Items of a typed list (`VirtualServiceList`) may leave their kind out. */
function itemsOf(data: unknown): Item[] {
  const list = data as { kind?: unknown; apiVersion?: unknown; items?: unknown }
  if (!isMapping(data) || typeof list.kind !== 'string' || !list.kind.endsWith('List') || !Array.isArray(list.items))
    return [{ object: data, path: whole }]
  const kind = list.kind.slice(0, -'List'.length)
  return list.items.map((item: unknown, i) => ({
    object: kind !== '' && isMapping(item) ? { apiVersion: list.apiVersion, kind, ...item } : item,
    path: ['items', i],
  }))
}

function isMapping(data: unknown): data is Record<string, unknown> {
  return typeof data === 'object' && data !== null && !Array.isArray(data)
}

/** What there is one of in a mesh, and needs no name. */
const namesOfOnes: ReadonlyMap<string, string> = new Map([
  ['MeshConfig', 'mesh'],
  ['IstioOperator', 'installed-state'],
])

function isOfMesh(apiVersion: unknown, kind: unknown): boolean {
  if (typeof apiVersion !== 'string' || typeof kind !== 'string') return false
  return namesOfOnes.has(kind) || /\.istio\.io\//.test(apiVersion) || kindInfo(apiVersion, kind) !== undefined
}

function toResource(source: SourceText, document: number, object: unknown, path: Item['path']): Resource {
  const fault = (problem: string, hint: string, field: readonly string[] = []): MeshSpecError =>
    new MeshSpecError({
      code: 'NOT_A_RESOURCE',
      origin: null,
      place: { file: source.file, position: locate(source, document, [...path, ...field]) },
      problem,
      hint,
    })
  const foreign = (problem: string, hint: string, field: readonly string[] = []): ForeignDocument =>
    new ForeignDocument('no Kubernetes object', fault(problem, hint, field).details)
  if (!isMapping(object) || (object.kind === undefined && (object.apiVersion === undefined || object.metadata === undefined)))
    throw foreign('this document is no Kubernetes object', 'it needs apiVersion, kind and metadata')
  const { apiVersion, kind } = object
  // Kustomizations and the like: files of tools, in the form of Kubernetes.
  if (object.metadata === undefined && !isOfMesh(apiVersion, kind))
    throw foreign(`${String(kind)} has no metadata`, 'every object needs metadata with a name', ['kind'])
  if (typeof apiVersion !== 'string' || apiVersion === '')
    throw fault('apiVersion is missing', 'for example "apiVersion: networking.istio.io/v1"', ['apiVersion'])
  if (typeof kind !== 'string' || kind === '') throw fault('kind is missing', 'for example "kind: VirtualService"', ['kind'])
  const metadata = isMapping(object.metadata) ? object.metadata : {}
  const name = metadata.name ?? namesOfOnes.get(kind)
  if (typeof name === 'number' || typeof name === 'boolean')
    throw fault(`metadata.name of ${kind} is ${name}, must be a text`, 'put the name into quotes: without them YAML reads no text here', [
      'metadata',
      'name',
    ])
  if (typeof name !== 'string' || name === '') throw fault(`${kind} has no metadata.name`, 'every object needs a name', ['metadata', 'name'])
  const namespace = !isNamespaced(apiVersion, kind)
    ? ''
    : typeof metadata.namespace === 'string' && metadata.namespace !== ''
      ? metadata.namespace
      : 'default'
  return named({ object: withoutDefaultedNulls(object, apiVersion, kind) as KubeObject, kind, apiVersion, name, source, namespace, document, path })
}

function named({
  namespace,
  document,
  path,
  ...rest
}: Omit<Resource, 'origin'> & { readonly document: number; readonly path: Item['path'] }): Resource {
  const resource = `${rest.kind} ${namespace === '' ? '' : `${namespace}/`}${rest.name}`
  return { ...rest, namespace, origin: { file: rest.source.key, document, resource, path } }
}

/** Puts the resources whose document names no namespace into `namespace`, as `kubectl -n` does. */
export function inNamespace(resources: readonly Resource[], namespace: string): Resource[] {
  return resources.map((resource) => {
    const { metadata } = resource.object
    const own = resource.namespace === '' || resource.namespace === namespace || Boolean(metadata?.namespace)
    return own ? resource : moved(resource, namespace)
  })
}

/** Moved ones are remembered, so that what was found out about one (its validation) is found out once. */
const movedOnes = new WeakMap<Resource, Map<string, Resource>>()

function moved(resource: Resource, namespace: string): Resource {
  const known = movedOnes.get(resource) ?? new Map<string, Resource>()
  movedOnes.set(resource, known)
  const again = known.get(namespace)
  if (again) return again
  const { document, path } = resource.origin
  const { object, kind, apiVersion, name, source } = resource
  const fresh = named({ object, kind, apiVersion, name, source, namespace, document, path })
  known.set(namespace, fresh)
  return fresh
}

function tooLarge(source: SourceText): MeshSpecError {
  const megabytes = (source.text.length / 1024 / 1024).toFixed(0)
  return new MeshSpecError({
    code: 'YAML_TOO_LARGE',
    origin: null,
    place: { file: source.file, position: null },
    problem: `the text has ${megabytes} MB, more than ${maxTextLength / 1024 / 1024} MB`,
    hint: 'split it into files, and name their folder',
  })
}

/** The same small text is read for scenario after scenario; results are immutable. The oldest goes first. */
const results = new Map<string, ReadResult>()
const rememberedTexts = 512
const rememberedLength = 128 * 1024

function keyOf(source: SourceText): string {
  return `${JSON.stringify([source.key, source.file, source.lineOffset, source.columnOffset])}${source.text}`
}

function remembered(source: SourceText): ReadResult | undefined {
  if (source.text.length > rememberedLength) return undefined
  return results.get(keyOf(source))
}

function remember(source: SourceText, result: ReadResult): ReadResult {
  if (source.text.length > rememberedLength) return result
  results.set(keyOf(source), result)
  for (const oldest of results.keys()) {
    if (results.size <= rememberedTexts) break
    results.delete(oldest)
  }
  return result
}
