import { expect, test } from 'vitest'
import { readText } from '../../config/load.ts'
import type { WorkloadInstance } from '../../registry/registry.ts'
import type { KeySets } from './key-sets.ts'
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

const gatewayOf = (namespace: string, name: string): WorkloadInstance =>
  ({ ref: { namespace, name, instance: name }, labels: { 'gateway.networking.k8s.io/gateway-name': name } }) as unknown as WorkloadInstance

const targets: readonly { about: string; refs: string; namespace?: string; acts: boolean }[] = [
  { about: 'a Gateway of its namespace', refs: 'targetRefs: [{group: gateway.networking.k8s.io, kind: Gateway, name: edge}]', acts: true },
  { about: 'as the older field has it', refs: 'targetRef: {group: gateway.networking.k8s.io, kind: Gateway, name: edge}', acts: true },
  {
    about: 'one of several',
    refs: 'targetRefs: [{kind: Service, name: a}, {group: gateway.networking.k8s.io, kind: Gateway, name: edge}]',
    acts: true,
  },
  { about: 'another Gateway', refs: 'targetRefs: [{group: gateway.networking.k8s.io, kind: Gateway, name: core}]', acts: false },
  { about: 'a Service, which is for waypoints', refs: 'targetRefs: [{kind: Service, name: edge}]', acts: false },
  // Even of the root namespace it acts in no other.
  {
    about: 'of the root namespace',
    namespace: 'istio-system',
    refs: 'targetRefs: [{group: gateway.networking.k8s.io, kind: Gateway, name: edge}]',
    acts: false,
  },
  { about: 'no target: every gateway of the namespace', refs: '', acts: true },
]

for (const { about, refs, namespace = 'shop', acts } of targets)
  test(`targets: ${about}`, () => {
    const yaml = policy(namespace, 'own', ['a']).replace('spec: {', `spec: {${refs && `${refs}, `}`)
    const { resources, errors } = readText(yaml, 'a.yaml')
    expect(errors).toEqual([])
    const policies = new RequestAuthentications(resources, 'istio-system')
    expect(policies.settingsFor(gatewayOf('shop', 'edge')).jwt !== undefined).toBe(acts)
    if (refs !== '') expect(policies.settingsFor({ ref: { namespace }, labels: { app: 'edge' } } as unknown as WorkloadInstance)).toEqual({})
  })

test('keys that would have to be fetched are as if nobody answered, unless it is known what is there', () => {
  const text = policy('shop', 'own', ['a']).replace(`jwks: '{"keys":[]}'`, 'jwksUri: https://keys.example.com')
  const { resources } = readText(text, 'a.yaml')
  const keysOf = (keySets?: KeySets) => new RequestAuthentications(resources, '', keySets).settingsFor(gatewayOf('shop', 'edge')).jwt![0]!.jwks
  expect(JSON.parse(keysOf())).toMatchObject({ keys: [{ kty: 'RSA', e: 'AQAB' }] })
  expect(keysOf(new Map([['https://keys.example.com', '{"keys":[]}']]))).toBe('{"keys":[]}')
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
