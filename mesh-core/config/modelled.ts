import { formatPath } from '../ir/origin.ts'
import { isWithoutTraffic, kindInfo } from './kinds.ts'
import { proxyConfigFields } from './mesh-config-fields.ts'
import { modelledFields } from './modelled-fields.ts'
import { bothSpellings, collect, entryOf, type FieldPath, type Modelled } from './modelled-table.ts'
import { notActingPatches } from './envoy-filter-patches.ts'
import { podAnnotationsOf, podAnnotationsPath, proxyConfigAnnotation, proxyConfigOf } from './proxy-config-annotation.ts'
import type { NotModelled, Resource } from './resource.ts'
import { groupOf, originAt } from './resource.ts'

const everywhere = new Set(['apiVersion', 'kind', 'metadata', 'status'])

const found = new WeakMap<Resource, readonly NotModelled[]>()

/** What of a resource was read and is not acted on: its kind, or single fields. Looked for once: every verdict asks. */
export function notModelledIn(resource: Resource): readonly NotModelled[] {
  let known = found.get(resource)
  if (!known) found.set(resource, (known = lookForNotModelled(resource)))
  return known
}

function lookForNotModelled(resource: Resource): readonly NotModelled[] {
  const { kind, apiVersion, origin, object } = resource
  if (isWithoutTraffic(apiVersion, kind)) return []
  if (!kindInfo(apiVersion, kind)?.modelled) return [{ resource: origin.resource, origin, message: `kind ${kind} (${apiVersion}) is not modelled` }]
  const table = tableOf(`${groupOf(apiVersion)}/${kind}`)
  const paths: FieldPath[] = kind === 'EnvoyFilter' ? notActingPatches(resource) : []
  for (const field in object) if (!everywhere.has(field)) collect(table === 'quiet' ? 'quiet' : entryOf(table, field), object[field], [field], paths)
  const notModelled = (path: FieldPath, what: string): NotModelled => ({
    ...{ resource: origin.resource, origin: originAt(resource, path) },
    message: `${what} is not modelled${reasonFor(what)}`,
  })
  return [
    ...paths.map((path) => notModelled(path, formatPath(path))),
    ...annotatedFields(resource).map(([path, field]) => notModelled(path, `${formatPath(field)} in annotation ${proxyConfigAnnotation}`)),
  ]
}

const proxyConfig = bothSpellings(proxyConfigFields)

/** Of the ProxyConfig that pods are annotated with: those that do not act, with the place of the annotation. */
function annotatedFields(resource: Resource): [at: FieldPath, field: FieldPath][] {
  const place = podAnnotationsPath(resource)
  const own = proxyConfigOf(podAnnotationsOf(resource))
  if (!place || !own) return []
  const at = [...place, proxyConfigAnnotation]
  const paths: FieldPath[] = []
  collect(proxyConfig, own, [], paths)
  return paths.map((path) => [at, path])
}

const meshConfig = bothSpellings(modelledFields['mesh.istio.io/MeshConfig']!)

function tableOf(kind: string): Modelled {
  return kind === 'mesh.istio.io/MeshConfig' ? meshConfig : (modelledFields[kind] ?? 'quiet')
}

/** What is done all the same, or why nothing is, where that is no matter of course. */
const reasons: readonly (readonly [field: RegExp, reason: string])[] = [
  [/(^|\.)sessionPersistence$/, 'it is of the experimental channel of the Gateway API, and istiod does not look at it'],
  [/setCurrentClientCertDetails\.(cert|chain)$/, 'identities of the mesh have no certificates on core that could be told of'],
  [/retryBudget\.budgetInterval$/, 'requests of the past do not count, as without it'],
  [/\.(address|bind)$/, 'nobody listens on Unix sockets here, or dials them'],
]

function reasonFor(what: string): string {
  const known = reasons.find(([field]) => field.test(what))
  return known ? `: ${known[1]}` : ''
}
