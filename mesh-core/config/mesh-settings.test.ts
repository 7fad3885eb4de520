import { expect, test } from 'vitest'
import { formatPath } from '../ir/origin.ts'
import { readText } from './read.ts'
import { validateResource } from './validate.ts'

function found(text: string): { readonly errors: readonly string[]; readonly warnings: readonly string[] } {
  const verdicts = readText(text, 'a.yaml').resources.map(validateResource)
  const places = (part: 'errors' | 'warnings'): readonly string[] =>
    verdicts.flatMap((verdict) => verdict[part]).map(({ code, details }) => `${code} ${formatPath(details.origin!.path)}`)
  return { errors: places('errors'), warnings: places('warnings') }
}

const head = 'apiVersion: mesh.istio.io/v1alpha1\nkind: MeshConfig\n'

test.each([
  ['proxyListenPort: "15001"', []],
  ['proxyListenPort: x', ['SCHEMA_TYPE proxyListenPort']],
  ['proxyListenPort: 0', ['INVALID_PORT proxyListenPort']],
  ['connectTimeout: soon', ['INVALID_DURATION connectTimeout']],
  ['connectTimeout: 2h', ['INVALID_DURATION connectTimeout']],
  ['ingressControllerMode: 1', []],
  ['ingressControllerMode: NOPE', ['SCHEMA_VALUE ingressControllerMode']],
  ['enableAutoMtls: "yes"', ['SCHEMA_TYPE enableAutoMtls']],
  ['defaultConfig: {proxyMetadata: {a: 1}}', ['SCHEMA_TYPE defaultConfig.proxyMetadata.a']],
  ['defaultConfig: {drainDuration: 1500ms}', ['INVALID_DURATION defaultConfig.drainDuration']],
  ['defaultConfig: {tracing: {zipkin: {address: x}}}', ['INVALID_HOST defaultConfig.tracing.zipkin.address']],
  ['defaultConfig: null', []],
  ['localityLbSetting: {distribute: [{from: a, to: {b: 50}}]}', ['INVALID_WEIGHT localityLbSetting.distribute[0].to']],
  ['trustDomain: a b', ['INVALID_HOST trustDomain']],
])('MeshConfig %s', (text, errors) => {
  expect(found(head + text).errors).toEqual(errors)
})

test('fields that istiod passes over, and providers that it does not look at yet, are warned of', () => {
  expect(found(`${head}outboundTrafficPolicies: {}\nextensionProviders: [{name: a, zipkin: {service: "", port: 9411}}]`)).toEqual({
    errors: [],
    warnings: ['UNKNOWN_FIELD outboundTrafficPolicies', 'INVALID_HOST extensionProviders[0].zipkin.service'],
  })
})

test('settings are found where a cluster keeps them', () => {
  const data = 'data:\n  mesh: |\n    proxyListenPort: 0\n  meshNetworks: |\n    networks: {a: {gateways: [{address: 10.0.0.1, port: 0}]}}\n'
  const configMap = (namespace: string): string => `apiVersion: v1\nkind: ConfigMap\nmetadata: {name: istio, namespace: ${namespace}}\n${data}`
  expect(found(configMap('istio-system')).errors).toEqual([
    'INVALID_PORT data.mesh.proxyListenPort',
    'INVALID_PORT data.meshNetworks.networks.a.gateways[0].port',
  ])
  expect(found(configMap('default')).errors).toEqual([])
  const operator =
    'apiVersion: install.istio.io/v1alpha1\nkind: IstioOperator\nmetadata: {name: a}\nspec: {meshConfig: {outboundTrafficPolicy: {mode: NOPE}}}'
  expect(found(operator).errors).toEqual(['SCHEMA_VALUE spec.meshConfig.outboundTrafficPolicy.mode'])
})

const filter = (value: string): string =>
  `apiVersion: networking.istio.io/v1alpha3\nkind: EnvoyFilter\nmetadata: {name: a}\nspec: {configPatches: [{applyTo: HTTP_FILTER, patch: {operation: INSERT_BEFORE, value: ${value}}}]}`
const lua = 'type.googleapis.com/envoy.extensions.filters.http.lua.v3.Lua'

test.each([
  [`{name: a, typed_config: {"@type": ${lua}, inlineCode: x}}`, []],
  [`{name: a, typedConfig: {"@type": ${lua}, inline_code: x}}`, []],
  [`{name: a, typed_config: {inlineCode: x}}`, ['SCHEMA_VALUE spec.configPatches[0].patch.value.typed_config']],
  [`{name: a, typed_config: {"@type": ${lua}s}}`, ['SCHEMA_VALUE spec.configPatches[0].patch.value.typed_config.@type']],
  [`{name: a, typed_config: {"@type": ${lua}, inlineCode: 1}}`, ['SCHEMA_TYPE spec.configPatches[0].patch.value.typed_config.inlineCode']],
  [`{name: {}}`, ['SCHEMA_TYPE spec.configPatches[0].patch.value.name']],
])('a patch %s', (value, errors) => {
  expect(found(filter(value)).errors).toEqual(errors)
})

test('a field that Envoy does not have is warned of', () => {
  expect(found(filter(`{name: a, typed_config: {"@type": ${lua}, inlineCodes: x}}`)).warnings).toContain(
    'UNKNOWN_FIELD spec.configPatches[0].patch.value.typed_config.inlineCodes',
  )
})

test.each([
  ['{name: a}', true],
  ['{name: a, config_discovery: {}}', false],
  [`{name: a, typed_config: {"@type": ${lua}}}`, false],
  ['{name: a, unknown: 1}', false],
])('an extension that says by its name alone what it is: %s', (value, warned) => {
  expect(found(filter(value)).warnings.includes('INVALID_VALUE spec.configPatches[0].patch.value')).toBe(warned)
})
