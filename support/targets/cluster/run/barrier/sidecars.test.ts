import { expect, test } from 'vitest'
import type { PodAgent, PodAnswer } from '../../pods/agent.ts'
import { stillWarming } from '../gateways/probed-proxy.ts'
import { probedSidecar } from './sidecars.ts'

function sidecar(stats: Omit<PodAnswer, 'ms'>, isDrained = false): ReturnType<typeof probedSidecar> {
  const call = async ({ path }: { readonly path: string }): Promise<PodAnswer> => {
    if (!path.startsWith('/stats')) return { status: 200, body: '7', ms: 1 }
    const told = stats.body?.split('\n').filter((line) => decodeURIComponent(path).includes(line.split(':')[0]!.replaceAll('.', '\\.')))
    return { ...stats, ...(told && { body: told.join('\n') }), ms: 1 }
  }
  return probedSidecar('the sidecar of pod a', { call } as unknown as PodAgent, isDrained)
}

const warming = 'cluster_manager.warming_clusters: 1'
const draining = 'listener_manager.total_filter_chains_draining: 2'

test.each<[what: string, stats: Omit<PodAnswer, 'ms'>, isDrained: boolean, seen: string]>([
  ['nothing warms', { status: 200, body: '' }, false, '7'],
  ['gauges that are 0', { status: 200, body: 'cluster_manager.warming_clusters: 0' }, false, '7'],
  ['a cluster warms', { status: 200, body: warming }, false, stillWarming],
  ['an old listener serves on, where connections are not looked at', { status: 200, body: draining }, false, '7'],
  ['an old listener serves on', { status: 200, body: draining }, true, stillWarming],
  ['it does not say', { error: 'ETIMEDOUT' }, false, stillWarming],
  ['there is nobody to ask', { error: 'ECONNREFUSED' }, false, '7'],
  ['it may not be asked', { status: 404, body: warming }, false, '7'],
])('%s', async (_, stats, isDrained, seen) => {
  expect(await sidecar(stats, isDrained).ask('barrier', '7')).toBe(seen)
})

test('one with an older config is not asked what warms', async () => {
  expect(await sidecar({ status: 200, body: warming }).ask('barrier', '8')).toBe('7')
})
