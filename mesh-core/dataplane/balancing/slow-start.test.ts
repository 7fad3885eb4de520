import { expect, test } from 'vitest'
import { readText } from '../../config/read.ts'
import { createMesh } from '../../create-mesh.ts'
import { slowStartFactor } from './slow-start.ts'

const gentle = { windowMs: 10_000, aggression: 1, minimumPercent: 10 }

test.each([
  [0, 1, 0.1],
  [500, 1, 0.1],
  [5000, 1, 0.5],
  [5000, 2, Math.SQRT1_2],
  [10_000, 1, 1],
])('after %d ms, with an aggression of %d, a host gets %d of its weight', (age, aggression, share) => {
  expect(slowStartFactor({ ...gentle, aggression }, age)).toBeCloseTo(share)
})

const shop = (replicas: number) => `apiVersion: v1
kind: Service
metadata: {name: shop}
spec: {selector: {app: shop}, ports: [{name: http, port: 80, targetPort: 8080}]}
---
apiVersion: apps/v1
kind: Deployment
metadata: {name: shop}
spec: {replicas: ${replicas}, selector: {}, template: {metadata: {labels: {app: shop}}, spec: {containers: [{name: app, image: shop}]}}}
---
apiVersion: apps/v1
kind: Deployment
metadata: {name: client}
spec: {selector: {}, template: {metadata: {labels: {app: client}}, spec: {containers: [{name: app, image: client}]}}}
---
apiVersion: networking.istio.io/v1
kind: DestinationRule
metadata: {name: shop}
spec: {host: shop, trafficPolicy: {loadBalancer: {simple: ROUND_ROBIN, warmup: {duration: 100s}}}}`

test('a pod that joins gets its share by and by, as it grows older since it came', async () => {
  const mesh = createMesh()
  const apply = (replicas: number) => mesh.apply(readText(shop(replicas), 'shop.yaml').resources)
  const from = { kind: 'workload', ref: { namespace: 'default', name: 'client', instance: 'client' } } as const
  const newest = async () => {
    let count = 0
    for (let i = 0; i < 300; i++) {
      const { hops } = await mesh.send({ from, method: 'GET', url: 'http://shop/', headers: {}, body: '', timeoutMs: null })
      if (hops[0]!.to!.instance === 'shop-3') count++
    }
    return count / 300
  }
  apply(2)
  await newest()
  await mesh.elapse(200_000)
  apply(3)
  expect(await newest()).toBeCloseTo(0.1 / 2.1, 1)
  await mesh.elapse(50_000)
  expect(await newest()).toBeCloseTo(0.5 / 2.5, 1)
  await mesh.elapse(60_000)
  expect(await newest()).toBeCloseTo(1 / 3, 1)
})
