import { expect, test } from 'vitest'
import { readText } from '../config/load.ts'
import type { WorkloadInstance } from '../registry/registry.ts'
import { RequestAuthentications } from './request-authentication.ts'

function policy(namespace: string, name: string, issuers: readonly string[], selector = ''): string {
  const rules = issuers.map((issuer) => `{issuer: ${issuer}, jwks: '{"keys":[]}'}`).join(', ')
  const select = selector === '' ? '' : `selector: {matchLabels: {app: ${selector}}}, `
  return `---\napiVersion: security.istio.io/v1\nkind: RequestAuthentication\nmetadata: {name: ${name}, namespace: ${namespace}}\nspec: {${select}jwtRules: [${rules}]}\n`
}

function issuersFor(yaml: string, namespace: string, app: string): readonly string[] {
  const { resources, errors } = readText(yaml, 'a.yaml')
  expect(errors).toEqual([])
  const workload = { ref: { namespace, name: app, instance: app }, labels: { app } } as unknown as WorkloadInstance
  return (new RequestAuthentications(resources, 'istio-system').settingsFor(workload).jwt ?? []).map(({ issuer }) => issuer)
}

test('those of the namespace and of the root add up, by their issuers', () => {
  const yaml = policy('shop', 'own', ['m', 'a']) + policy('istio-system', 'root', ['c']) + policy('other', 'far', ['b'])
  expect(issuersFor(yaml, 'shop', 'x')).toEqual(['a', 'c', 'm'])
})

test('a selector chooses workloads, that of the root in every namespace', () => {
  const yaml = policy('shop', 'own', ['a'], 'web') + policy('istio-system', 'root', ['b'], 'api')
  expect(issuersFor(yaml, 'shop', 'web')).toEqual(['a'])
  expect(issuersFor(yaml, 'shop', 'api')).toEqual(['b'])
  expect(issuersFor(yaml, 'shop', 'other')).toEqual([])
})

test('without a place Envoy looks in two, with one in no other', () => {
  const [usual] = new RequestAuthentications(readText(policy('shop', 'own', ['a']), 'a.yaml').resources, '').settingsFor({
    ref: { namespace: 'shop' },
    labels: {},
  } as unknown as WorkloadInstance).jwt!
  expect(usual).toMatchObject({ headers: [{ name: 'authorization', prefix: 'Bearer ' }], params: ['access_token'], cookies: [] })
  const named = policy('shop', 'own', ['a']).replace('issuer: a', 'issuer: a, fromCookies: [c]')
  const [rule] = new RequestAuthentications(readText(named, 'a.yaml').resources, '').settingsFor({
    ref: { namespace: 'shop' },
    labels: {},
  } as unknown as WorkloadInstance).jwt!
  expect(rule).toMatchObject({ headers: [], params: [], cookies: ['c'] })
})
