import { expect, test } from 'vitest'
import { readText } from '../../config/read.ts'
import { createMesh } from '../../create-mesh.ts'
import { Headers } from '../../ir/message.ts'

const pod = (name: string): string => `---
apiVersion: apps/v1
kind: Deployment
metadata: {name: ${name}, namespace: default}
spec: {selector: {matchLabels: {app: ${name}}}, template: {metadata: {labels: {app: ${name}}}, spec: {containers: [{name: app, image: a}]}}}
`
const config = (timeout: string): string => `
apiVersion: v1
kind: Service
metadata: {name: shop, namespace: default}
spec: {selector: {app: shop}, ports: [{name: http, port: 80}]}
---
apiVersion: networking.istio.io/v1
kind: VirtualService
metadata: {name: shop, namespace: default}
spec: {hosts: [shop], http: [{timeout: ${timeout}, retries: {attempts: 1, retryOn: 5xx, backoff: 1s}, route: [{destination: {host: shop}}]}]}
${pod('client')}${pod('shop')}`

/** @returns the status, and how often the workload was asked, long after the answer */
async function asked(timeout: string): Promise<[status: number | undefined, times: number]> {
  let times = 0
  const mesh = createMesh({
    program: () => () => {
      times++
      return { status: 503, headers: new Headers(), body: '' }
    },
  })
  const { resources, errors } = readText(config(timeout), 'shop.yaml')
  expect(errors).toEqual([])
  mesh.apply(resources)
  const from = { kind: 'workload', ref: { namespace: 'default', name: 'client', instance: 'client' } } as const
  const { response } = await mesh.send({ from, method: 'GET', url: 'http://shop/', headers: {}, body: '', timeoutMs: null })
  await mesh.elapse(10_000)
  return [response?.status, times]
}

test('a request whose time is up while it waits for its next try is not tried again', async () => {
  expect(await asked('30s')).toEqual([503, 2])
  expect(await asked('2ms')).toEqual([504, 1])
})
