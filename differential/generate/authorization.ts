import type { ObservedCall } from '../../vectors/mesh-observed/case.ts'
import type { Draw } from '../draw.ts'
import { type Access, accessRules } from './access-rules.ts'
import { pathVariant } from './aimed-calls.ts'
import { keySets, tokens } from './tokens.ts'
import { type Document, document, gatewayApiDocument, securityDocument } from './document.ts'
import { deployment, service } from './manifests.ts'
import type { Json } from './matches.ts'
import type { Subject } from './scenery.ts'

/** Who may do what: policies of every action for pods and gateways, and callers of different namespaces and accounts, with tokens and without. */
export const authorization: Subject = (draw, count) => {
  const managed = draw.chance(0.25)
  const policies = draw.many(1, 4, (i) => policy(draw, i))
  const config = [
    ...workloads,
    ...(managed ? managedGateway : gateway),
    ...(draw.chance(0.5) ? [requestAuthentication(draw)] : []),
    ...draw.perhaps(0.25, () => securityDocument('PeerAuthentication', 'strict', 'default', { mtls: { mode: 'STRICT' } })),
    ...policies,
    ...draw.perhaps(0.3, () => customPolicy(draw)),
  ]
  return {
    config,
    calls: Array.from({ length: count }, () => call(draw, managed ? 'gateway:gate.default' : 'ingressgateway')),
    inbound: ['m-v1.default', 'b-v1.default', 'b-v2.default', 'd.other'],
    meshConfig: { ...draw.maybe(0.25, () => meshConfig(draw)), extensionProviders: [guard(draw)] },
    behaviour: { 'guard.default': draw.one(answersOfGuard) },
  }
}

const containerPorts = [8080, 9090, 9000, 7000].map((containerPort) => ({ containerPort }))

/** A service of ports of every kind, and callers with an account of their own. */
const workloads: readonly Document[] = [
  service('m', 'default', 0, {
    ports: [
      { name: 'http', port: 80, targetPort: 8080 },
      { name: 'http-alt', port: 9090, targetPort: 9090 },
      { name: 'tcp-m', port: 9000, targetPort: 9000 },
      { name: 'any', port: 7000, targetPort: 7000 },
    ],
  }),
  service('guard', 'default', 1, { ports: [{ name: 'http', port: 80, targetPort: 8080 }] }),
  deployment('guard', 'default', { labels: { app: 'guard', version: 'v1' }, containerPorts: [{ containerPort: 8080 }] }),
  deployment('m-v1', 'default', { labels: { app: 'm', version: 'v1' }, containerPorts }),
  ...['default', 'other'].map((namespace) =>
    deployment('reader', namespace, { labels: { app: 'reader', version: 'v1' }, podSpec: { serviceAccountName: 'reader' } }),
  ),
]

const gateway: readonly Document[] = [
  document('Gateway', 'gw', 'default', {
    selector: { istio: 'ingressgateway' },
    servers: [
      { port: { number: 80, name: 'http', protocol: 'HTTP' }, hosts: ['*'] },
      { port: { number: 31400, name: 'tcp', protocol: 'TCP' }, hosts: ['*'] },
    ],
  }),
  document('VirtualService', 'all', 'default', {
    hosts: ['*'],
    gateways: ['gw'],
    http: [
      { match: [{ uri: { prefix: '/admin' } }], route: [{ destination: { host: 'b' } }] },
      { route: [{ destination: { host: 'm', port: { number: 80 } } }] },
    ],
    tcp: [{ match: [{ port: 31400 }], route: [{ destination: { host: 'm', port: { number: 9000 } } }] }],
  }),
]

/** Policies may name it. */
const managedGateway: readonly Document[] = [
  gatewayApiDocument('Gateway', 'gate', 'default', { gatewayClassName: 'istio', listeners: [{ name: 'http', port: 80, protocol: 'HTTP' }] }),
  gatewayApiDocument('HTTPRoute', 'all', 'default', { parentRefs: [{ name: 'gate' }], rules: [{ backendRefs: [{ name: 'm', port: 80 }] }] }),
]

const gateReference: Json = { group: 'gateway.networking.k8s.io', kind: 'Gateway', name: 'gate' }

/** With a namespace that it may stand in: pods of all are selected by those of the root namespace. */
const selections: readonly (readonly [string, Json])[] = [
  ['default', { selector: { matchLabels: { app: 'm' } } }],
  ['default', { selector: { matchLabels: { app: 'm' } } }],
  ['default', { selector: { matchLabels: { app: 'b' } } }],
  ['default', { selector: { matchLabels: { app: 'b', version: 'v1' } } }],
  ['default', {}],
  ['other', {}],
  ['istio-system', {}],
  ['istio-system', { selector: { matchLabels: { app: 'm' } } }],
  ['istio-system', { selector: { matchLabels: { istio: 'ingressgateway' } } }],
  ['istio-system', { selector: { matchLabels: { istio: 'ingressgateway' } } }],
  ['default', { targetRef: gateReference }],
  ['default', { targetRefs: [gateReference] }],
  ['other', { targetRefs: [gateReference] }],
  ['default', { targetRefs: [{ group: '', kind: 'Service', name: 'm' }] }],
]

function policy(draw: Draw, index: number): Document {
  const [namespace, selection] = draw.one(selections)
  const action = draw.one(['ALLOW', 'ALLOW', 'DENY', 'DENY', 'AUDIT', null])
  const rules =
    action !== 'DENY' && draw.chance(0.06) ? {} : { rules: draw.many(action === 'DENY' ? 1 : 0, 3, () => accessRules(draw, sourceOf(namespace))) }
  const spec = { ...selection, ...(action !== null && { action }), ...rules }
  const dryRun = draw.maybe(action === 'AUDIT' ? 0 : 0.08, () => ({ annotations: { 'istio.io/dry-run': draw.one(['true', 'false', 'T']) } }))
  return securityDocument('AuthorizationPolicy', `policy-${index}`, namespace, spec, dryRun)
}

/** Only of chosen pods: an authorizer that is asked about its own questions asks for ever. */
function customPolicy(draw: Draw): Document {
  const [namespace, selection] = draw.one(selections.filter(([, { selector }]) => selector !== undefined))
  const operation = draw.one<Json>([{ paths: ['/admin*'] }, { methods: ['GET'] }, { paths: ['/shop/*', '/'], methods: ['GET', 'POST'] }])
  const spec = { ...selection, action: 'CUSTOM', provider: { name: draw.one(['guard', 'guard', 'guard', 'nobody']) } }
  return securityDocument('AuthorizationPolicy', 'custom', namespace, { ...spec, rules: draw.one([[{}], [{ to: [{ operation }] }]]) })
}

const answersOfGuard = [
  { status: 200, headers: { 'x-guard': 'in', 'x-user': 'jason' } },
  { status: 403, headers: { 'x-guard': 'out', 'x-user': 'jason' }, body: 'no' },
  { status: 302, headers: { location: 'http://login.example.com/' } },
  { status: 503 },
  { status: 200, delay: '300ms' },
]

const additionalHeaders: readonly Json[] = [
  { 'x-add': 'yes' },
  { 'X-Add': '%REQ(x-env)%', 'x-way': '%REQ(:method)% %PROTOCOL%' },
  { 'x-env': 'mine', 'x-forwarded-for': '192.0.2.1' },
  { authorization: '', 'x-dash': '%REQ(x-none)%' },
]

function guard(draw: Draw): Json {
  const common = {
    service: 'guard.default.svc.cluster.local',
    port: 80,
    ...draw.maybe(0.2, () => ({ failOpen: true })),
    ...draw.maybe(0.2, () => ({ statusOnError: draw.one(['500', '429', '0', '599']) })),
    ...draw.maybe(0.2, () => ({ timeout: draw.one(['0s', '0.1s', '5s']) })),
    ...draw.maybe(0.1, () => ({ clearRouteCache: draw.chance(0.5) })),
    ...draw.maybe(0.2, () => ({ includeRequestBodyInCheck: { maxRequestBytes: draw.one([3, 100]), allowPartialMessage: draw.chance(0.5) } })),
  }
  // What it answers is no answer of gRPC: who is let in then, and what it was told.
  if (draw.chance(0.2)) return { name: 'guard', envoyExtAuthzGrpc: common }
  const provider = {
    ...common,
    ...draw.maybe(0.5, () => ({ includeRequestHeadersInCheck: ['x-env', 'x-for*'] })),
    ...draw.maybe(0.3, () => ({ includeAdditionalHeadersInCheck: draw.one(additionalHeaders) })),
    ...draw.maybe(0.3, () => ({ headersToUpstreamOnAllow: draw.one([['x-user'], ['x-*'], ['*']]), headersToDownstreamOnAllow: ['x-guard'] })),
    ...draw.maybe(0.3, () => ({ headersToDownstreamOnDeny: ['x-g*'] })),
    ...draw.maybe(0.2, () => ({ pathPrefix: '/check' })),
  }
  return { name: 'guard', envoyExtAuthzHttp: provider }
}

/** Gateways see the addresses of clients, sidecars those of pods. */
function sourceOf(namespace: string): Access {
  return { accounts: namespace === 'istio-system' ? ['default/reader', 'other/reader'] : ['reader', 'default', 'other/reader', 'default/default'] }
}

function requestAuthentication(draw: Draw): Document {
  const [namespace, selection] = draw.one(selections.filter(([, { selector, targetRefs }]) => selector !== undefined || targetRefs === undefined))
  return securityDocument('RequestAuthentication', 'tokens', namespace, {
    ...selection,
    jwtRules: ['shop', 'partner'].map((issuer) => ({ issuer, jwks: keySets[issuer], ...draw.maybe(0.2, () => ({ forwardOriginalToken: true })) })),
  })
}

function meshConfig(draw: Draw): Json {
  return draw.one<Json>([
    { trustDomainAliases: ['old.local', 'td1'] },
    { trustDomainAliases: ['old.local', 'td1'] },
    { rootNamespace: 'other' },
    { pathNormalization: { normalization: draw.one(['NONE', 'MERGE_SLASHES', 'DECODE_AND_MERGE_SLASHES']) } },
    { defaultConfig: { gatewayTopology: { numTrustedProxies: 1 } } },
    { enableAutoMtls: false },
  ])
}

const paths = ['/', '/admin', '/admin/x', '/shop', '/shop/items', '/shop/items/9', '/t/a/x', '/t/a/b/x', '/u/a/b', '/u/', '/index.php', '/Admin']

function call(draw: Draw, gate: string): ObservedCall {
  const from = draw.one(['a.default', 'reader.default', 'reader.default', 'reader.other', 'd.other', 'plain', gate, gate])
  const path = draw.one(paths)
  const target = draw.chance(0.75) ? path : pathVariant(draw, path)
  const headers = headersOf(draw)
  return {
    from,
    request: `${draw.one(['GET', 'GET', 'GET', 'POST', 'PUT', 'DELETE'])} http://${hostOf(draw, from)}${target}${draw.one(['', '', '', '?q=1', '?/admin'])}`,
    ...(Object.keys(headers).length > 0 && { headers }),
  }
}

function hostOf(draw: Draw, from: string): string {
  if (from === 'ingressgateway')
    return draw.one(['shop.example.com', 'shop.example.com', 'm.example.com', 'SHOP.example.com', 'shop.example.com:31400'])
  if (from.startsWith('gateway:')) return draw.one(['shop.example.com', 'm.example.com'])
  return draw.one(['m.default', 'm.default', 'm.default', 'm.default:9090', 'm.default:9000', 'm.default:7000', 'b.default', 'b.default', 'd.other'])
}

function headersOf(draw: Draw): Record<string, string> {
  const name = draw.one(Object.keys(tokens))
  return {
    ...draw.maybe(0.35, () => ({ authorization: `Bearer ${tokens[draw.one(['jason', 'anna', 'partner', name])]!}` })),
    ...draw.maybe(0.2, () => ({ 'x-env': draw.one(['prod', 'production', 'dev', '', 'pre,prod']) })),
    ...draw.maybe(0.15, () => ({ 'x-forwarded-for': draw.one(['192.0.2.7', '10.244.0.2', '203.0.113.5, 192.0.2.7', '198.51.100.10']) })),
    ...draw.maybe(0.1, () => ({ host: draw.one(['m', 'm:80', 'M.default', 'shop.example.com', 'nobody.example.org']) })),
  } as Record<string, string>
}
