import { expect, test } from 'vitest'
import { CoreSession } from './session.ts'

/** The statuses, versions and bytes that a scenario of chance sees. */
async function draw(seed: number): Promise<string> {
  const session = new CoreSession({ seed, spec: false })
  await session.deployBookinfo('default')
  const seen: unknown[] = []
  const call = { from: { kind: 'client' as const }, method: 'GET', target: '/productpage', headers: {}, body: '' }
  for await (const { response, hops, durationMs } of session.sendMany(call, { times: 30, concurrency: 4 }))
    seen.push([response, durationMs, hops.map(({ to, received }) => [to, received])])
  return JSON.stringify(seen)
}

test('the same seed gives the same bytes', async () => expect(await draw(5)).toBe(await draw(5)))

test('another seed gives others', async () => expect(await draw(6)).not.toBe(await draw(5)))
