import type { FieldTree } from '../schema/field-tree.ts'

/**
 * The fields of the Gateway API's kinds as of its release 1.6, experimental ones, too: what `@kubernetes-models/gateway-api` declares is that of 1.0.
 */

type Fields = Readonly<Record<string, FieldTree>>

function object(fields: Fields, required = ''): FieldTree {
  return required === '' ? { f: fields } : { f: fields, r: required.split(' ') }
}

function list(item: FieldTree): FieldTree {
  return { a: item }
}

function oneOf(...texts: string[]): FieldTree {
  return { e: texts }
}

const texts = (names: string): Fields => Object.fromEntries(names.split(' ').map((name) => [name, 's']))

const objectRef = object(texts('group kind name namespace'), 'name')
const fullRef = object(texts('group kind name namespace'), 'group kind name')
const parentRef = object({ ...texts('group kind namespace name sectionName'), port: 'i' }, 'name')
const backendFields: Fields = { ...texts('group kind name namespace'), port: 'i' }
const backend = object(backendFields, 'name')

const namedValues = list(object(texts('name value'), 'name value'))
const headerFilter = object({ set: namedValues, add: namedValues, remove: list('s') })
const pathModifier = object({ type: oneOf('ReplaceFullPath', 'ReplacePrefixMatch'), ...texts('replaceFullPath replacePrefixMatch') }, 'type')
const mirror = object({ backendRef: backend, percent: 'i', fraction: object({ numerator: 'i', denominator: 'i' }, 'numerator') }, 'backendRef')
const cors = object({
  allowOrigins: list('s'),
  allowMethods: list(oneOf('GET', 'HEAD', 'POST', 'PUT', 'DELETE', 'CONNECT', 'OPTIONS', 'TRACE', 'PATCH', '*')),
  allowHeaders: list('s'),
  exposeHeaders: list('s'),
  allowCredentials: 'b',
  maxAge: 'i',
})
const externalAuth = object(
  {
    backendRef: backend,
    protocol: oneOf('HTTP', 'GRPC'),
    forwardBody: object({ maxSize: 'i' }),
    grpc: object({ allowedHeaders: list('s') }),
    http: object({ path: 's', allowedHeaders: list('s'), allowedResponseHeaders: list('s') }),
  },
  'backendRef protocol',
)
const redirect = object({ scheme: oneOf('http', 'https'), hostname: 's', port: 'i', statusCode: 'i', path: pathModifier })

const commonFilters: Fields = {
  requestHeaderModifier: headerFilter,
  responseHeaderModifier: headerFilter,
  requestMirror: mirror,
  extensionRef: object(texts('group kind name'), 'group kind name'),
}
const httpFilter = object(
  {
    type: oneOf(
      'RequestHeaderModifier',
      'ResponseHeaderModifier',
      'RequestMirror',
      'RequestRedirect',
      'URLRewrite',
      'ExtensionRef',
      'CORS',
      'ExternalAuth',
    ),
    ...commonFilters,
    requestRedirect: redirect,
    urlRewrite: object({ hostname: 's', path: pathModifier }),
    cors,
    externalAuth,
  },
  'type',
)
const grpcFilter = object(
  { type: oneOf('RequestHeaderModifier', 'ResponseHeaderModifier', 'RequestMirror', 'ExtensionRef'), ...commonFilters },
  'type',
)

const matchType = oneOf('Exact', 'RegularExpression')
const valueMatches = list(object({ ...texts('name value'), type: matchType }, 'name value'))
const httpMatch = object({
  path: object({ type: oneOf('Exact', 'PathPrefix', 'RegularExpression'), value: 's' }),
  headers: valueMatches,
  queryParams: valueMatches,
  method: oneOf('GET', 'HEAD', 'POST', 'PUT', 'DELETE', 'CONNECT', 'OPTIONS', 'TRACE', 'PATCH'),
})
const grpcMatch = object({ method: object({ type: matchType, ...texts('service method') }), headers: valueMatches })

const sessionPersistence = object({
  ...texts('sessionName absoluteTimeout'),
  type: oneOf('Cookie', 'Header'),
  cookieConfig: object({ lifetimeType: oneOf('Permanent', 'Session') }),
})

const routeHead: Fields = { parentRefs: list(parentRef), useDefaultGateways: oneOf('All', 'None') }
const weightedBackend = (filter: FieldTree): FieldTree => list(object({ ...backendFields, weight: 'i', filters: list(filter) }, 'name'))
const httpRule = object({
  name: 's',
  matches: list(httpMatch),
  filters: list(httpFilter),
  backendRefs: weightedBackend(httpFilter),
  timeouts: object(texts('request backendRequest')),
  retry: object({ codes: list('i'), attempts: 'i', backoff: 's' }),
  sessionPersistence,
})
const grpcRule = object({
  name: 's',
  matches: list(grpcMatch),
  filters: list(grpcFilter),
  backendRefs: weightedBackend(grpcFilter),
  sessionPersistence,
})
const connectionRule = object({ name: 's', backendRefs: list(object({ ...backendFields, weight: 'i' }, 'name')) }, 'backendRefs')

const selector = object({ matchLabels: { m: 's' }, matchExpressions: list(object({ ...texts('key operator'), values: list('s') }, 'key operator')) })
const listener = object(
  {
    ...texts('name protocol hostname'),
    port: 'i',
    tls: object({ mode: oneOf('Terminate', 'Passthrough'), certificateRefs: list(objectRef), options: { m: 's' } }),
    allowedRoutes: object({
      namespaces: object({ from: oneOf('All', 'Selector', 'Same'), selector }),
      kinds: list(object(texts('group kind'), 'kind')),
    }),
  },
  'name port protocol',
)
const frontend = object({
  validation: object({ caCertificateRefs: list(fullRef), mode: oneOf('AllowValidOnly', 'AllowInsecureFallback') }, 'caCertificateRefs'),
})

const gateway = object(
  {
    gatewayClassName: 's',
    listeners: list(listener),
    addresses: list(object(texts('type value'))),
    allowedListeners: object({ namespaces: object({ from: oneOf('All', 'Selector', 'Same', 'None'), selector }) }),
    infrastructure: object({ labels: { m: 's' }, annotations: { m: 's' }, parametersRef: object(texts('group kind name'), 'group kind name') }),
    tls: object({
      backend: object({ clientCertificateRef: objectRef }),
      frontend: object({ default: frontend, perPort: list(object({ port: 'i', tls: frontend }, 'port tls')) }, 'default'),
    }),
    defaultScope: oneOf('All', 'None'),
  },
  'gatewayClassName listeners',
)

const grant = object(
  { from: list(object(texts('group kind namespace'), 'group kind namespace')), to: list(object(texts('group kind name'), 'group kind')) },
  'from to',
)

const backendTlsPolicy = object(
  {
    targetRefs: list(object(texts('group kind name sectionName'), 'group kind name')),
    options: { m: 's' },
    validation: object(
      {
        ...texts('hostname wellKnownCACertificates'),
        caCertificateRefs: list(object(texts('group kind name'), 'group kind name')),
        subjectAltNames: list(object({ type: oneOf('Hostname', 'URI'), ...texts('hostname uri') }, 'type')),
      },
      'hostname',
    ),
  },
  'targetRefs validation',
)

const specs: Readonly<Record<string, FieldTree>> = {
  GatewayClass: object({ ...texts('controllerName description'), parametersRef: fullRef }, 'controllerName'),
  Gateway: gateway,
  ListenerSet: object({ parentRef: objectRef, listeners: list(listener) }, 'parentRef listeners'),
  HTTPRoute: object({ ...routeHead, hostnames: list('s'), rules: list(httpRule) }),
  GRPCRoute: object({ ...routeHead, hostnames: list('s'), rules: list(grpcRule) }),
  TLSRoute: object({ ...routeHead, hostnames: list('s'), rules: list(connectionRule) }, 'hostnames rules'),
  TCPRoute: object({ ...routeHead, rules: list(connectionRule) }, 'rules'),
  UDPRoute: object({ ...routeHead, rules: list(connectionRule) }, 'rules'),
  ReferenceGrant: grant,
  BackendTLSPolicy: backendTlsPolicy,
}

/** Before v1 a TLSRoute could leave the hostnames open. */
const earlier: Readonly<Record<string, FieldTree>> = {
  'v1alpha2/TLSRoute': object({ ...routeHead, hostnames: list('s'), rules: list(connectionRule) }, 'rules'),
}

/** By `group/Kind`, or `group/version/Kind` of an older version that differs. */
export const gatewayApiTrees: ReadonlyMap<string, FieldTree> = new Map(
  Object.entries({ ...specs, ...earlier }).map(([kind, spec]) => [
    `gateway.networking.k8s.io/${kind}`,
    object({ apiVersion: 's', kind: 's', metadata: { $: 'apimachinery/apis/meta/v1/ObjectMeta' }, spec, status: '*' }, 'spec'),
  ]),
)
