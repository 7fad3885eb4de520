import { expect, test } from 'vitest'
import { StatementFailed } from '../../verdicts/failure.ts'
import { CoreSession } from '../core/session.ts'
import { NotSupported } from '../target.ts'
import type { Telemetry } from '../target.ts'

async function visited(injected = true): Promise<{ readonly session: CoreSession; readonly telemetry: Telemetry }> {
  const session = new CoreSession({ seed: 1, spec: false, asksTelemetry: true })
  if (!injected) await session.setSidecars('default', false)
  await session.deployBookinfo('default')
  return { session, telemetry: session.telemetry! }
}

const page = { from: { kind: 'client' as const }, method: 'GET', target: '/productpage', headers: {}, body: '' }

test('nothing is kept where nothing is asked', () => expect(new CoreSession({ seed: 1, spec: false }).telemetry).toBeUndefined())

test('counts what is sent, one by one and many at once', async () => {
  const { session, telemetry } = await visited()
  await session.send(page)
  for await (const _ of session.sendMany(page, { times: 3, concurrency: 2 }));
  expect(await telemetry.query('sum(istio_requests_total{destination_workload="details-v1", reporter="destination"})')).toEqual([
    { labels: {}, value: 4 },
  ])
})

test('who has gone since was there when it was counted', async () => {
  const { session, telemetry } = await visited()
  await session.send(page)
  await session.remove([{ group: 'apps', kind: 'Deployment', namespace: 'default', name: 'details-v1' }])
  expect(await telemetry.query('sum(istio_requests_total{destination_workload="details-v1", reporter="source"})')).toEqual([{ labels: {}, value: 1 }])
})

test('the graph is drawn of what was counted', async () => {
  const { session, telemetry } = await visited()
  await session.send(page)
  const edges = (await telemetry.edges()).map(({ from, to }) => `${from.app} ${to.app}:${to.version}`)
  expect(new Set(edges)).toContain('istio-ingressgateway productpage:v1')
  expect(new Set(edges)).toContain('productpage details:v1')
})

test('without sidecars only the gateway tells', async () => {
  const { session, telemetry } = await visited(false)
  const [hops] = await telemetry.traces([await session.send(page)])
  expect(hops!.filter(({ to }) => to !== null).map(({ app }) => app)).toEqual(['productpage'])
})

test('of a query that is none the scenario is told, of one that is not modelled that it is not supported', async () => {
  const { telemetry } = await visited()
  await expect(telemetry.query('sum(')).rejects.toThrow(StatementFailed)
  await expect(telemetry.query('istio_request_bytes_sum')).rejects.toThrow(NotSupported)
  await expect(telemetry.query('deriv(istio_requests_total[1m])')).rejects.toThrow(NotSupported)
})
