import { expect, test } from 'vitest'
import type { KubeObject } from '../../../../mesh-core/config/resource.ts'
import type { Pod } from './pod.ts'
import { Stated } from './stated.ts'

const pod = (name: string, ip: string, workload = 'shop'): Pod =>
  ({ namespace: 'a', name, ip, labels: { 'meshspec.dev/workload': workload } }) as unknown as Pod
const shop: KubeObject = { apiVersion: 'apps/v1', kind: 'Deployment', metadata: { name: 'shop', namespace: 'a' }, spec: {} }

/** @returns what pods were told, in order */
function stated() {
  const told: string[] = []
  const tell = (pods: readonly Pod[], what: object, counter = '') => {
    for (const { name } of pods) told.push(`${name}: ${JSON.stringify(what)}${counter && ` by ${counter}`}`)
    return Promise.resolve()
  }
  return { told, stated: new Stated({ behave: tell, certify: (pods, certificate) => tell(pods, certificate) }) }
}

const one = pod('shop-1', '10.0.0.1')
const two = pod('shop-2', '10.0.0.2')
const other = pod('cart-1', '10.0.0.9', 'cart')

test('pods that come later hear what was said of their service, once, in its order', async () => {
  const { stated: own, told } = stated()
  await own.hear([one, other])
  await own.say({ behaviour: { status: 201, first: Infinity } }, [one], [shop])
  await own.say({ behaviour: { delayMs: 30 } }, [one], [shop])
  expect(told.splice(0)).toEqual(['shop-1: {"status":201,"first":null} by 10.0.0.1', 'shop-1: {"delayMs":30} by 10.0.0.1'])
  await own.hear([one, two, other, pod('cart-2', '10.0.0.8', 'cart')])
  expect(told.splice(0)).toEqual(['shop-2: {"status":201,"first":null} by 10.0.0.1', 'shop-2: {"delayMs":30} by 10.0.0.1'])
  // One of the same name in its place is another one.
  await own.hear([one, pod('shop-2', '10.0.0.3'), other])
  expect(told).toEqual(['shop-2: {"status":201,"first":null} by 10.0.0.1', 'shop-2: {"delayMs":30} by 10.0.0.1'])
})

test('what is said of one endpoint is for no other', async () => {
  const { stated: own, told } = stated()
  await own.say({ behaviour: { status: 500 } }, [one], [])
  await own.hear([one, two])
  expect(told).toEqual(['shop-1: {"status":500} by 10.0.0.1'])
})

test('of a service without pods the first one that comes counts for all', async () => {
  const { stated: own, told } = stated()
  await own.say({ behaviour: { status: 503, first: 2 } }, [], [shop])
  expect(told).toEqual([])
  await own.hear([one])
  await own.hear([one, two])
  expect(told).toEqual(['shop-1: {"status":503,"first":2} by 10.0.0.1', 'shop-2: {"status":503,"first":2} by 10.0.0.1'])
})

test('where the one that counts has gone, nobody can say how many there were', async () => {
  const { stated: own } = stated()
  await own.hear([one])
  await own.say({ behaviour: { status: 503, first: 2 } }, [one], [shop])
  await expect(own.hear([two])).rejects.toThrow('is there no more')
})
