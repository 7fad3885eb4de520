import { KubeConfig } from '@kubernetes/client-node'
import nock from 'nock'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { pathsOf } from '../../../checks/evidence.ts'
import { KubeApi } from '../kube/kube-api.ts'
import type { Pod } from '../pods/pod.ts'
import { readLogLine } from './access-log-line.ts'
import { AccessLogs } from './access-logs.ts'
import { hopsOfSpans } from './trace-hops.ts'

const host = 'https://api.example:6443'
const mark = 'dbc04ad3-d948-40d8-911d-fa933bb69cf7'
const id = '5c6695f8-524b-44d5-9298-926ae544fd0e'
const start = Date.parse('2026-11-28T07:00:37.758Z')

beforeEach(() => {
  if (!nock.isActive()) nock.activate()
})
afterEach(() => {
  nock.cleanAll()
  nock.restore()
})

const pod = (app: string, version: string, ip: string, sidecar = true): Pod => ({
  namespace: sidecar ? 'bookinfo' : 'istio-system',
  name: `${app}-${version}-x`,
  workload: `${app}-${version}`,
  app,
  version,
  labels: {},
  ip,
  container: sidecar ? 'app' : 'istio-proxy',
  sidecar,
  ready: true,
  containers: 2,
  readyContainers: 2,
  restarts: 0,
  readySince: null,
  trouble: null,
})
const gateway = pod('istio-ingressgateway', '', '10.244.0.3', false)
const page = pod('productpage', 'v1', '10.244.0.10')
const reviews = pod('reviews', 'v2', '10.244.0.7')
const ratings = pod('ratings', 'v1', '10.244.0.8')

/** Istio's default format. */
const line = (at: number, agent: string, request: string, upstream: string, cluster: string, remote: string): string =>
  `[${new Date(start + at).toISOString()}] "GET /productpage HTTP/1.1" 200 - via_upstream - "-" 0 1551 13 13 "10.244.255.1" "${agent}" "${request}" "reviews:9080" "${upstream}" ${cluster} 10.244.0.3:36722 10.244.0.3:8080 ${remote} - -`
const toPage = line(0, `meshspec (${mark})`, id, '10.244.0.10:9080', 'outbound|9080||productpage.bookinfo.svc.cluster.local', '10.244.255.1:44544')
const atPage = line(1, `meshspec (${mark})`, id, '10.244.0.10:9080', 'inbound|9080||', '10.244.0.3:36722')
const toReviews = line(3, '-', id, '10.244.0.7:9080', 'outbound|9080|v2|reviews.bookinfo.svc.cluster.local', '10.244.0.10:4711')
const atReviews = line(4, '-', id, '10.244.0.7:9080', 'inbound|9080||', '10.244.0.10:55120')
const barrier = line(-9000, '-', 'e3a1c09e-0000-4000-8000-000000000000', '-', '-', '10.244.0.8:1')

function logs(pods: readonly Pod[], texts: Readonly<Record<string, string | number>>): AccessLogs {
  const config = new KubeConfig()
  config.loadFromClusterAndUser({ name: 'test', server: host, skipTLSVerify: false }, { name: 'user', token: 'token-4711' })
  for (const { namespace, name } of pods) {
    const text = texts[name] ?? ''
    const reply = nock(host)
      .get(`/api/v1/namespaces/${namespace}/pods/${name}/log`)
      .query((query) => query['container'] === 'istio-proxy' && query['sinceTime'] === '2026-11-28T07:00:32.758Z')
      .times(typeof text === 'number' ? 4 : 1)
    if (typeof text === 'number') reply.reply(text, { kind: 'Status', message: 'pods/log is forbidden' })
    else reply.reply(200, text)
  }
  return new AccessLogs(new KubeApi(config, { backoffMs: 2 }), async () => pods)
}

const sought = { marks: [mark], fromMs: start, toMs: start + 100 }
const known = { pods: [gateway, page, reviews, ratings], namespace: () => 'default', text: (text: string) => text }

describe('the way of a request, by the logs of the proxies', () => {
  const texts = {
    [gateway.name]: `2026-11-28T07:00:00Z info Envoy proxy is ready\n${toPage}\n`,
    [page.name]: `${toReviews}\n${atPage}\n`,
    [reviews.name]: atReviews,
    [ratings.name]: barrier,
  }

  test('from the gateway, which gives requests ids of its own, to the last pod', async () => {
    const source = logs([gateway, page, reviews, ratings], texts)
    const hops = hopsOfSpans(await source.find(sought), known)
    expect(pathsOf({ hops })).toEqual(['productpage:v1 -> reviews:v2'])
    expect(hops.map(({ parent, from }) => [parent, from?.name])).toEqual([
      [-1, undefined],
      [0, 'productpage-v1'],
    ])
  })

  test('who keeps a log and has written nothing received nothing', async () => {
    const source = logs([gateway, page, reviews, ratings], texts)
    await source.find(sought)
    expect([...source.unreached].toSorted()).toEqual(['istio-ingressgateway', 'productpage', 'ratings', 'reviews'])
  })

  test('a request of somebody else may be one of ours that lost its id', async () => {
    const foreign = line(5, '-', '11111111-0000-4000-8000-000000000000', '10.244.0.8:9080', 'inbound|9080||', '10.244.0.7:1')
    const source = logs([gateway, page, reviews, ratings], { ...texts, [ratings.name]: foreign })
    await source.find(sought)
    expect(source.unreached.has('ratings')).toBe(false)
  })

  test('of a pod without a line nobody knows whether it keeps a log', async () => {
    const source = logs([gateway, page, reviews, ratings], { ...texts, [ratings.name]: '' })
    await source.find(sought)
    expect(source.unreached.has('ratings')).toBe(false)
  })

  test('a call from inside is known by its request id', async () => {
    const source = logs([page, reviews], { [page.name]: toReviews, [reviews.name]: atReviews })
    const hops = hopsOfSpans(await source.find({ ...sought, marks: [id] }), known)
    expect(hops.map(({ app, parent, from }) => [app, parent, from?.name])).toEqual([['reviews', -1, 'productpage-v1']])
  })

  test('no log at all', async () => {
    await expect(logs([gateway, page], {}).find(sought)).rejects.toMatchObject({ message: expect.stringContaining('does the mesh keep them?') })
  })
})

describe('what the API server answers', () => {
  test.each([
    [403, 'are not permitted to be read (get pods/log): pods/log is forbidden'],
    [401, 'cannot be read: 401 pods/log is forbidden'],
    [410, 'cannot be read: 410 pods/log is forbidden'],
    [429, 'cannot be read: 429 pods/log is forbidden'],
    [500, 'cannot be read: 500 pods/log is forbidden'],
  ])('%i', async (code, message) => {
    await expect(logs([page], { [page.name]: code }).find(sought)).rejects.toMatchObject({ name: 'SourceFailure', message })
  })

  test('a pod that is gone has no log', async () => {
    const source = logs([page, reviews], { [page.name]: 404, [reviews.name]: atReviews })
    expect(await source.find({ ...sought, marks: [id] })).toHaveLength(1)
  })
})

describe('a line', () => {
  test('of the default format', () => {
    expect(readLogLine(toReviews)).toEqual({
      startMs: start + 3,
      status: 200,
      flags: '-',
      userAgent: '',
      requestId: id,
      upstreamHost: '10.244.0.7:9080',
      cluster: 'outbound|9080|v2|reviews.bookinfo.svc.cluster.local',
      downstreamRemote: '10.244.0.10:4711',
    })
  })

  test('as JSON', () => {
    const json = {
      start_time: '2026-11-28T07:00:37.761Z',
      response_code: 503,
      response_flags: 'UH',
      user_agent: null,
      request_id: id,
      upstream_host: null,
      upstream_cluster: 'inbound|9080||',
      downstream_remote_address: '10.1.1.1:5',
    }
    expect(readLogLine(JSON.stringify(json))).toMatchObject({ status: 503, flags: 'UH', userAgent: '', upstreamHost: '', cluster: 'inbound|9080||' })
  })

  test.each(['', '2026-11-28T07:00:37Z\tinfo\tready', '{"level":"info"}', '{', '[x] "GET" 200'])('%j is none', (text) => {
    expect(readLogLine(text)).toBeNull()
  })
})
