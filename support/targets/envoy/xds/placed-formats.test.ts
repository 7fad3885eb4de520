import { expect, test } from 'vitest'
import type { Endpoint } from '../../../../mesh-core/ir/cluster.ts'
import { PlacedFormats } from './placed-formats.ts'

const ofConnected = (key: string): string =>
  `%CEL(has(upstream.local_address) ? xds.upstream_host_metadata.filter_metadata['meshspec']['${key}'] : '')%`

test.each([
  ['a [%UPSTREAM_HOST%] b', 'a [%UPSTREAM_METADATA(meshspec:UPSTREAM_HOST)%] b'],
  ['%UPSTREAM_HOST:5%', '%UPSTREAM_METADATA(meshspec:UPSTREAM_HOST):5%'],
  ['%UPSTREAM_REMOTE_ADDRESS_WITHOUT_PORT(8)%', ofConnected('UPSTREAM_REMOTE_ADDRESS_WITHOUT_PORT_8')],
  ['%UPSTREAM_REMOTE_PORT%', ofConnected('UPSTREAM_REMOTE_PORT')],
  ['%UPSTREAM_LOCAL_ADDRESS_WITHOUT_PORT(16)%', `%CEL(has(upstream.local_address) ? '10.244.0.0/16' : '')%`],
  ['%DOWNSTREAM_DIRECT_REMOTE_ADDRESS%', '%FILTER_STATE(meshspec.DOWNSTREAM_DIRECT_REMOTE_ADDRESS:PLAIN)%'],
  ['%DOWNSTREAM_LOCAL_PORT%', '%FILTER_STATE(meshspec.DOWNSTREAM_LOCAL_PORT:PLAIN)%'],
  ['%UPSTREAM_CLUSTER_RAW%', '%METADATA(CLUSTER:meshspec:name)%'],
])('%s is written as %s', (text, placed) => expect(new PlacedFormats('10.244.0.2').value(text)).toBe(placed))

test.each([
  '100%%UPSTREAM_HOST%%',
  '%UPSTREAM_HOST(1)%',
  '%UPSTREAM_REMOTE_ADDRESS_WITHOUT_PORT(33)%',
  '%DOWNSTREAM_REMOTE_ADDRESS%',
  '%REQ(X)%',
  '%X',
])('of %s Envoy itself says what it says', (text) => expect(new PlacedFormats('10.244.0.2').value(text)).toBe(text))

const endpoint = { address: '10.244.0.3', port: 8080 } as Endpoint
const nothing = [{}, {}, []]
const told = (formats: PlacedFormats) => [
  formats.ofEndpoint(endpoint),
  formats.ofCluster('c'),
  formats.ofConnection({ address: '10.244.0.9', port: 80 }),
]

test('endpoints, clusters and connections carry what values ask for, and nothing else', () => {
  const formats = new PlacedFormats('10.244.0.2')
  expect(told(formats)).toEqual(nothing)
  formats.value('%UPSTREAM_REMOTE_ADDRESS_WITHOUT_PORT(16)% %UPSTREAM_HOST% %DOWNSTREAM_LOCAL_ADDRESS% %UPSTREAM_CLUSTER_RAW%')
  formats.value('%DOWNSTREAM_DIRECT_REMOTE_ADDRESS_WITHOUT_PORT(24)%')
  const [ofEndpoint, ofCluster, ofConnection] = told(formats)
  expect(ofEndpoint).toEqual({ meshspec: { UPSTREAM_REMOTE_ADDRESS_WITHOUT_PORT_16: '10.244.0.0/16', UPSTREAM_HOST: '10.244.0.3:8080' } })
  expect(ofCluster).toEqual({ metadata: { filter_metadata: { meshspec: { name: 'c' } } } })
  expect(JSON.stringify(ofConnection)).toMatch(/"10\.244\.0\.9:80"[^]*"%DOWNSTREAM_REMOTE_ADDRESS_WITHOUT_PORT\(24\)%"/)
})
