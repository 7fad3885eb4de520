/** What the schema of a field says beyond its type. Patterns are those of the CRDs. */
export interface Bound {
  readonly min?: number
  readonly max?: number
  readonly minItems?: number
  readonly maxItems?: number
  readonly minLength?: number
  readonly maxLength?: number
  readonly pattern?: RegExp
  readonly values?: readonly number[]
  /** No entry occurs twice. */
  readonly isSet?: true
  readonly maxProperties?: number
}

const dns = /^[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*$/
const port: Bound = { min: 1, max: 65535 }
const name: Bound = { minLength: 1, maxLength: 253 }
const section: Bound = { ...name, pattern: dns }
const hostname: Bound = { ...name, pattern: /^(\*\.)?[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*$/ }
const exactHostname: Bound = { ...name, pattern: dns }
const namespace: Bound = { minLength: 1, maxLength: 63, pattern: /^[a-z0-9]([-a-z0-9]*[a-z0-9])?$/ }
const kind: Bound = { minLength: 1, maxLength: 63, pattern: /^[a-zA-Z]([-a-zA-Z0-9]*[a-zA-Z0-9])?$/ }
const group: Bound = { maxLength: 253, pattern: /^$|^[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*$/ }
const headerName: Bound = { minLength: 1, maxLength: 256, pattern: /^[A-Za-z0-9!#$%&'*+\-.^_`|~]+$/ }
const headerValue: Bound = { minLength: 1, maxLength: 4096, pattern: /^[!-~]+([\t ]?[!-~]+)*$/ }
const optionValue: Bound = { maxLength: 4096 }
const duration: Bound = { pattern: /^([0-9]{1,5}(h|m|s|ms)){1,4}$/ }
const origin: Bound = {
  minLength: 1,
  maxLength: 253,
  pattern: /(^\*$)|(^(http(s)?):\/\/(((\*\.)?([a-zA-Z0-9-]+\.)*[a-zA-Z0-9-]+|\*)(:([0-9]{1,5}))?)$)/,
}

const domainPath = /^[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*\/[A-Za-z0-9/\-._~%!$&'()*+,;=:]+$/
/** As it is written: its ends hold for the first and the last of the choices alone. */
const addressType =
  /^Hostname|IPAddress|NamedAddress|[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*\/[A-Za-z0-9/\-._~%!$&'()*+,;=:]+$/
const wellKnown = /^(System|([a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*\/([A-Za-z0-9][-A-Za-z0-9_.]{0,61})?[A-Za-z0-9]))$/

type Bounds = Readonly<Record<string, Bound>>

/** The same bounds under each of some places. */
function under(places: readonly string[], bounds: Bounds): Bounds {
  return Object.fromEntries(places.flatMap((place) => Object.entries(bounds).map(([field, bound]) => [`${place}.${field}`, bound])))
}

const reference: Bounds = { group, kind, name, namespace }
const backend: Bounds = { ...reference, port }
const filterPlaces = ['spec.rules[].filters[]', 'spec.rules[].backendRefs[].filters[]']
const headerFilters = under(['requestHeaderModifier', 'responseHeaderModifier'], {
  set: { maxItems: 16 },
  add: { maxItems: 16 },
  remove: { maxItems: 16, isSet: true },
  'set[].name': headerName,
  'set[].value': headerValue,
  'add[].name': headerName,
  'add[].value': headerValue,
})
const filters: Bounds = {
  ...headerFilters,
  ...under(['requestMirror.backendRef', 'externalAuth.backendRef'], backend),
  'requestMirror.percent': { min: 0, max: 100 },
  'requestMirror.fraction.numerator': { min: 0 },
  'requestMirror.fraction.denominator': { min: 1 },
  'requestRedirect.hostname': exactHostname,
  'requestRedirect.port': port,
  'requestRedirect.statusCode': { values: [301, 302, 303, 307, 308] },
  ...under(['requestRedirect.path', 'urlRewrite.path'], { replaceFullPath: { maxLength: 1024 }, replacePrefixMatch: { maxLength: 1024 } }),
  'urlRewrite.hostname': exactHostname,
  'cors.allowOrigins': { maxItems: 64, isSet: true },
  'cors.allowOrigins[]': origin,
  'cors.allowMethods': { maxItems: 9, isSet: true },
  'cors.allowHeaders': { maxItems: 64, isSet: true },
  'cors.exposeHeaders': { maxItems: 64, isSet: true },
  'cors.allowHeaders[]': headerName,
  'cors.exposeHeaders[]': headerName,
  'cors.maxAge': { min: 1 },
  ...under(['externalAuth.grpc', 'externalAuth.http'], { allowedHeaders: { maxItems: 64, isSet: true } }),
  'externalAuth.http.allowedResponseHeaders': { maxItems: 64, isSet: true },
  'externalAuth.http.path': { maxLength: 1024, pattern: /^(?:[-A-Za-z0-9/._~!$&'()*+,;=:@]|[%][0-9a-fA-F]{2})+$/ },
  'extensionRef.group': group,
  'extensionRef.kind': kind,
  'extensionRef.name': name,
}

const routes: Bounds = {
  'spec.parentRefs': { maxItems: 32 },
  ...under(['spec.parentRefs[]'], { ...reference, sectionName: section, port }),
  'spec.hostnames': { maxItems: 16 },
  'spec.hostnames[]': hostname,
  'spec.rules[].name': section,
  'spec.rules[].backendRefs': { maxItems: 16 },
  ...under(['spec.rules[].backendRefs[]'], { ...backend, weight: { min: 0, max: 1_000_000 } }),
}

const requestRoutes: Bounds = {
  ...routes,
  'spec.rules': { minItems: 1, maxItems: 16 },
  'spec.rules[].matches': { maxItems: 64 },
  'spec.rules[].matches[].headers': { maxItems: 16 },
  'spec.rules[].matches[].headers[].name': headerName,
  'spec.rules[].matches[].headers[].value': { minLength: 1, maxLength: 4096 },
  'spec.rules[].filters': { maxItems: 16 },
  'spec.rules[].backendRefs[].filters': { maxItems: 16 },
  'spec.rules[].sessionPersistence.absoluteTimeout': duration,
  'spec.rules[].sessionPersistence.sessionName': { maxLength: 128 },
  ...under(filterPlaces, filters),
}

const listeners: Bounds = {
  'spec.listeners': { minItems: 1, maxItems: 64 },
  ...under(['spec.listeners[]'], {
    name: section,
    port,
    hostname,
    protocol: {
      minLength: 1,
      maxLength: 255,
      pattern: /^[a-zA-Z0-9]([-a-zA-Z0-9]*[a-zA-Z0-9])?$|[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*\/[A-Za-z0-9]+$/,
    },
    'tls.certificateRefs': { maxItems: 64 },
    'tls.options': { maxProperties: 16 },
    'tls.options{}': optionValue,
    'allowedRoutes.kinds': { maxItems: 8 },
  }),
  ...under(['spec.listeners[].tls.certificateRefs[]'], reference),
  ...under(['spec.listeners[].allowedRoutes.kinds[]'], { group, kind }),
}

const connectionRoutes: Bounds = { ...routes, 'spec.rules': { minItems: 1, maxItems: 1 }, 'spec.rules[].backendRefs': { minItems: 1, maxItems: 16 } }

const earlierConnectionRoutes: Bounds = { ...connectionRoutes, 'spec.rules': { minItems: 1, maxItems: 16 } }

/** By kind, or version and kind where an older version has other bounds, and the path of a field with `[]` for each entry of a list, `{}` for each value of a map. */
export const bounds: Readonly<Record<string, Bounds>> = {
  GatewayClass: {
    'spec.description': { maxLength: 64 },
    'spec.controllerName': { ...name, pattern: domainPath },
    ...under(['spec.parametersRef'], reference),
  },
  Gateway: {
    ...listeners,
    'spec.gatewayClassName': name,
    'spec.addresses': { maxItems: 16 },
    'spec.addresses[].type': { ...name, pattern: addressType },
    'spec.addresses[].value': { maxLength: 253 },
    'spec.infrastructure.annotations': { maxProperties: 16 },
    'spec.infrastructure.annotations{}': optionValue,
    'spec.infrastructure.labels': { maxProperties: 8 },
    'spec.infrastructure.labels{}': { maxLength: 63, pattern: /^(([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9])?$/ },
    ...under(['spec.infrastructure.parametersRef'], reference),
    'spec.tls.frontend.perPort': { maxItems: 64 },
    'spec.tls.frontend.perPort[].port': port,
    ...under(['spec.tls.backend.clientCertificateRef'], reference),
    ...under(['spec.tls.frontend.default.validation', 'spec.tls.frontend.perPort[].tls.validation'], {
      caCertificateRefs: { minItems: 1, maxItems: 16 },
      ...under(['caCertificateRefs[]'], reference),
    }),
  },
  ListenerSet: { ...listeners, ...under(['spec.parentRef'], reference) },
  HTTPRoute: {
    ...requestRoutes,
    'spec.rules[].matches[].headers[].value': headerValue,
    'spec.rules[].matches[].path.value': { maxLength: 1024 },
    'spec.rules[].matches[].queryParams': { maxItems: 16 },
    'spec.rules[].matches[].queryParams[].name': headerName,
    'spec.rules[].matches[].queryParams[].value': { minLength: 1, maxLength: 1024 },
    'spec.rules[].timeouts.request': duration,
    'spec.rules[].timeouts.backendRequest': duration,
    'spec.rules[].retry.codes': { isSet: true },
    'spec.rules[].retry.codes[]': { min: 400, max: 599 },
    'spec.rules[].retry.attempts': { min: 1 },
    'spec.rules[].retry.backoff': duration,
  },
  GRPCRoute: {
    ...requestRoutes,
    'spec.rules': { maxItems: 16 },
    'spec.rules[].matches[].method.service': { maxLength: 1024 },
    'spec.rules[].matches[].method.method': { maxLength: 1024 },
  },
  TCPRoute: connectionRoutes,
  UDPRoute: connectionRoutes,
  TLSRoute: { ...connectionRoutes, 'spec.hostnames': { minItems: 1, maxItems: 1024 } },
  // What these kinds were before they came to v1.
  'v1alpha2/TCPRoute': earlierConnectionRoutes,
  'v1alpha2/UDPRoute': earlierConnectionRoutes,
  'v1alpha2/TLSRoute': { ...earlierConnectionRoutes, 'spec.hostnames': { maxItems: 1024 } },
  ReferenceGrant: {
    'spec.from': { minItems: 1, maxItems: 16 },
    'spec.to': { minItems: 1, maxItems: 16 },
    ...under(['spec.from[]', 'spec.to[]'], reference),
  },
  BackendTLSPolicy: {
    'spec.targetRefs': { minItems: 1, maxItems: 16 },
    ...under(['spec.targetRefs[]'], { group, kind, name, sectionName: section }),
    'spec.validation.hostname': exactHostname,
    'spec.validation.caCertificateRefs': { maxItems: 8 },
    ...under(['spec.validation.caCertificateRefs[]'], { group, kind, name }),
    'spec.validation.wellKnownCACertificates': { ...name, pattern: wellKnown },
    'spec.validation.subjectAltNames': { maxItems: 5 },
    'spec.validation.subjectAltNames[].hostname': hostname,
    'spec.validation.subjectAltNames[].uri': { ...name, pattern: /^(([^:/?#]+):)(\/\/([^/?#]*))([^?#]*)(\?([^#]*))?(#(.*))?/ },
    'spec.options': { maxProperties: 16 },
    'spec.options{}': optionValue,
  },
}
