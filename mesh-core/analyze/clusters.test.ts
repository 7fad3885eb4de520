import { describe, expect, test } from 'vitest'
import { readText } from '../config/read.ts'
import { analyzeClusters } from './clusters.ts'

const service = (spec: string, name = 'reviews'): string => `{apiVersion: v1, kind: Service, metadata: {name: ${name}}, spec: ${spec}}`
const clustersOf = (...yamls: readonly string[]) => yamls.map((yaml, i) => ({ name: `c${i}`, resources: readText(yaml, `c${i}.yaml`).resources })) // prettier-ignore

describe('one service in several clusters', () => {
  const cases: readonly (readonly [about: string, specs: readonly string[], found: string | null])[] = [
    ['the same', ['{ports: [{port: 80}]}', '{ports: [{port: 80}]}'], null],
    ['what the API server fills in', ['{ports: [{port: 80}]}', '{type: ClusterIP, ports: [{port: 80, protocol: TCP, targetPort: 80}]}'], null],
    ['ports in another order', ['{ports: [{port: 80, name: a}, {port: 81, name: b}]}', '{ports: [{port: 81, name: b}, {port: 80, name: a}]}'], null],
    ['node ports', ['{ports: [{port: 80, nodePort: 30001}]}', '{ports: [{port: 80, nodePort: 30002}]}'], null],
    ['addresses', ['{clusterIP: 10.0.0.1, ports: [{port: 80}]}', '{clusterIP: 10.1.0.1, ports: [{port: 80}]}'], null],
    ['headless', ['{ports: [{port: 80}]}', '{clusterIP: None, ports: [{port: 80}]}'], 'c0, c1: headless in one and not in another'],
    ['another type', ['{ports: [{port: 80}]}', '{type: LoadBalancer, ports: [{port: 80}]}'], 'c0, c1: ClusterIP in one and LoadBalancer in another'],
    ['another port', ['{ports: [{port: 80, name: a}]}', '{ports: [{port: 81, name: a}]}'], 'c0, c1: different ports: a'],
    ['the third differs', ['{ports: [{port: 80}]}', '{ports: [{port: 80}]}', '{ports: [{port: 81}]}'], 'c0, c2: different ports'],
  ]
  test.each(cases)('%s', (_, specs, found) => {
    const texts = analyzeClusters(clustersOf(...specs.map((spec) => service(spec)))).map(({ text }) => text.replace(/^.* in the clusters /, ''))
    expect(texts).toEqual(found === null ? [] : [found])
  })
})

test('other names are other services, and an annotation is minded', () => {
  const other = service('{ports: [{port: 81}]}', 'ratings')
  expect(analyzeClusters(clustersOf(service('{ports: [{port: 80}]}'), other))).toEqual([])
  const quiet = service('{ports: [{port: 80}]}').replace('name: reviews', 'name: reviews, annotations: {galley.istio.io/analyze-suppress: IST0170}')
  expect(analyzeClusters(clustersOf(quiet, service('{ports: [{port: 81}]}')))).toEqual([])
})
