import { expect, test } from 'vitest'
import { formatPath } from '../../ir/origin.ts'
import { readText } from '../read.ts'
import { fieldsOf } from './structure.ts'
import { laterThan } from './since.ts'

const resourceOf = (text: string) => readText(text, 'a.yaml').resources[0]!

const rule = resourceOf(
  'apiVersion: networking.istio.io/v1\nkind: DestinationRule\nmetadata: {name: a}\nspec: {host: a, trafficPolicy: {portLevelSettings: [{port: {number: 80}, loadBalancer: {zoneAwareLbSetting: {enabled: true}}}]}}',
)
const extension = resourceOf('apiVersion: extensions.istio.io/v1alpha1\nkind: TrafficExtension\nmetadata: {name: a}\nspec: {lua: {inlineCode: x}}')
const filter = resourceOf(
  'apiVersion: networking.istio.io/v1alpha3\nkind: EnvoyFilter\nmetadata: {name: a}\nspec: {configPatches: [{applyTo: CLUSTER, patch: {operation: MERGE_AND_REPLACE_LIST, value: {}}}, {applyTo: CLUSTER, patch: {operation: MERGE, value: {}}}]}',
)

test.each([
  [rule, ['spec.trafficPolicy.portLevelSettings[0].loadBalancer.zoneAwareLbSetting']],
  [extension, ['kind']],
  [filter, ['spec.configPatches[0].patch.operation']],
])('what 1.29 does not have', (resource, places) => {
  expect(laterThan('1.29', resource).map(({ details }) => formatPath(details.origin!.path))).toEqual(places)
  expect(laterThan('1.32', resource)).toEqual([])
})

test('what is said to be later is in the schemas', () => {
  expect(JSON.stringify(fieldsOf('networking.istio.io/v1', 'DestinationRule'))).toContain('"zoneAwareLbSetting"')
})
