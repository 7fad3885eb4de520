import { describe, expect, test } from 'vitest'
import { readText } from '../../mesh-core/config/read.ts'
import { Analysis } from './analysis.ts'

const service = (port: string): string => `apiVersion: v1\nkind: Service\nmetadata: {name: web}\nspec: {ports: [{port: 80, name: ${port}}]}\n`
const { resources: wrong } = readText(service('frontend'), 'wrong.yaml')
const { resources: right } = readText(service('http'), 'right.yaml')

describe('an analysis that reports nothing', () => {
  test('holds for config in order', () => expect(() => new Analysis(right).expectNothing(right)).not.toThrow())
  test('fails for a message', () => expect(() => new Analysis(wrong).expectNothing(wrong)).toThrow(/IST0118/))
  test('fails where no config was given', () => expect(() => new Analysis(wrong).expectNothing([])).toThrow(/no config was given/))
})

describe('a message', () => {
  test('is found by code, kind and name, with its namespace or without', () => {
    for (const name of ['web', 'default/web', 'web.default'])
      expect(() => new Analysis(wrong).expectReported('IST0118', 'Service', name)).not.toThrow()
  })
  test.each([
    ['IST0118', 'Service', 'shop', /of that it reports nothing\. There is no such Service; of this kind there is default\/web\.$/],
    ['IST0118', 'Service', 'web.other', /of that it reports nothing/],
    ['IST0118', 'Gateway', 'web', /of that it reports nothing/],
    ['IST0101', 'Service', 'web', /of that it reports:\n.*IST0118/],
    ['IST9999', 'Service', 'web', /no analyzer reports IST9999/],
  ])('%s for %s %s is not', (code, kind, name, complaint) => {
    expect(() => new Analysis(wrong).expectReported(code, kind, name)).toThrow(complaint)
  })
})

test('what istioctl has no code for is asked for by ours', async () => {
  const rules = readText(
    'apiVersion: networking.istio.io/v1\nkind: VirtualService\nmetadata: {name: shop}\nspec: {hosts: [shop], http: [{route: [{destination: {host: a}}]}, {match: [{uri: {prefix: /a}}], route: [{destination: {host: b}}]}]}\n',
    'a.yaml',
  ).resources
  const analysis = await Analysis.of(rules)
  expect(() => analysis.expectReported('DEAD_RULE', 'VirtualService', 'shop')).not.toThrow()
  expect(() => analysis.expectReported('MERGE_ORDER', 'VirtualService', 'shop')).toThrow(/does not report MERGE_ORDER/)
})
