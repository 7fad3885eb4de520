import { expect, test } from 'vitest'
import { NotSupported } from '../../../target.ts'
import type { Pod } from '../../pods/pod.ts'
import { stillWarming } from './probed-proxy.ts'
import { areWarming, generationIn, generationOf, guardedGeneration } from './guarded-gateway.ts'

const barrier = 'barrier-1f2e3d.meshspec.internal'

const dump = (...routes: readonly object[]) =>
  JSON.stringify({ configs: [{ route_config: { virtual_hosts: [{ domains: ['*'], routes: [{}, ...routes] }] } }] })
const leadingTo = (generation: string) => dump({ redirect: { host_redirect: `generation-${generation}.meshspec.internal` } })
const saying = (domain: string, text: string) =>
  JSON.stringify({
    configs: [{ route_config: { virtual_hosts: [{ domains: [domain], routes: [{ direct_response: { body: { inline_string: text } } }] }] } }],
  })

test.each([
  ['a redirect of a Gateway of the Gateway API', leadingTo('12'), '12'],
  ['an answer at the ingress gateway', saying(barrier, '12'), '12'],
  ['the same with its port', saying(`${barrier}:*`, '12'), '12'],
  ['an answer of others', saying('shop.test', '12'), null],
  ['a redirect of others', dump({ redirect: { host_redirect: 'shop.test' } }), null],
  ['nothing', '{}', null],
  ['the oldest of several', dump({ redirect: { host_redirect: generationHost('12') } }, { redirect: { host_redirect: generationHost('9') } }), '9'],
])('the generation is read of %s', (_, text, generation) => expect(generationIn(text, barrier)).toBe(generation))

function generationHost(generation: string): string {
  return `generation-${generation}.meshspec.internal`
}

test('a URL tells it as well', () => {
  expect(generationOf('http://generation-7.meshspec.internal/meshspec-barrier')).toBe('7')
  expect(generationOf('http://shop.test/')).toBeNull()
})

const pods = (...names: readonly string[]) => names.map((name) => ({ namespace: 'a', name }) as Pod)
const admin =
  (dumps: Readonly<Record<string, string>>, warming = '') =>
  ({ name }: Pick<Pod, 'name'>, path: string) =>
    Promise.resolve(path.startsWith('config_dump') ? (dumps[name] ?? null) : warming)

test.each([
  ['all have it', pods('one', 'two'), admin({ one: leadingTo('7'), two: leadingTo('7') }), '7'],
  ['one is behind', pods('one', 'two'), admin({ one: leadingTo('7'), two: leadingTo('6') }), '6'],
  ['one does not tell', pods('one', 'two'), admin({ one: leadingTo('7') }), null],
  ['it has not come', pods('one'), admin({ one: '{}' }), null],
  ['a listener of it is not used yet', pods('one'), admin({ one: leadingTo('7') }, 'listener_manager.total_listeners_warming: 1\n'), stillWarming],
  ['none warms', pods('one'), admin({ one: leadingTo('7') }, 'listener_manager.total_listeners_warming: 0\n'), '7'],
  ['there is nobody', [], admin({}), null],
])('pods are asked themselves: %s', async (_, asked, ask, told) => expect(await guardedGeneration(asked, ask, barrier, '7')).toBe(told))

test.each([
  ['a cluster waits for its secret', 'cluster_manager.warming_clusters: 1\n', true],
  ['none waits', 'cluster_manager.warming_clusters: 0\nlistener_manager.total_listeners_warming: 0\n', false],
  ['it is not told', '', false],
])('proxies that still go by what they had: %s', async (_, gauges, warms) => {
  expect(await areWarming(pods('one', 'two'), admin({}, gauges))).toBe(warms)
})

test('where nobody is let in to ask, nobody knows', async () => {
  const denied = () => Promise.reject(new NotSupported('gateway-calls', 'not permitted'))
  expect(await areWarming(pods('one'), denied)).toBe(false)
  await expect(areWarming(pods('one'), () => Promise.reject(new Error('gone')))).rejects.toThrow('gone')
})
