import { expect, test } from 'vitest'
import { hostsInLowerCase } from './hosts-in-lower-case.ts'
import { readText } from './load.ts'

function specOf(text: string): unknown {
  const { resources } = readText(text, 'rule.yaml')
  return hostsInLowerCase(resources[0]!).object['spec']
}

test('hosts of rules and destinations are put into lower case', () => {
  const spec = specOf(`
apiVersion: networking.istio.io/v1
kind: VirtualService
metadata: {name: b}
spec:
  hosts: [B, "*.Shop.test"]
  http: [{route: [{destination: {host: C.default, subset: V1}}], mirrors: [{destination: {host: D}}]}]
`)
  expect(spec).toEqual({
    hosts: ['b', '*.shop.test'],
    http: [{ route: [{ destination: { host: 'c.default', subset: 'V1' } }], mirrors: [{ destination: { host: 'd' } }] }],
  })
})

test('a header or a label that is called host keeps its value', () => {
  const spec = specOf(`
apiVersion: networking.istio.io/v1
kind: VirtualService
metadata: {name: b}
spec:
  hosts: [b]
  http: [{match: [{headers: {host: {exact: Shop}}, sourceLabels: {host: A}}], headers: {request: {set: {host: Shop}}}, route: [{destination: {host: b}}]}]
`)
  expect(spec).toEqual({
    hosts: ['b'],
    http: [
      {
        match: [{ headers: { host: { exact: 'Shop' } }, sourceLabels: { host: 'A' } }],
        headers: { request: { set: { host: 'Shop' } } },
        route: [{ destination: { host: 'b' } }],
      },
    ],
  })
})

test('other kinds are left as they are', () => {
  const text = 'apiVersion: v1\nkind: Service\nmetadata: {name: b}\nspec: {type: ExternalName, externalName: Shop.test, host: X}\n'
  expect(specOf(text)).toEqual({ type: 'ExternalName', externalName: 'Shop.test', host: 'X' })
})
