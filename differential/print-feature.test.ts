import { expect, test } from 'vitest'
import { printFeature } from './print-feature.ts'

test('a difference is a feature to paste', () => {
  const spec = { hosts: ['b'], http: [{ directResponse: { status: 418 } }] }
  const config = [{ apiVersion: 'networking.istio.io/v1', kind: 'VirtualService', metadata: { name: 'b', namespace: 'default' }, spec }]
  const calls = [{ from: 'b-v2.default', request: 'GET http://b/x', headers: { 'x-env': ['1', '2'] }, pause: '1.3s' }]
  const mesh = { name: 'mesh-1-2', config, behaviour: { 'd.other': { status: 503 } }, calls, meshConfig: { h2UpgradePolicy: 'UPGRADE' } }
  const differences = [{ call: '#0 GET http://b/x from b-v2.default', field: 'status', wanted: 418, seen: 200 }]
  const observed = [{ status: 418, reached: [{ workload: 'c-v1', namespace: 'default', method: 'GET', path: '/y' }] }]
  const text = printFeature({ mesh, differences, unsteady: [], explained: new Map(), skipped: null, refused: false, observed }, 'istiod')
  expect(text.split('\n').filter((line) => /^ {4}(Given the services|And|When|Then)|^ {6}\| x-env/.test(line))).toEqual([
    '    Given the services:',
    '    And d.other answers 503',
    '    And the mesh config:',
    '    When the config is applied:',
    '    When 1300ms pass',
    '    When b:v2 sends "GET http://b/x" with headers:',
    '      | x-env | 1 |',
    '      | x-env | 2 |',
    '    Then the response status is 418',
    '    And the request reaches c:v1 as "GET /y"',
  ])
  expect(text).toContain('          status: 418\n')
  expect(text).toContain('# wanted 418')
})

test('a client without a version or a namespace keeps its name', () => {
  const calls = [{ from: 'plain', request: 'GET http://b/x' }]
  const mesh = { name: 'mesh-1-3', config: [], behaviour: {}, calls }
  const differences = [{ call: '#0 GET http://b/x from plain', field: 'status', wanted: 503, seen: 200 }]
  const judgement = { mesh, differences, unsteady: [], explained: new Map(), skipped: null, refused: false, observed: [{ status: 503 }] }
  expect(printFeature(judgement, 'istiod')).toContain('When plain sends "GET http://b/x"')
})
