import { describe, expect, test } from 'vitest'
import { formatPath } from '../ir/origin.ts'
import { readText } from './read.ts'
import { validateResource } from './validate.ts'

/** Metadata and the places that are complained about, each as the API server has it. */
const cases: readonly (readonly [metadata: object, places: readonly string[]])[] = [
  [{ name: 'a.b' }, []],
  [{ name: 'Bad_Name' }, ['metadata.name']],
  [{ name: 'a..b' }, ['metadata.name']],
  [{ name: '-a' }, ['metadata.name']],
  [{ name: 'a'.repeat(254) }, ['metadata.name']],
  [{ name: 'a', namespace: 'Bad_NS' }, ['metadata.namespace']],
  [{ name: 'a', namespace: 'a.b' }, ['metadata.namespace']],
  [{ name: 'a', labels: { 'a.com/X_y': 'A_b.c', k: '' } }, []],
  [{ name: 'a', labels: { 'bad key': 'x' } }, ['metadata.labels.bad key']],
  [{ name: 'a', labels: { 'A.com/x': 'x' } }, ['metadata.labels.A.com/x']],
  [{ name: 'a', labels: { 'a/b/c': '' } }, ['metadata.labels.a/b/c']],
  [{ name: 'a', labels: { '/x': '' } }, ['metadata.labels./x']],
  [{ name: 'a', labels: { k: 'a b' } }, ['metadata.labels.k']],
  [{ name: 'a', annotations: { 'A.com/x': 'any value' } }, []],
  [{ name: 'a', annotations: { 'bad key': 'x' } }, ['metadata.annotations.bad key']],
]

test.each(cases)('%j', (metadata, places) => {
  const object = { apiVersion: 'networking.istio.io/v1', kind: 'DestinationRule', metadata, spec: { host: 'a' } }
  const [resource] = readText(JSON.stringify(object), 'a.json').resources
  expect(validateResource(resource!).errors.map(({ details }) => formatPath(details.origin!.path))).toEqual(places)
})

describe('kinds that nobody knows', () => {
  const unknown: readonly (readonly [apiVersion: string, kind: string, hint: string | null])[] = [
    ['networking.istio.io/v1', 'VirtualServices', 'did you mean "VirtualService"?'],
    ['networking.istio.io/v1', 'virtualService', 'did you mean "VirtualService"?'],
    ['networking.istio.io/v2', 'VirtualService', 'write networking.istio.io/v1'],
    ['networking.istio.io/v1', 'EnvoyFilter', 'write networking.istio.io/v1alpha3'],
    ['networking.istio.io', 'VirtualService', 'write networking.istio.io/v1'],
    ['networking.istio.io/v1', 'AuthorizationPolicy', 'AuthorizationPolicy is one of security.istio.io/v1'],
    ['networking.isto.io/v1', 'VirtualService', 'did you mean "networking.istio.io/v1"?'],
    ['gateway.networking.k8s.io/v1alpha2', 'HTTPRoute', 'write gateway.networking.k8s.io/v1'],
    ['gateway.networking.k8s.io/v1alpha2', 'GRPCRoute', 'write gateway.networking.k8s.io/v1'],
    ['gateway.networking.k8s.io/v1', 'HTTPRuote', null],
    ['gateway.solo.io/v1', 'VirtualService', null],
    ['install.istio.io/v1alpha1', 'IstioOperator', null],
    ['networking.k8s.io/v1', 'NetworkPolicy', null],
    ['cert-manager.io/v1', 'Certificate', null],
    ['v1', 'Sevice', null],
  ]
  test.each(unknown)('%s %s', (apiVersion, kind, hint) => {
    const [resource] = readText(JSON.stringify({ apiVersion, kind, metadata: { name: 'a' } }), 'a.json').resources
    const found = validateResource(resource!).errors.map(({ code, details }) => [code, details.hint])
    expect(found).toEqual(hint === null ? [] : [['UNKNOWN_KIND', hint]])
  })
})

test('a name that YAML does not read as text', () => {
  const { errors } = readText('apiVersion: v1\nkind: ConfigMap\nmetadata: {name: off}\n', 'a.yaml')
  expect(errors.map(({ code, message }) => `${code} ${message}`)).toEqual([
    expect.stringContaining('metadata.name of ConfigMap is false, must be a text'),
  ])
})
