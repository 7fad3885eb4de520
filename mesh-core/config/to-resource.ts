import { MeshSpecError } from './errors.ts'
import { ForeignDocument } from './foreign-document.ts'
import { withoutDefaultedNulls } from './gateway-api/defaulted-nulls.ts'
import { isNamespaced, kindInfo } from './kinds.ts'
import { locate } from './locate.ts'
import { type InnerSettings, meshSettingsIn } from './mesh-settings-in.ts'
import type { KubeObject, Resource, SourceText } from './resource.ts'

/** The resources of one document. @throws MeshSpecError NOT_A_RESOURCE, ForeignDocument */
export function resourcesOf(data: unknown, source: SourceText, document: number): Resource[] {
  return itemsOf(data).flatMap(({ object, path }) => {
    const resource = toResource(source, document, object, path)
    return [resource, ...meshSettingsIn(resource.object).map((settings) => inner(resource, settings))]
  })
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

/** Istio's settings as a resource of their own; what is wrong with them is wrong at their place in the object that holds them. */
function inner({ source, origin, namespace: owner }: Resource, { kind, path, fields }: InnerSettings): Resource {
  const own = isMapping(fields) ? fields : { '': fields }
  const object = { apiVersion: 'mesh.istio.io/v1alpha1', kind, metadata: { name: 'mesh' }, ...own } as KubeObject
  const namespace = kind === 'MeshConfig' ? '' : owner
  return { object, kind, apiVersion: object.apiVersion, name: 'mesh', namespace, source, origin: { ...origin, path: [...origin.path, ...path] } }
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

export function named({
  namespace,
  document,
  path,
  ...rest
}: Omit<Resource, 'origin'> & { readonly document: number; readonly path: Item['path'] }): Resource {
  const resource = `${rest.kind} ${namespace === '' ? '' : `${namespace}/`}${rest.name}`
  return { ...rest, namespace, origin: { file: rest.source.key, document, resource, path } }
}
