import { expect, test } from 'vitest'
import { readText } from './read.ts'
import { checkReferences } from './references.ts'

const services =
  'apiVersion: v1\nkind: Service\nmetadata: {name: reviews}\nspec: {ports: [{port: 80}]}\n---\napiVersion: v1\nkind: Service\nmetadata: {name: ratings, namespace: prod}\n'
const subsets =
  'apiVersion: networking.istio.io/v1\nkind: DestinationRule\nmetadata: {name: reviews}\nspec: {host: reviews, subsets: [{name: v1}, {name: v2}]}\n'
const gateway = 'apiVersion: networking.istio.io/v1\nkind: Gateway\nmetadata: {name: gw}\nspec: {servers: []}\n'
const external = 'apiVersion: networking.istio.io/v1\nkind: ServiceEntry\nmetadata: {name: ext}\nspec: {hosts: ["*.example.com"]}\n'
const rule = (name: string, spec: string): string =>
  `apiVersion: networking.istio.io/v1\nkind: VirtualService\nmetadata: {name: ${name}}\nspec: ${spec}\n`
const to = (destination: string): string => rule('vs', `{hosts: [reviews], http: [{route: [{destination: ${destination}}]}]}`)

const cases: readonly { about: string; documents: string[]; found: string[]; whole?: boolean }[] = [
  { about: 'all there', documents: [services, subsets, to('{host: reviews, subset: v2}')], found: [] },
  { about: 'an unknown host', documents: [services, to('{host: review}')], found: ['UNKNOWN_HOST spec.http.0.route.0.destination.host'] },
  {
    about: 'a name with a dot is no short name',
    documents: [services, to('{host: ratings.prod}')],
    found: ['UNKNOWN_HOST spec.http.0.route.0.destination.host'],
  },
  { about: 'a host below a wildcard of a ServiceEntry', documents: [external, to('{host: api.example.com}')], found: [] },
  { about: 'no services at all: they live elsewhere', documents: [to('{host: review}')], found: [] },
  {
    about: 'no services at all, and that is the whole mesh',
    documents: [to('{host: review}')],
    whole: true,
    found: ['UNKNOWN_HOST spec.http.0.route.0.destination.host'],
  },
  {
    about: 'an unknown subset',
    documents: [subsets, to('{host: reviews, subset: v3}')],
    found: ['UNKNOWN_SUBSET spec.http.0.route.0.destination.subset'],
  },
  {
    about: 'mirrors too',
    documents: [services, rule('vs', '{hosts: [reviews], http: [{mirror: {host: nope}, mirrors: [{destination: {host: nope}}]}]}')],
    found: ['UNKNOWN_HOST spec.http.0.mirrors.0.destination.host', 'UNKNOWN_HOST spec.http.0.mirror.host'],
  },
  {
    about: 'a gateway by its names',
    documents: [gateway, rule('vs', '{hosts: [a.com], gateways: [gw, default/gw, ./gw, gw.default.svc.cluster.local, mesh]}')],
    found: [],
  },
  {
    about: 'an unknown gateway',
    documents: [gateway, rule('vs', '{hosts: [a.com], gateways: [gateway]}')],
    found: ['UNKNOWN_GATEWAY spec.gateways.0'],
  },
  {
    about: 'gateways of a namespace that has none live elsewhere',
    documents: [gateway, rule('vs', '{hosts: [a.com], gateways: [other/gw]}')],
    found: [],
  },
  {
    about: 'unless that is the whole mesh',
    documents: [gateway, rule('vs', '{hosts: [a.com], gateways: [other/gw]}')],
    whole: true,
    found: ['UNKNOWN_GATEWAY spec.gateways.0'],
  },
  { about: 'no DestinationRule for that host', documents: [subsets, to('{host: ratings, subset: v3}')], found: [] },
  {
    about: 'no DestinationRule for that host in the whole mesh',
    documents: [services, subsets, to('{host: ratings.prod.svc.cluster.local, subset: v3}')],
    whole: true,
    found: ['UNKNOWN_SUBSET spec.http.0.route.0.destination.subset'],
  },
  { about: 'services of a namespace that has none live elsewhere', documents: [services, to('{host: a.test.svc.cluster.local}')], found: [] },
  {
    about: 'a short name means the own namespace, though the service is in another',
    documents: [services.replace('name: reviews', 'name: shop'), to('{host: ratings}').replace('name: vs', 'name: vs, namespace: test')],
    found: ['UNKNOWN_HOST spec.http.0.route.0.destination.host'],
  },
  { about: 'a ServiceEntry alone says nothing of the services', documents: [external, to('{host: reviews}')], found: [] },
  {
    about: 'two rules on one host, under two names of it',
    documents: [rule('one', '{hosts: [reviews]}'), rule('two', '{hosts: [b, reviews.default.svc.cluster.local]}')],
    found: ['CONFLICTING_HOSTS spec.hosts.1'],
  },
  {
    about: 'two rules at a gateway are merged',
    documents: [rule('one', '{hosts: [a.com], gateways: [gw]}'), rule('two', '{hosts: [a.com], gateways: [gw]}')],
    found: [],
  },
  { about: 'the same rule twice is an update', documents: [rule('one', '{hosts: [reviews]}'), rule('one', '{hosts: [reviews]}')], found: [] },
]

for (const { about, documents, found, whole } of cases)
  test(about, () => {
    const { resources } = readText(documents.join('---\n'), 'a.yaml')
    const errors = checkReferences(resources, whole === undefined ? {} : { whole })
    expect(errors.map((error) => `${error.code} ${error.details.origin?.path.join('.')}`)).toEqual(found)
  })

test('the message says what is meant', () => {
  const { resources } = readText([services, to('{host: ratings.prod}')].join('---\n'), 'a.yaml')
  expect(checkReferences(resources)[0]?.message).toBe(
    'a.yaml:13:57 UNKNOWN_HOST VirtualService default/vs spec.http[0].route[0].destination.host: host "ratings.prod" is no Service and no host of a ServiceEntry\n' +
      '  hint: write ratings.prod.svc.cluster.local: a name with a dot is taken as it is written',
  )
})
