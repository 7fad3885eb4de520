import { expect, test } from 'vitest'
import type { PodAnswer, PodCall } from '../../pods/agent.ts'
import type { Pod } from '../../pods/pod.ts'
import { stillWarming } from '../gateways/probed-proxy.ts'
import { barrierAt, probedRouter, routersOf } from './routers.ts'

const pod = (workload: string, more: Partial<Pod> = {}): Pod => ({
  ...{ namespace: 'run', name: `${workload}-1`, workload, app: workload, version: '', ip: '10.0.0.7', container: 'istio-proxy', sidecar: false },
  ...{ ready: true, containers: 1, readyContainers: 1, restarts: 0, readySince: null, trouble: null },
  labels: { 'meshspec.dev/workload': workload, 'meshspec.dev/run': '1f2e3d' },
  ...more,
})

test('gateways that the run has deployed are asked, each once', () => {
  const app = pod('shop', { container: 'shop', sidecar: true })
  const others = pod('others', { labels: {} })
  expect(routersOf([app, others, pod('egress'), pod('egress', { name: 'egress-2' }), pod('late', { ready: false })])).toEqual([
    { namespace: 'run', workload: 'egress', run: '1f2e3d' },
  ])
})

test('the barrier is at that gateway alone', () => {
  const [gateway, route] = barrierAt({ namespace: 'run', workload: 'egress', run: '1f2e3d' }, 'barrier.internal', '7')
  expect(gateway!.spec).toMatchObject({ selector: { 'meshspec.dev/workload': 'egress', 'meshspec.dev/run': '1f2e3d' } })
  expect(route!.spec).toMatchObject({ gateways: [gateway!.metadata.name], http: [{ directResponse: { body: { string: '7' } } }] })
})

const gauge = (name: string, value: number): string => `# TYPE ${name} gauge\n${name}{} ${value}\n`
const still = gauge('envoy_cluster_manager_warming_clusters', 0) + gauge('envoy_listener_manager_total_listeners_warming', 0)

test.each([
  ['it has it', { status: 200, body: '7' }, still, '7'],
  ['it is behind', { status: 200, body: '6' }, still, '6'],
  ['a cluster waits for its secret', { status: 200, body: '7' }, still + gauge('envoy_cluster_manager_warming_clusters', 1), stillWarming],
  ['a listener waits', { status: 200, body: '7' }, gauge('envoy_listener_manager_total_listeners_warming', 2), stillWarming],
  ['nobody listens yet', { error: 'ECONNREFUSED' }, still, null],
  ['its route is not there yet', { status: 404, body: '' }, still, ''],
  ['a filter answers in its place', { status: 429, body: 'local_rate_limited' }, still, 'told'],
  ['a policy keeps the question out', { status: 403, body: 'RBAC: access denied' }, still, 'told'],
])('a gateway is asked from a pod of the run: %s', async (_, answer, stats, seen) => {
  const call = async ({ port }: PodCall): Promise<PodAnswer> => ({ ms: 1, ...(port === 15_090 ? { status: 200, body: stats } : answer) })
  const probed = probedRouter('the gateway', pod('egress'), { call }, async () => 'told')
  expect(await probed.ask('barrier.internal', '7')).toBe(seen)
})

test('where no pod can ask, its proxy is asked itself', async () => {
  expect(await probedRouter('the gateway', pod('egress'), null, async () => '7').ask('barrier.internal', '7')).toBe('7')
})
