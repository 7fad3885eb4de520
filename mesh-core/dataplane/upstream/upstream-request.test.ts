import { expect, test } from 'vitest'
import { readText } from '../../config/load.ts'
import { createMesh } from '../../create-mesh.ts'
import { Headers } from '../../ir/message.ts'
import type { Mesh } from '../../mesh.ts'

const pod = (name: string): string =>
  `apiVersion: v1\nkind: Pod\nmetadata: {name: ${name}, namespace: default, labels: {app: ${name}}}\nspec: {containers: [{name: app, image: a}]}\n`

const world = [
  'apiVersion: v1\nkind: Service\nmetadata: {name: b, namespace: default}\nspec: {selector: {app: b}, ports: [{name: http, port: 80}]}\n',
  ...['a', 'b'].map(pod),
].join('---\n')

/** @param received counts what the workload takes in, and takes so many ms for each */
function started(config: string, takesMs: number, received: () => void): Mesh {
  const answer = () => ({ status: 200, headers: new Headers(), body: '' })
  // One that needs no time answers before it is known that it has been asked.
  const program = () => (_: unknown, context: { sleep(ms: number): Promise<void> }) => {
    received()
    return takesMs > 0 ? context.sleep(takesMs).then(answer) : answer()
  }
  const mesh = createMesh({ program })
  mesh.apply(readText(`${world}---\n${config}`, 'world.yaml').resources)
  return mesh
}

const from = { kind: 'workload', ref: { namespace: 'default', name: 'a', instance: 'a' } } as const
const call = { from, method: 'GET', url: 'http://b/', headers: {}, body: '', timeoutMs: null }

test('the time of a try that has been answered ends nothing any more', async () => {
  let received = 0
  const config =
    'apiVersion: networking.istio.io/v1\nkind: VirtualService\nmetadata: {name: b}\nspec: {hosts: [b], http: [{retries: {attempts: 2, perTryTimeout: 1s, retryOn: 5xx}, route: [{destination: {host: b}}]}]}\n'
  const mesh = started(config, 0, () => received++)
  const { hops } = await mesh.send(call)
  await mesh.elapse(60_000)
  expect(received).toBe(1)
  expect(hops[0]!.log).toMatchObject({ status: 200, flags: '-', attempts: 1 })
})

test('who waits for a connection and has given up sends nothing when one is free', async () => {
  let received = 0
  const config =
    'apiVersion: networking.istio.io/v1\nkind: VirtualService\nmetadata: {name: b}\nspec: {hosts: [b], http: [{timeout: 2s, route: [{destination: {host: b}}]}]}\n---\n' +
    'apiVersion: networking.istio.io/v1\nkind: DestinationRule\nmetadata: {name: b}\nspec: {host: b, trafficPolicy: {connectionPool: {tcp: {maxConnections: 1}}}}\n'
  const mesh = started(config, 1500, () => received++)
  const exchanges = await mesh.settle(Promise.all([mesh.start(call), mesh.start(call), mesh.start(call)]))
  await mesh.elapse(60_000)
  expect(exchanges.map(({ response }) => response?.status)).toEqual([200, 504, 504])
  expect(received).toBe(2)
})
