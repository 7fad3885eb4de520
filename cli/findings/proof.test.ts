import { expect, test } from 'vitest'
import { advise } from '../../mesh-core/advise/advise.ts'
import { Inventory } from '../../mesh-core/analyze/inventory.ts'
import { readText } from '../../mesh-core/config/read.ts'
import { Excerpts } from '../output/excerpt.ts'
import { findingOfMessage } from './finding.ts'
import { findingsForGithub } from './github.ts'
import { findingsJson } from './json.ts'
import { findingsJunit } from './junit.ts'
import { findingsSarif } from './sarif.ts'
import { findingsText } from './text.ts'

const yaml = `apiVersion: networking.istio.io/v1
kind: VirtualService
metadata: {name: shop}
spec:
  hosts: [shop]
  http:
    - match: [{headers: {user: {}}}]
      route: [{destination: {host: members}}]
    - match: [{uri: {prefix: /a}, headers: {user: {exact: jason}}}]
      route: [{destination: {host: a}}]
`
const { resources } = readText(yaml, 'shop.yaml')
const messages = await advise(new Inventory(resources, { nowMs: 0, whole: false, manifests: true }))
const findings = messages.map(findingOfMessage)
const proof = 'GET http://shop/a with user: jason → http[0] takes it'

test('a proof, and the rule that goes before, stand in each format', () => {
  const excerpts = new Excerpts()
  excerpts.add('shop.yaml', yaml)
  expect(findingsText(findings, excerpts).split('\n').slice(-7)).toEqual([
    '  9 |     - match: [{uri: {prefix: /a}, headers: {user: {exact: jason}}}]',
    '    |       ^',
    '  see: shop.yaml:7:15 spec.http[0].match[0]',
    `  proof: ${proof}`,
    '  hint: move it before http[0], or remove it',
    '',
    '1 warning',
  ])
  const [json] = JSON.parse(findingsJson(findings)).findings
  expect(json).toMatchObject({
    ...{ level: 'warning', code: 'DEAD_RULE', field: 'spec.http[1]', file: 'shop.yaml', line: 9, column: 7 },
    proof: [{ from: null, request: 'GET http://shop/a', headers: { user: ['jason'] }, seen: 'http[0] takes it' }],
    related: [{ resource: 'VirtualService default/shop', field: 'spec.http[0].match[0]', file: 'shop.yaml', line: 7, column: 15 }],
  })
  const [result] = JSON.parse(findingsSarif(findings, '1.0.0')).runs[0].results
  expect(result.message.text).toContain(`proof: ${proof}`)
  expect(result.properties.proof).toEqual(json.proof)
  expect(result.relatedLocations[0].physicalLocation.region).toEqual({ startLine: 7, startColumn: 15 })
  expect(findingsForGithub(findings)).toContain(`%0Aproof: ${proof}%0A`)
  expect(findingsJunit(findings, ['shop.yaml'], 'error')).toContain('proof: GET http://shop/a with user: jason')
})
