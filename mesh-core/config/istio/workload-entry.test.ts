import { expect, test } from 'vitest'
import { readText } from '../read.ts'
import { validateResource } from '../validate.ts'

/** Each asked of istioctl validate, 1.32. */
test.each([
  ['address: 1.2.3.4, weight: 5, locality: a/b', true],
  ['address: a.com', true],
  ["address: 'unix:///a/b'", true],
  ["address: 'unix://@a'", true],
  ["address: ''", false],
  ['network: n', false],
  ["address: 'unix://a'", false],
  ["address: 'unix:///a/'", false],
  ["address: 'unix:///a', ports: {http: 80}", false],
  ["address: 1.2.3.4, ports: {'a.b': 80}", false],
  ['address: 1.2.3.4, ports: {a: 0}', false],
  ['address: a_b.com', false],
  ["address: '*.a.com'", false],
  ["address: 1.2.3.4, labels: {'a b': c}", false],
])('a WorkloadEntry with %s is taken: %s', (spec, taken) => {
  const text = `{apiVersion: networking.istio.io/v1, kind: WorkloadEntry, metadata: {name: a, namespace: x}, spec: {${spec}}}`
  expect(validateResource(readText(text, 'a.yaml').resources[0]!).errors.length === 0).toBe(taken)
})
