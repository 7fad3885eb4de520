import { PassThrough } from 'node:stream'
import { expect, test } from 'vitest'
import { PodAgent } from './agent.ts'
import type { Pod } from './pod.ts'

const pod = { namespace: 'a', name: 'shop-x', container: 'shop' } as Pod

/** An agent's process that has ended so. */
function ended(code: number | null, said: string): PodAgent {
  const [stdin, stdout, stderr] = [new PassThrough(), new PassThrough(), new PassThrough()]
  stderr.write(said)
  const later = new Promise<number | null>((resolve) => setTimeout(() => resolve(code), 5))
  return new PodAgent(pod, { stdin, stdout, stderr, ended: later, kill: () => {} })
}

test.each([
  [127, ''],
  [1, 'OCI runtime exec failed: exec: "node": executable file not found in $PATH'],
  [1, 'exec failed: executable file `node` not found in $PATH'],
  [1, 'sh: node: not found'],
])('a container without Node cannot be made to send: %s %j', async (code, said) => {
  await expect(ended(code, said).sequence()).rejects.toMatchObject({ name: 'NotSupported', message: expect.stringContaining('has no Node') })
})

test.each([
  [1, 'nsenter: cannot open /proc/7/ns/net: No such file or directory'],
  [1, 'container not found ("shop")'],
  [null, ''],
])('a container that has ended is no container without Node: %s %j', async (code, said) => {
  await expect(ended(code, said).sequence()).rejects.toMatchObject({ code: 'CLUSTER_FAILED', message: expect.stringContaining('is gone') })
})

/** An agent's process that answers so, one question after another, the last for all that follow. @returns what it is asked, too */
function answering(...answers: readonly object[]): { agent: PodAgent; asked: string[] } {
  const [stdin, stdout, stderr] = [new PassThrough(), new PassThrough(), new PassThrough()]
  const asked: string[] = []
  stdin.on('data', (bytes: Buffer) => {
    const { id, control } = JSON.parse(String(bytes)) as { readonly id: number; readonly control: { readonly path: string } }
    asked.push(control.path)
    stdout.write(`${JSON.stringify({ id, ms: 1, ...answers[Math.min(asked.length, answers.length) - 1] })}\n`)
  })
  return { agent: new PodAgent(pod, { stdin, stdout, stderr, ended: new Promise(() => {}), kill: () => {} }), asked }
}

const busy = { error: 'ETIMEDOUT' }

test.each([
  ['one of ours', [{ status: 200 }], true, 1],
  ['one of ours that is not ready', [{ status: 503 }], true, 1],
  ['one of others', [{ error: 'ECONNREFUSED' }], false, 1],
  ['one of ours that is busy', [busy, busy, { status: 200 }], true, 3],
])('%s is known by its answer', async (_, answers, isOurs, times) => {
  const { agent, asked } = answering(...answers)
  expect(await agent.isControlled()).toBe(isOurs)
  expect(asked).toHaveLength(times)
})

test('a pod that is busy is asked again, and one that never answers is no pod of others', async () => {
  expect(await answering(busy, { status: 200, body: '7' }).agent.sequence()).toBe(7)
  const wanted = {
    code: 'CLUSTER_FAILED',
    message: expect.stringContaining('pod a/shop-x does not answer what the run asks of it (GET /sequence, 3 times)'),
  }
  await expect(answering(busy).agent.sequence()).rejects.toMatchObject(wanted)
  await expect(answering(busy).agent.isControlled()).rejects.toMatchObject({ code: 'CLUSTER_FAILED' })
  await expect(answering({ status: 404 }).agent.sequence()).rejects.toMatchObject({ name: 'NotSupported' })
})
