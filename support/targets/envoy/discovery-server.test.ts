import { afterEach, beforeEach, expect, test } from 'vitest'
import { DiscoveryServer } from './discovery-server.ts'
import type { Subscription } from './discovery-server.ts'

let server: DiscoveryServer
beforeEach(async () => {
  server = await DiscoveryServer.start()
})
afterEach(() => server.close())

const [a, b] = [endpointsOf('a'), endpointsOf('b')]
const patienceMs = 1500
const alive = (): void => {}

test('an Envoy that goes on taking things up is waited for, however long it takes for all', async () => {
  for (const one of [a, b]) server.put(one, [{ name: one.name }])
  const taken = server.acknowledged(patienceMs, alive)
  await pass(0.6 * patienceMs)
  await takeUp(a)
  await pass(0.6 * patienceMs)
  await takeUp(b)
  await expect(taken).resolves.toBeUndefined()
})

test('one that asks for nothing any more is not', async () => {
  for (const one of [a, b]) server.put(one, [{ name: one.name }])
  const taken = server.acknowledged(patienceMs, alive)
  await takeUp(a)
  await expect(taken).rejects.toThrow('Envoy has not acknowledged endpoints b')
})

function endpointsOf(name: string): Subscription {
  return { kind: 'endpoints', name }
}

/** As Envoy does: it asks, and names what it has got in its next poll, which is held. */
async function takeUp(subscription: Subscription): Promise<void> {
  const answer = await poll(subscription, '')
  const { version_info: version } = (await answer.json()) as { version_info: string }
  poll(subscription, version).catch(() => {})
}

function poll({ kind, name }: Subscription, version: string): Promise<Response> {
  const body = `{"version_info":"${version}","node":{},"resource_names":["${name}"]}`
  return fetch(`http://127.0.0.1:${server.port}/v3/discovery:${kind}`, { method: 'POST', body })
}

function pass(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms))
}
