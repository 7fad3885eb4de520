import { expect, test } from 'vitest'
import { QueryNotModelled } from './promql/value.ts'
import { type Attributes, tagValue } from './tag-expression.ts'

const attributes: Attributes = {
  request: { host: 'shop', headers: { 'x-a': '1' } },
  response: { code: 503n },
  destination: { port: 80n },
  upstream: {},
  xds: { cluster_name: 'c' },
  filter_state: { upstream_peer: { labels: { app: 'shop' } } },
}

test.each<[expression: string, value: string]>([
  ['request.host', 'shop'],
  ['destination.port', '80'],
  ['string(destination.port)', '80'],
  ["request.headers['x-a'] + '-' + xds.cluster_name", '1-c'],
  ["response.code >= 500 ? 'bad' : 'good'", 'bad'],
  ["filter_state.upstream_peer.labels['app']", 'shop'],
  ["'request.nothing'", 'request.nothing'],
  // What is not there, and what is no expression.
  ["request.headers['x-b']", 'unknown'],
  ["filter_state.upstream_peer.labels['version']", 'unknown'],
  ['request.host + 1', 'unknown'],
  ["request.host.startsWith('sh') && (response.code in [503, 504])", 'true'],
])('%s → %s', (expression, value) => expect(tagValue(expression, attributes)).toBe(value))

test.each([
  'node.id',
  'request.size',
  'upstream.address',
  "request.host.matches('a')",
  'request.host.lowerAscii()',
  "re.extract(request.host, 'a', 'b')",
])('%s is not known here', (expression) => {
  expect(() => tagValue(expression, attributes)).toThrow(QueryNotModelled)
})
