import { describe, expect, test } from 'vitest'
import { answerText } from '../answer.ts'
import { getRequest, ScriptedContext } from '../scripted-context.ts'
import { withBehaviour } from './behaviour.ts'
import type { ServiceBehaviour } from './behaviour.ts'
import { createEcho } from './echo.ts'

const pod = { name: 'shop-v2-0', namespace: 'prod', app: 'shop', version: 'v2' }

test('an echo says who it is and what it received', async () => {
  const request = { ...getRequest('/items?x=1', { 'x-user': ['a', 'b'], __proto__x: '1' }), method: 'POST', authority: 'shop:80', body: 'text' }
  const answer = await createEcho()(request, new ScriptedContext(undefined, { pod }))
  expect(JSON.parse(answer.body)).toEqual({
    service: 'shop',
    workload: 'shop-v2',
    version: 'v2',
    pod: 'shop-v2-0',
    namespace: 'prod',
    method: 'POST',
    path: '/items?x=1',
    authority: 'shop:80',
    headers: { 'x-user': ['a', 'b'], __proto__x: '1' },
    body: 'text',
  })
})

test.each([
  ['/?status=503', 503, 0],
  ['/?delay=2s', 200, 2000],
  ['/?delay=250ms&status=404', 404, 250],
  ['/?delay=0.5', 200, 500],
  ['/?status=99', 400, 0],
  ['/?delay=soon', 200, 0],
  ['/status=503', 200, 0],
])('%s', async (path, status, ms) => {
  const context = new ScriptedContext()
  expect([(await createEcho()(getRequest(path), context)).status, context.now()]).toEqual([status, ms])
})

describe('behaviours', () => {
  const well = () => answerText(200, 'well')
  /** Status, or why there was no answer, of three calls; and the time they took. */
  async function threeCalls(behaviour: ServiceBehaviour): Promise<unknown[]> {
    const context = new ScriptedContext()
    const program = withBehaviour(well, behaviour)
    const ends: unknown[] = []
    for (let i = 0; i < 3; i++)
      ends.push(
        await Promise.resolve()
          .then(() => program(getRequest('/'), context))
          .then(
            (answer) => answer.status,
            (error: { reason: string }) => error.reason,
          ),
      )
    return [...ends, context.now()]
  }

  const rows: [ServiceBehaviour, unknown[]][] = [
    [{}, [200, 200, 200, 0]],
    [{ status: 503 }, [503, 503, 503, 0]],
    [{ status: 503, first: 2 }, [503, 503, 200, 0]],
    [{ delayMs: 500 }, [200, 200, 200, 1500]],
    [{ delayMs: 500, status: 500, first: 1 }, [500, 200, 200, 1500]],
    [{ reset: true }, ['closed', 'closed', 'closed', 0]],
    [{ refuse: true, first: 1 }, ['refused', 200, 200, 0]],
  ]
  test.each(rows)('%j', async (behaviour, expected) => {
    expect(await threeCalls(behaviour)).toEqual(expected)
  })

  test('headers and body, on every answer', async () => {
    const program = withBehaviour(well, { headers: { 'X-A': '1', 'content-type': 'text/x' }, body: 'other', delayMs: 1 })
    const answer = await program(getRequest('/'), new ScriptedContext())
    expect([answer.body, ...answer.headers.fields]).toEqual(['other', 'content-type', 'text/x', 'x-a', '1'])
  })

  test('a program without behaviour stays synchronous', () => {
    expect(withBehaviour(well, { status: 500, first: 1 })(getRequest('/'), new ScriptedContext())).not.toBeInstanceOf(Promise)
  })
})
