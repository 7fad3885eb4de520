import { groupOf } from '../resource.ts'

const reference = ['group', 'kind']

const under = (places: readonly string[], fields: readonly string[]): readonly string[] =>
  places.flatMap((place) => fields.map((field) => `${place}.${field}`))

const filterPlaces = ['spec.rules[].filters[]', 'spec.rules[].backendRefs[].filters[]']

const connectionRoutes = [...under(['spec.parentRefs[]', 'spec.rules[].backendRefs[]'], reference), 'spec.rules[].backendRefs[].weight']

const requestRoutes = [
  ...connectionRoutes,
  'spec.rules[].matches[].headers[].type',
  ...under(['spec.rules[].sessionPersistence'], ['type', 'cookieConfig.lifetimeType']),
  ...under(filterPlaces, ['requestMirror.fraction.denominator', ...under(['requestMirror.backendRef'], reference)]),
]

const listeners = [
  ...under(['spec.listeners[].allowedRoutes'], ['kinds[].group', 'namespaces', 'namespaces.from']),
  ...under(['spec.listeners[].tls.certificateRefs[]'], reference),
  ...under(['spec.listeners[]'], ['allowedRoutes', 'tls.mode']),
]

/** By kind: fields that have a default in the CRDs. */
const places: Readonly<Record<string, ReadonlySet<string>>> = {
  HTTPRoute: new Set([
    ...requestRoutes,
    'spec.rules',
    ...under(['spec.rules[]'], ['matches', 'matches[].path', 'matches[].path.type', 'matches[].path.value', 'matches[].queryParams[].type']),
    ...under(filterPlaces, ['cors.maxAge', 'requestRedirect.statusCode', ...under(['externalAuth.backendRef'], reference)]),
  ]),
  GRPCRoute: new Set([...requestRoutes, 'spec.rules[].matches[].method.type']),
  TCPRoute: new Set(connectionRoutes),
  TLSRoute: new Set(connectionRoutes),
  UDPRoute: new Set(connectionRoutes),
  ListenerSet: new Set([...listeners, ...under(['spec.parentRef'], reference)]),
  Gateway: new Set([
    ...listeners,
    ...under(['spec'], ['addresses[].type', 'allowedListeners.namespaces', 'allowedListeners.namespaces.from']),
    ...under(['spec.tls.backend.clientCertificateRef'], reference),
    ...under(['spec.tls.frontend'], ['default.validation.mode', 'perPort[].tls.validation.mode']),
  ]),
}

/**
 * A `null` in a field that has a default is as if it was not written: the API server drops it, and the default takes its place. Any other is refused.
 * Source: Kubernetes `apiextensions-apiserver/pkg/apiserver/schema/defaulting/prune.go`.
 * @returns the same object where there is nothing to drop
 */
export function withoutDefaultedNulls<T>(object: T, apiVersion: string, kind: string): T {
  const defaulted = groupOf(apiVersion) === 'gateway.networking.k8s.io' ? places[kind] : undefined
  return defaulted ? (dropped(object, '', defaulted) as T) : object
}

function dropped(value: unknown, place: string, defaulted: ReadonlySet<string>): unknown {
  if (typeof value !== 'object' || value === null) return value
  if (Array.isArray(value)) {
    const items = value.map((item) => dropped(item, `${place}[]`, defaulted))
    return items.some((item, i) => item !== value[i]) ? items : value
  }
  const entries = Object.entries(value)
  const kept = entries.flatMap(([key, item]) => {
    const at = place === '' ? key : `${place}.${key}`
    return item === null && defaulted.has(at) ? [] : [[key, dropped(item, at, defaulted)] as const]
  })
  const isSame = kept.length === entries.length && kept.every(([, item], i) => item === entries[i]![1])
  return isSame ? value : Object.fromEntries(kept)
}
