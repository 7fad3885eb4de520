import { expect, test } from 'vitest'
import { meshConfigOf } from '../compile/mesh/mesh-config.ts'
import { modelledFields } from './modelled-fields.ts'
import { bothSpellings, type Modelled } from './modelled-table.ts'
import type { MessageTable } from './proto/message-table.ts'
import { meshMessages } from './proto/mesh.generated.ts'
import { readText } from './read.ts'

const { names, fields } = JSON.parse(meshMessages) as MessageTable
const table = bothSpellings(modelledFields['mesh.istio.io/MeshConfig']!)

/** Every field of the message and of those below it that its entry leaves open, with its entry. */
function entries(message: number, of: Modelled, path: string): [path: string, entry: Modelled | undefined][] {
  return Object.entries(fields[message]!).flatMap(([name, type]) => {
    const entry = (of as Readonly<Record<string, Modelled>>)[name]
    const below = /^\*?m(\d+)$/.exec(type)
    const own: [string, Modelled | undefined][] = [[`${path}${name}`, entry]]
    return below && isMapping(entry) ? [...own, ...entries(Number(below[1]), entry, `${path}${name}.`)] : own
  })
}

function isMapping(entry: Modelled | undefined): entry is Readonly<Record<string, Modelled>> {
  return typeof entry === 'object' && !(entry instanceof Set) && !(entry instanceof RegExp)
}

const known = entries(names.indexOf('istio.mesh.v1alpha1.MeshConfig'), table, '')

test('every field of MeshConfig acts, has no effect, or is reported', () => {
  expect(known.length).toBeGreaterThan(120)
  expect(known.filter(([, entry]) => entry === undefined).map(([path]) => path)).toEqual([])
})

/** The same table by the names in JSON. */
function unknownIn(of: Modelled, message: number, path: string): string[] {
  if (!isMapping(of)) return []
  const messageFields = Object.fromEntries(Object.entries(fields[message]!).map(([name, type]) => [camel(name), type]))
  return Object.entries(of).flatMap(([name, entry]) => {
    const type = messageFields[name]
    if (type === undefined) return [`${path}${name}`]
    const below = /^\*?m(\d+)$/.exec(type)
    return below ? unknownIn(entry, Number(below[1]), `${path}${name}.`) : []
  })
}

function camel(name: string): string {
  return name.replace(/_+(.?)/g, (_, next: string) => next.toUpperCase())
}

test('the table has no field that MeshConfig does not have', () => {
  expect(unknownIn(modelledFields['mesh.istio.io/MeshConfig']!, names.indexOf('istio.mesh.v1alpha1.MeshConfig'), '')).toEqual([])
})

const meshConfig = (fieldsText: string): ReturnType<typeof readText> =>
  readText(`apiVersion: mesh.istio.io/v1alpha1\nkind: MeshConfig\n${fieldsText}`, 'mesh.yaml')

const reports: readonly { about: string; text: string; messages: string[] }[] = [
  {
    about: 'logs, counts, traces and the places of proxies',
    text: 'enableTracing: true\naccess_log_file: /dev/stdout\nmesh_mTLS: {minProtocolVersion: TLSV1_3}\ndefaultConfig: {concurrency: 2, discovery_address: "a:1", tracing: {sampling: 1}, proxyMetadata: {A: b}, interceptionMode: REDIRECT}',
    messages: [],
  },
  {
    about: 'what may change answers, in either spelling',
    text: 'caCertificates: [{pem: a}]\ndefaultConfig: {runtime_values: {a: b}, proxyMetadata: {ISTIO_META_ENABLE_HBONE: "true"}}',
    messages: [
      'caCertificates is not modelled',
      'defaultConfig.runtime_values is not modelled',
      'defaultConfig.proxyMetadata.ISTIO_META_ENABLE_HBONE is not modelled',
    ],
  },
  {
    about: 'values that are what a proxy does anyway',
    text: 'trustDomain: cluster.local\nprotocolDetectionTimeout: 0s\ninboundTrafficPolicy: {mode: PASSTHROUGH}\ndefaultConfig: {proxyMetadata: {ISTIO_META_HTTP10: "false"}}',
    messages: [],
  },
  {
    about: 'why not, where that is no matter of course',
    text: 'defaultConfig: {proxyHeaders: {setCurrentClientCertDetails: {cert: true, uri: true}}}',
    messages: [
      'defaultConfig.proxyHeaders.setCurrentClientCertDetails.cert is not modelled: identities of the mesh have no certificates on core that could be told of',
    ],
  },
  {
    about: 'a value that is not acted on',
    text: 'defaultConfig: {interceptionMode: TPROXY}',
    messages: ['defaultConfig.interceptionMode is not modelled'],
  },
]

for (const { about, text, messages } of reports)
  test(`reported: ${about}`, () => {
    expect(meshConfig(text).notModelled.map(({ message }) => message)).toEqual(messages)
  })

test('a ProxyConfig is about images and threads, and reported for what else it may put into an environment', () => {
  const text = (environment: string): string =>
    `apiVersion: networking.istio.io/v1beta1\nkind: ProxyConfig\nmetadata: {name: a}\nspec: {concurrency: 0, image: {imageType: debug}, environmentVariables: {${environment}}}`
  expect(readText(text('A: b'), 'a.yaml').notModelled).toEqual([])
  expect(readText(text('ISTIO_META_DNS_CAPTURE: "true"'), 'a.yaml').notModelled.map(({ message }) => message)).toEqual([
    'spec.environmentVariables.ISTIO_META_DNS_CAPTURE is not modelled',
  ])
})

test('fields act by the names of the .proto file, too, enumerations by their numbers, and null is nothing', () => {
  const config = meshConfig(
    'outbound_traffic_policy: {mode: 0}\npath_normalization: {normalization: 3}\nconnect_timeout: 3s\nrootNamespace: null\nlocality_lb_setting: {failover_priority: [a]}\ndefault_traffic_policy: {outlier_detection: {consecutive_5xx_errors: "3"}}',
  )
  expect(config.errors).toEqual([])
  expect(meshConfigOf(config.resources)).toMatchObject({
    outboundTrafficPolicy: { mode: 'REGISTRY_ONLY' },
    pathNormalization: 'MERGE_SLASHES',
    connectTimeout: '3s',
    rootNamespace: 'istio-system',
    localityLbSetting: { failoverPriority: ['a'] },
    defaultTrafficPolicy: { outlierDetection: { consecutive5xxErrors: 3 } },
  })
})

test('istiod reads defaultConfig by its name in JSON alone', () => {
  const { resources } = meshConfig('default_config: {gateway_topology: {num_trusted_proxies: 2}}')
  expect(meshConfigOf(resources).defaultConfig).toEqual({})
  const known = meshConfig('defaultConfig: {gateway_topology: {num_trusted_proxies: "2"}}')
  expect(meshConfigOf(known.resources).defaultConfig).toEqual({ gatewayTopology: { numTrustedProxies: 2 } })
})

test('of a Gateway the annotations of its infrastructure are those of its pods', () => {
  const gateway = (metadata: string, infrastructure: string): string[] =>
    readText(
      `apiVersion: gateway.networking.k8s.io/v1\nkind: Gateway\nmetadata: {name: gw, annotations: {${metadata}}}\nspec: {gatewayClassName: istio, listeners: [{name: a, port: 80, protocol: HTTP}]${infrastructure}}`,
      'a.yaml',
    ).notModelled.map(({ message, origin }) => `${origin.path.slice(0, 2).join('.')}: ${message}`)
  const odd = `proxy.istio.io/config: '{"runtimeValues": {"a": "b"}}'`
  const report = 'runtimeValues in annotation proxy.istio.io/config is not modelled'
  expect(gateway(odd, '')).toEqual([`metadata.annotations: ${report}`])
  expect(gateway('', `, infrastructure: {annotations: {${odd}}}`)).toEqual([`spec.infrastructure: ${report}`])
  expect(gateway(odd, `, infrastructure: {annotations: {a: b}}`)).toEqual([])
})

test('what the annotation of a pod says is acted on or reported, too', () => {
  const pod = (own: string): string =>
    `apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: a}\nspec:\n  selector: {}\n  template:\n    metadata:\n      annotations:\n        proxy.istio.io/config: '${own}'\n    spec: {containers: []}`
  expect(readText(pod('{"concurrency": 2, "gatewayTopology": {"numTrustedProxies": 1}}'), 'a.yaml').notModelled).toEqual([])
  const { notModelled } = readText(pod('{"customConfigFile": "a.yaml"}'), 'a.yaml')
  expect(notModelled.map(({ message }) => message)).toEqual(['customConfigFile in annotation proxy.istio.io/config is not modelled'])
})
