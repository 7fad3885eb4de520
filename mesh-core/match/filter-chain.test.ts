import { expect, test } from 'vitest'
import { anyConnection } from '../ir/proxy-config.ts'
import type { FilterChainMatch } from '../ir/proxy-config.ts'
import { chooseFilterChain } from './filter-chain.ts'
import type { Connection } from './filter-chain.ts'

const chain = (name: string, match: Partial<FilterChainMatch>) => ({ ...anyConnection, ...match, name })
const plain: Connection = { address: '10.0.0.1', serverName: null, transport: 'raw_buffer', applicationProtocols: ['http/1.1'] }
const tls = (serverName: string | null, ...applicationProtocols: string[]): Connection => ({
  ...plain,
  serverName,
  transport: 'tls',
  applicationProtocols,
})

const byName = [
  chain('exact', { serverNames: ['A.example.com'] }),
  chain('wild', { serverNames: ['*.example.com'] }),
  chain('wilder', { serverNames: ['*.com'] }),
  chain('any', {}),
]
const http = [chain('http', { transport: 'raw_buffer', applicationProtocols: ['http/1.1', 'h2c'] }), chain('rest', {})]
const mesh = [chain('mesh', { serverNames: ['b.local'], applicationProtocols: ['istio'] }), chain('any', {})]
const subnets = [
  chain('wide', { destinations: ['10.0.0.0/8'] }),
  chain('narrow', { destinations: ['10.0.0.0/24'], serverNames: ['a.com'] }),
  chain('any', {}),
]

test.each([
  ['the name itself', byName, tls('a.example.com'), 'exact'],
  ['the longest wildcard', byName, tls('x.y.example.com'), 'wild'],
  ['a shorter wildcard', byName, tls('x.com'), 'wilder'],
  ['no name fits', byName, tls('x.org'), 'any'],
  ['a client that names nobody', byName, tls(null), 'any'],
  ['a plain client', byName, plain, 'any'],
  ['HTTP is seen', http, plain, 'http'],
  ['HTTP/1.0 does not count: no way back to chains for any transport', http, { ...plain, applicationProtocols: ['http/1.0'] }, null],
  ['TLS where HTTP is expected', http, tls('a.com', 'http/1.1'), 'rest'],
  ['by ALPN', mesh, tls('b.local', 'h2', 'istio'), 'mesh'],
  ['a name fits and the ALPN does not: no way back', mesh, tls('b.local', 'h2'), null],
  ['the narrowest block, from which there is no way back', subnets, tls('b.com'), null],
  ['in the narrowest block', subnets, tls('a.com'), 'narrow'],
  ['in a wide block', subnets, { ...plain, address: '10.1.0.1' }, 'wide'],
  ['in no block', subnets, { ...plain, address: '11.1.0.1' }, 'any'],
])('%s', (_name, chains, connection, expected) => {
  expect(chooseFilterChain(chains, connection)?.name ?? null).toBe(expected)
})

test('a choice is kept for connections that are alike in everything, and for these alone', () => {
  const chains = [...mesh, chain('elsewhere', { destinations: ['10.9.0.0/16'] })]
  const chosen = (connection: Connection) => chooseFilterChain(chains, connection)?.name ?? null
  const first = [tls('b.local', 'istio'), tls('b.local', 'h2'), tls(null, 'istio'), { ...plain, address: '10.9.0.1' }, plain]
  const expected = ['mesh', null, 'any', 'elsewhere', 'any']
  expect(first.map(chosen)).toEqual(expected)
  for (let i = 0; i < 300; i++) expect(chosen({ ...plain, address: `10.9.${i >> 8}.${i & 255}` })).toBe('elsewhere')
  expect(first.map(chosen)).toEqual(expected)
})

test('a choice that is remembered is for connections like that one alone, however many others came between', () => {
  const chainsAnew = () => [
    chain('port', { destinationPort: 443 }),
    chain('near', { destinations: ['10.0.0.0/24'], transport: 'raw_buffer', applicationProtocols: ['http/1.1'] }),
    chain('named', { serverNames: ['a.com'], transport: 'tls', applicationProtocols: ['h2'] }),
    chain('any', {}),
  ]
  const far = { port: 80, address: '192.0.2.1' }
  const connections: Connection[] = [
    { ...plain, port: 443 },
    { ...plain, port: 80 },
    { ...plain, ...far },
    { ...plain, port: 80, applicationProtocols: ['h2c'] },
    { ...tls('a.com', 'h2'), ...far },
    { ...tls('b.com', 'h2'), ...far },
    { ...tls('a.com', 'h2', 'http/1.1'), ...far },
    { ...tls('a.com', 'http/1.1'), ...far },
  ]
  const chosen = (of: () => ReturnType<typeof chainsAnew>) => connections.map((one) => chooseFilterChain(of(), { ...one })?.name)
  const wanted = chosen(chainsAnew)
  expect(new Set(wanted).size).toBeGreaterThan(3)
  const chains = chainsAnew()
  expect([chosen(() => chains), chosen(() => chains)]).toEqual([wanted, wanted])
  for (let i = 0; i < 100; i++) chooseFilterChain(chains, { ...plain, port: 80, address: `10.0.1.${i}` })
  expect(chosen(() => chains)).toEqual(wanted)
})
