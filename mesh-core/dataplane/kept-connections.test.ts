import { expect, test } from 'vitest'
import { readText } from '../config/load.ts'
import { createMesh } from '../create-mesh.ts'
import { Headers } from '../ir/message.ts'
import type { Mesh } from '../mesh.ts'

const pod = (name: string): string =>
  `apiVersion: v1\nkind: Pod\nmetadata: {name: ${name}, namespace: default, labels: {app: ${name.split('-')[0]}}}\nspec: {containers: [{name: app, image: a}]}\n`

const world = [
  'apiVersion: v1\nkind: Service\nmetadata: {name: b, namespace: default}\nspec: {selector: {app: b}, ports: [{name: http, port: 80}]}\n',
  ...['a', 'b-1', 'b-2', 'b-3'].map(pod),
].join('---\n')

function started(): Mesh {
  const program = () => async (_: unknown, context: { sleep(ms: number): Promise<void> }) => {
    await context.sleep(100)
    return { status: 200, headers: new Headers(), body: '' }
  }
  const mesh = createMesh({ seed: 5, program })
  mesh.apply(readText(world, 'world.yaml').resources)
  return mesh
}

/** Where requests for a host that no rule knows land, by way of the address of `b`. */
async function landed(mesh: Mesh, times: number, atOnce: boolean): Promise<readonly string[]> {
  const from = { kind: 'workload', ref: { namespace: 'default', name: 'a', instance: 'a' } } as const
  const call = { from, method: 'GET', url: 'http://b/', headers: { host: ['nobody.example.com'] }, body: '', timeoutMs: null }
  const exchanges = []
  if (atOnce) exchanges.push(...(await mesh.settle(Promise.all(Array.from({ length: times }, () => mesh.start(call))))))
  else for (let i = 0; i < times; i++) exchanges.push(await mesh.send(call))
  return [...new Set(exchanges.map(({ hops }) => hops[0]!.to!.name))].sort()
}

test('a connection is used again, with whoever is behind it', async () => {
  expect(await landed(started(), 30, false)).toHaveLength(1)
})

test('requests beside each other have connections of their own', async () => {
  expect(await landed(started(), 30, true)).toEqual(['b-1', 'b-2', 'b-3'])
})

test('one whose other end has gone is none any more', async () => {
  const mesh = started()
  const [before] = await landed(mesh, 1, false)
  mesh.remove([{ group: '', kind: 'Pod', namespace: 'default', name: before! }])
  expect(await landed(mesh, 30, false)).not.toContain(before)
})

test('one that nobody uses is closed after an hour', async () => {
  const mesh = started()
  const after: string[] = []
  for (let i = 0; i < 10; i++) {
    after.push(...(await landed(mesh, 2, false)))
    await mesh.elapse(3_600_001)
  }
  expect(new Set(after).size).toBeGreaterThan(1)
})
