import { expect, test } from 'vitest'
import { readText } from '../../mesh-core/config/read.ts'
import { unfittingDelegates } from './unfitting-delegates.ts'

const rules = (name: string, spec: string): string =>
  `apiVersion: networking.istio.io/v1\nkind: VirtualService\nmetadata: {name: ${name}}\nspec: ${spec}\n---\n`
const told = (root: string, leaf: string): readonly string[] => {
  const text =
    rules('root', `{hosts: [shop], http: [{directResponse: {status: 200}, match: [{uri: {exact: /a}}]}, {delegate: {name: leaf}${root}}]}`) +
    rules('leaf', `{http: [{directResponse: {status: 202}}, {directResponse: {status: 203}${leaf}}]}`)
  const { resources } = readText(text, 'mesh.yaml')
  return unfittingDelegates(resources, resources)
}

test.each([
  [', match: [{uri: {regex: "/b.*"}}]', ', match: [{uri: {regex: "/b/c"}}]', 0],
  [', match: [{uri: {prefix: /b}}]', ', match: [{uri: {prefix: /b/x}}, {uri: {prefix: /c}}]', 1],
  [', match: [{uri: {prefix: /b}}, {uri: {prefix: /c}}]', ', match: [{uri: {prefix: /b/x}}, {uri: {prefix: /c}}]', null],
  ['', ', match: [{uri: {regex: "/b/c"}}]', null],
  [', match: [{uri: {regex: "/b.*"}}]', '', null],
])('a rule with%s and a delegate with%s', (root, leaf, at) =>
  expect(told(root, leaf)).toEqual(
    at === null
      ? []
      : [
          `VirtualService default/root http[1]: http[1].match[${at}] of its delegate default/leaf fits under no match of this rule (of two regular expressions nobody can tell), so that rule is left out`,
        ],
  ),
)
