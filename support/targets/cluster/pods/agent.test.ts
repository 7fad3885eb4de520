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
