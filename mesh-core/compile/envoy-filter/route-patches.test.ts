import { expect, test } from 'vitest'
import type { RouteTable } from '../../ir/route.ts'
import { builtIn } from '../origin.ts'
import type { EnvoyPatch } from './envoy-filters.ts'
import { readRoute } from '../../envoy/route-configuration.ts'
import { gatewayTable, patchTable, sidecarTable } from './route-patches.ts'

const origin = builtIn('test')
const route = (name: string): object => ({ name, match: { prefix: '/' }, direct_response: { status: 200 } })

const table: RouteTable = {
  name: '80',
  ignorePortInHost: true,
  virtualHosts: ['one', 'two'].map((name) => ({
    name: `${name}:80`,
    domains: [name],
    requireTls: false,
    routes: ['a', 'b'].map((own) => readRoute(route(own), origin)),
  })),
}

const patch = (applyTo: string, operation: string, rest: Partial<EnvoyPatch> = {}): EnvoyPatch => ({
  ...{ applyTo, operation, match: {}, value: {}, origin },
  ...rest,
})

function routesOf(...patches: EnvoyPatch[]): string[] {
  return patchTable(table, patches, sidecarTable('80')).virtualHosts.map(({ name, routes }) => `${name} ${routes.map((one) => one.name).join(',')}`)
}

const value = route('new') as Record<string, unknown>
const at = (name: string): EnvoyPatch['match'] => ({ routeConfiguration: { vhost: { name: 'one:80', route: { name } } } })

test.each<[string, EnvoyPatch, string[]]>([
  ['ADD', patch('HTTP_ROUTE', 'ADD', { value }), ['one:80 a,b,new', 'two:80 a,b,new']],
  ['INSERT_FIRST', patch('HTTP_ROUTE', 'INSERT_FIRST', { value, match: at('b') }), ['one:80 new,a,b', 'two:80 a,b']],
  // What is to be first needs what is named to be there.
  ['INSERT_FIRST of a route that is not there', patch('HTTP_ROUTE', 'INSERT_FIRST', { value, match: at('c') }), ['one:80 a,b', 'two:80 a,b']],
  ['INSERT_BEFORE', patch('HTTP_ROUTE', 'INSERT_BEFORE', { value, match: at('b') }), ['one:80 a,new,b', 'two:80 a,b']],
  ['INSERT_BEFORE nothing in particular', patch('HTTP_ROUTE', 'INSERT_BEFORE', { value }), ['one:80 new,a,b', 'two:80 new,a,b']],
  ['INSERT_AFTER', patch('HTTP_ROUTE', 'INSERT_AFTER', { value, match: at('a') }), ['one:80 a,new,b', 'two:80 a,b']],
  ['INSERT_AFTER nothing in particular', patch('HTTP_ROUTE', 'INSERT_AFTER', { value }), ['one:80 a,b,new', 'two:80 a,b,new']],
  ['REMOVE', patch('HTTP_ROUTE', 'REMOVE', { match: at('a') }), ['one:80 b', 'two:80 a,b']],
  ['REMOVE a host', patch('VIRTUAL_HOST', 'REMOVE', { match: { routeConfiguration: { vhost: { domainName: 'two' } } } }), ['one:80 a,b']],
  ['another table', patch('HTTP_ROUTE', 'REMOVE', { match: { routeConfiguration: { portNumber: 81 } } }), ['one:80 a,b', 'two:80 a,b']],
  [
    'another action',
    patch('HTTP_ROUTE', 'REMOVE', { match: { routeConfiguration: { vhost: { route: { action: 'ROUTE' } } } } }),
    ['one:80 a,b', 'two:80 a,b'],
  ],
])('%s', (_, one, wanted) => expect(routesOf(one)).toEqual(wanted))

test('headers stay with the table, the host and the route that they are for', () => {
  const adding = (text: string): EnvoyPatch['value'] => ({ request_headers_to_add: [{ header: { key: 'X-Order', value: text } }] })
  const patches = ['ROUTE_CONFIGURATION', 'VIRTUAL_HOST', 'HTTP_ROUTE'].map((applyTo) => patch(applyTo, 'MERGE', { value: adding(applyTo) }))
  const { headers, virtualHosts } = patchTable(table, patches, sidecarTable('80'))
  const [host] = virtualHosts
  expect(
    [host!.routes[0]!.requestHeaders, host!.headers?.request, headers?.request].map((one) => one?.set.map(({ name, value }) => `${name}=${value}`)),
  ).toEqual([['x-order=HTTP_ROUTE'], ['x-order=VIRTUAL_HOST'], ['x-order=ROUTE_CONFIGURATION']])
})

test('a table of a gateway is known by the port of its server, not of its pod', () => {
  const plain = gatewayTable('http.8080', (port) => (port === 8080 ? [80] : []))
  expect([plain.hasPort(80), plain.hasPort(8080)]).toEqual([true, false])
  const secure = gatewayTable('https.443.https.gw.shop', () => [])
  expect(secure).toMatchObject({ portName: 'https', gateway: 'shop/gw' })
  expect(secure.hasPort(443)).toBe(true)
})

test.each([
  ['VIRTUAL_HOST', 'MERGE'],
  ['HTTP_ROUTE', 'MERGE'],
])('a header of %s that Envoy does not take spoils the table', (applyTo, operation) => {
  const header = (value: string) => patch(applyTo, operation, { value: { request_headers_to_add: [{ header: { key: 'x-a', value } }] } })
  const spoils = (value: string) =>
    new Set(patchTable(table, [header(value)], sidecarTable('80')).virtualHosts.flatMap(({ routes }) => routes.map(({ refusal }) => refusal?.spoils)))
  expect(spoils('%NO_SUCH%')).toEqual(new Set(['table']))
  expect(spoils('%PROTOCOL%')).toEqual(new Set([undefined]))
})
