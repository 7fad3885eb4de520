import type { ObservedCall } from '../../vectors/mesh-observed/case.ts'
import type { Draw } from '../draw.ts'
import { type Document, document, gatewayApiDocument, securityDocument } from './document.ts'
import type { Json } from './matches.ts'
import type { Subject } from './scenery.ts'
import { keySets, tokens } from './tokens.ts'

/** Tokens at a gateway and at pods: where they stand, who refuses them, what is told of them, and rules that ask what they claim. */
export const authentication: Subject = (draw, count) => {
  const policies = draw.many(1, 3, (i) => requestAuthentication(draw, i))
  const managed = draw.chance(0.3)
  const atGateway = managed ? managedGateway : [gateway, virtualService(draw)]
  const from = managed ? 'gateway:gate.default' : 'ingressgateway'
  return { config: [...atGateway, ...policies], calls: Array.from({ length: count }, () => call(draw, from)) }
}

/** Policies may name it. */
const managedGateway = [
  gatewayApiDocument('Gateway', 'gate', 'default', { gatewayClassName: 'istio', listeners: [{ name: 'http', port: 80, protocol: 'HTTP' }] }),
  gatewayApiDocument('HTTPRoute', 'shop', 'default', { parentRefs: [{ name: 'gate' }], rules: [{ backendRefs: [{ name: 'b', port: 80 }] }] }),
]

const gateway = document('Gateway', 'gw', 'default', {
  selector: { istio: 'ingressgateway' },
  servers: [{ port: { number: 80, name: 'http', protocol: 'HTTP' }, hosts: ['*'] }],
})

const gateReference: Json = { group: 'gateway.networking.k8s.io', kind: 'Gateway', name: 'gate' }

/** With a namespace that it may stand in: pods of all are selected by those of the root namespace. */
const selections: readonly (readonly [string, Json])[] = [
  ['istio-system', { selector: { matchLabels: { istio: 'ingressgateway' } } }],
  ['istio-system', { selector: { matchLabels: { istio: 'ingressgateway' } } }],
  ['default', { selector: { matchLabels: { app: 'b' } } }],
  ['default', { selector: { matchLabels: { app: 'c', version: 'v1' } } }],
  ['istio-system', { selector: { matchLabels: { app: 'b' } } }],
  ['istio-system', {}],
  ['other', {}],
  ['default', { targetRef: gateReference }],
  ['default', { targetRefs: [gateReference] }],
  ['default', { targetRefs: [{ ...gateReference, name: 'another' }] }],
  ['other', { targetRefs: [gateReference] }],
  ['default', { selector: { matchLabels: { 'gateway.networking.k8s.io/gateway-name': 'gate' } } }],
]

function requestAuthentication(draw: Draw, index: number): Document {
  const [namespace, selection] = draw.one(selections)
  const spec = { ...selection, ...draw.maybe(0.95, () => ({ jwtRules: draw.many(1, 2, () => jwtRule(draw)) })) }
  return securityDocument('RequestAuthentication', `tokens-${index}`, namespace, spec)
}

const audiences = [['web'], ['app'], ['web', 'app'], ['nobody']]

/** istiod takes them; Envoy refuses a listener that asks for them. */
const unusable = ['{"keys":[]}', `${keySets['shop']!} x`, '{"keys":[{"kty":"RSA","n":"AQAB","e":"AQAB"}]}', '{"kty":"oct","k":"c2VjcmV0"}']

function jwtRule(draw: Draw): Json {
  const issuer = draw.one(['shop', 'shop', 'partner'])
  return {
    issuer,
    jwks: draw.chance(0.06) ? draw.one(unusable) : keySets[draw.chance(0.9) ? issuer : 'partner'],
    ...draw.maybe(0.25, () => ({ audiences: draw.one(audiences) })),
    ...draw.maybe(0.35, () => places(draw)),
    ...draw.maybe(0.3, () => ({ forwardOriginalToken: draw.chance(0.7) })),
    ...draw.maybe(0.2, () => ({ outputPayloadToHeader: 'X-Payload' })),
    ...draw.maybe(0.35, () => ({ outputClaimToHeaders: draw.some(outputs, 1, 3) })),
    ...draw.maybe(0.15, () => ({ spaceDelimitedClaims: ['roles'] })),
    ...draw.maybe(0.1, () => ({ timeout: '2s' })),
  }
}

const outputs: readonly Json[] = [
  { header: 'x-user', claim: 'sub' },
  { header: 'X-Level', claim: 'level.name' },
  { header: 'x-rank', claim: 'level.rank' },
  { header: 'x-groups', claim: 'groups' },
  { header: 'x-active', claim: 'active' },
]

function places(draw: Draw): Json {
  const all: readonly Json[] = [
    { fromHeaders: draw.some<Json>([{ name: 'x-token' }, { name: 'Authorization', prefix: 'Bearer ' }, { name: 'x-jwt', prefix: 'jwt=' }], 1, 2) },
    { fromParams: draw.some(['token', 'access_token'], 1, 2) },
    { fromCookies: ['session'] },
  ]
  return Object.assign({}, ...draw.some(all, 1, 2)) as Json
}

function virtualService(draw: Draw): Document {
  const http = [
    ...draw.many(1, 4, (i) => ({
      name: `rule-${i}`,
      match: draw.many(1, 2, () => ({
        ...draw.maybe(0.3, () => ({ uri: { prefix: '/x' } })),
        ...(draw.chance(0.8) ? { headers: claims(draw) } : { withoutHeaders: claims(draw) }),
      })),
      route: [{ destination: { host: draw.one(['b', 'c']) } }],
    })),
    ...draw.perhaps(0.8, () => ({ route: [{ destination: { host: 'b' } }] })),
  ]
  return document('VirtualService', 'shop', 'default', { hosts: ['shop.example.com'], gateways: ['gw'], http })
}

function claims(draw: Draw): Json {
  const names = ['groups', 'sub', 'scope', 'roles', 'level.name', 'aud', 'active', '[level][name]', '[groups]']
  return Object.fromEntries(
    draw.some(names, 1, 2).map((name) => [`@request.auth.claims${name.startsWith('[') ? '' : '.'}${name}`, draw.chance(0.12) ? {} : value(draw)]),
  )
}

function value(draw: Draw): Json {
  const word = draw.one(['admin', 'dev', 'jason', 'anna', 'read', 'gold', 'web', 'true'])
  return draw.one<Json>([{ exact: word }, { exact: word }, { prefix: word.slice(0, 2) }, { regex: `${word.slice(0, 1)}.*` }])
}

function call(draw: Draw, gate: string): ObservedCall {
  const atGateway = draw.chance(0.65)
  const shown = draw.many(draw.chance(0.15) ? 0 : 1, draw.chance(0.15) ? 2 : 1, () => placed(draw))
  const query = shown.flatMap(({ query }) => query ?? [])
  const headers = Object.assign({}, ...shown.map(({ headers }) => headers ?? {}), ...draw.perhaps(0.1, () => ({ 'x-user': 'me' }))) as Record<
    string,
    string
  >
  const host = atGateway ? 'shop.example.com' : draw.one(['b.default', 'b.default', 'c.default', 'd.other'])
  return {
    from: atGateway ? gate : draw.one(['a.default', 'a.default', 'd.other']),
    request: `GET http://${host}/${draw.one(['', 'x', 'y'])}${query.length > 0 ? `?${query.join('&')}` : ''}`,
    ...(Object.keys(headers).length > 0 && { headers }),
  }
}

/** A token in one of the places that are looked at, or in none. */
function placed(draw: Draw): { readonly headers?: Record<string, string>; readonly query?: string } {
  const name = draw.one([...Object.keys(tokens), 'jason', 'jason', 'anna', 'anna', 'partner'])
  const token = draw.chance(0.04) ? draw.one(['', 'a.b', 'a.b.c', `${tokens[name]}x`]) : tokens[name]!
  return draw.one([
    () => ({ headers: { authorization: `Bearer ${token}` } }),
    () => ({ headers: { authorization: `Bearer ${token}` } }),
    () => ({ headers: { authorization: `Bearer ${token}` } }),
    () => ({ headers: { authorization: draw.one([`bearer ${token}`, token, `Bearer  ${token}`, `Basic ${token}`]) } }),
    () => ({ headers: { 'x-token': token } }),
    () => ({ headers: { 'x-jwt': draw.one([`jwt=${token}`, token, `a jwt=${token}`]) } }),
    () => ({ headers: { cookie: `a=b; session=${token}` } }),
    () => ({ query: `token=${token}` }),
    () => ({ query: `q=1&access_token=${token}` }),
  ])()
}
