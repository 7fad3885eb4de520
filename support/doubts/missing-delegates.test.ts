import { expect, test } from 'vitest'
import { readText } from '../../mesh-core/config/read.ts'
import { missingDelegates } from './missing-delegates.ts'

const rules = (name: string, spec: string): string =>
  `apiVersion: networking.istio.io/v1\nkind: VirtualService\nmetadata: {name: ${name}, namespace: ${name === 'far' ? 'prod' : 'default'}}\nspec: ${spec}\n---\n`
const root = (delegate: string): string =>
  rules('root', `{hosts: [shop], http: [{name: a, route: [{destination: {host: shop}}]}, {delegate: ${delegate}}]}`)
const leaf = '{http: [{directResponse: {status: 202}}]}'
const told = (text: string): readonly string[] => {
  const { resources } = readText(text, 'mesh.yaml')
  return missingDelegates(resources, resources)
}

test.each([
  ['there', root('{name: leaf}') + rules('leaf', leaf), null],
  ['there, in another namespace', root('{name: far, namespace: prod}') + rules('far', leaf), null],
  ['missing', root('{name: leaf}'), 'default/leaf'],
  ['in another namespace than is said', root('{name: far}') + rules('far', leaf), 'default/far'],
  ['none, for it has hosts', root('{name: leaf}') + rules('leaf', '{hosts: [shop], http: [{directResponse: {status: 202}}]}'), 'default/leaf'],
])('a delegate that is %s', (_, text, missing) =>
  expect(told(text)).toEqual(
    missing === null ? [] : [`VirtualService default/root http[1]: there is no delegate ${missing}, so this rule is left out`],
  ),
)
