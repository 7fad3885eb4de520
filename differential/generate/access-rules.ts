import type { Draw } from '../draw.ts'
import type { Json } from './matches.ts'

/** What rules may speak of. */
export interface Access {
  readonly accounts: readonly string[]
}

/** A rule of an AuthorizationPolicy: mostly of one part, so that some calls fulfil it and others do not. */
export function accessRules(draw: Draw, access: Access): Json {
  const parts = draw.some(['from', 'to', 'when'], draw.chance(0.05) ? 0 : 1, draw.chance(0.3) ? 3 : 1)
  return {
    ...(parts.includes('from') && { from: draw.many(1, 2, () => ({ source: source(draw, access) })) }),
    ...(parts.includes('to') && { to: draw.many(1, 2, () => ({ operation: fieldsOf(draw, operations) })) }),
    ...(parts.includes('when') && { when: draw.many(1, 2, () => condition(draw, access)) }),
  }
}

type Words = Readonly<Record<string, readonly string[]>>

const principals = [
  ...[
    'cluster.local/ns/default/sa/reader',
    'cluster.local/ns/default/sa/default',
    'cluster.local/ns/other/sa/reader',
    'old.local/ns/default/sa/reader',
  ],
  ...['*/sa/reader', 'cluster.local/ns/default*', '*', '*.local/ns/default/sa/reader', 'else.local/ns/default/sa/reader', '*/ns/other/sa/reader'],
]
const namespaces = ['default', 'other', 'def*', '*er', '*', 'nobody']
const trustDomains = ['cluster.local', 'old.local', '*.local', 'td*', '*']
const addresses = ['10.244.0.0/16', '198.51.100.10', '198.51.100.0/24', '192.0.2.0/24', '10.244.0.2', '0.0.0.0/0', '203.0.113.5']
const subjects = ['shop/jason', 'shop/*', '*/anna', '*', 'partner/bob', 'elsewhere/*']
const ports = ['8080', '80', '9000', '7000', '9090', '31400']

const sources: Words = {
  principals,
  namespaces,
  requestPrincipals: subjects,
  trustDomains,
  ipBlocks: addresses,
  remoteIpBlocks: addresses,
}

const operations: Words = {
  hosts: ['m.default', 'm', '*.default', 'm*', '*', 'shop.example.com', '*.example.com', 'M.DEFAULT', 'm.default:9090', 'nobody.example.org'],
  ports,
  methods: ['GET', 'POST', 'P*', '*T', '*', 'DELETE'],
  paths: ['/admin', '/admin*', '*.php', '*', '/shop/{*}', '/shop/{**}', '/t/{*}/x', '/u/{**}', '/shop/items', '/', '*/x', '/u/{*}/{**}'],
}

function source(draw: Draw, { accounts }: Access): Json {
  // istiod takes accounts beside neither principals nor namespaces.
  if (draw.chance(0.2)) return { [draw.one(['serviceAccounts', 'serviceAccounts', 'notServiceAccounts'])]: draw.some(accounts, 1, 2) }
  return fieldsOf(draw, sources)
}

/** One or two of them, said or denied. */
function fieldsOf(draw: Draw, words: Words): Json {
  const chosen = draw.some(Object.keys(words), 1, draw.chance(0.3) ? 2 : 1)
  return Object.assign(
    {},
    ...chosen.map((name) => {
      const denied = `not${name[0]!.toUpperCase()}${name.slice(1)}`
      const values = (): string[] => draw.some(words[name]!, 1, 2)
      return draw.one<Json>([{ [name]: values() }, { [name]: values() }, { [denied]: values() }, { [name]: values(), [denied]: values() }])
    }),
  ) as Json
}

const conditions: Words = {
  'request.headers[x-env]': ['prod', 'pro*', '*od', '*', 'dev'],
  'request.headers[X-Env]': ['prod', '*'],
  'request.headers[:method]': ['GET', 'P*'],
  'request.auth.principal': subjects,
  'request.auth.audiences': ['web', 'app', 'w*', '*'],
  'request.auth.presenter': ['web', '*'],
  'request.auth.claims[groups]': ['admin', 'dev', 'ad*', '*'],
  'request.auth.claims[scope]': ['read', 'read write', '*'],
  'request.auth.claims[sub]': ['jason', 'ja*', '*a'],
  'request.auth.claims[level][name]': ['gold', 'go*'],
  'request.auth.claims[level][rank]': ['3'],
  'request.auth.claims[active]': ['true', '*'],
  'source.ip': addresses,
  'remote.ip': addresses,
  'source.namespace': namespaces,
  'source.principal': principals,
  'source.trustDomain': trustDomains,
  'destination.ip': ['10.244.0.0/16', '10.244.0.2', '192.0.2.0/24', '0.0.0.0/0'],
  'destination.port': ports,
  'connection.sni': ['*', 'outbound*', '*.cluster.local', 'shop.example.com'],
}

function condition(draw: Draw, { accounts }: Access): Json {
  const all: Words = { ...conditions, 'source.serviceAccount': accounts }
  const key = draw.one(Object.keys(all))
  const values = (): string[] => draw.some(all[key]!, 1, 2)
  return { key, ...draw.one<Json>([{ values: values() }, { values: values() }, { notValues: values() }, { values: values(), notValues: values() }]) }
}
