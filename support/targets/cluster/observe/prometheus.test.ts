import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { HttpJson } from './http-json.ts'
import { Prometheus } from './prometheus.ts'
import { scoped } from './promql-scope.ts'
import { findPrometheus, RealPrometheus } from './real-prometheus.fixture.ts'

const program = findPrometheus()

describe.skipIf(program === null)('a real Prometheus', () => {
  let real: RealPrometheus
  let prometheus: Prometheus
  const own = { namespaces: new Set(['m-1']), pods: [] }

  beforeAll(async () => {
    real = await RealPrometheus.start(program!)
    prometheus = new Prometheus(new HttpJson('Prometheus', real.url), { pauseMs: 20 })
  })
  afterAll(() => real.stop())

  const series = (workload: string, namespace = 'm-1'): string =>
    `istio_requests_total{reporter="destination",destination_workload="${workload}",destination_workload_namespace="${namespace}",source_workload_namespace="${namespace}"}`

  /** A scenario begins when all that was before it is counted. */
  async function begin(): Promise<(query: string) => Promise<number[]>> {
    await counted()
    const since = await prometheus.now()
    const scope = { since, namespaces: ['m-1'], real: (text: string) => text, realNamespace: (name: string) => (name === 'default' ? 'm-1' : name) }
    return async (query) => (await prometheus.query(scoped(query, scope))).map(({ value }) => value)
  }

  async function counted(): Promise<void> {
    await prometheus.scrapedSince(await prometheus.now(), own)
  }

  test('what was counted before the scenario, and elsewhere, is not of it', async () => {
    real.count(series('reviews-v1'), 7)
    const ask = await begin()
    expect(await ask('istio_requests_total')).toEqual([])
    real.count(series('reviews-v1'), 3)
    real.count(series('ratings'), 2)
    real.count(series('reviews-v1', 'elsewhere'), 100)
    await counted()
    expect(await ask("istio_requests_total{destination_workload='reviews-v1'}")).toEqual([3])
    expect(await ask('sum(istio_requests_total)')).toEqual([5])
    expect(await ask("sum(istio_requests_total{destination_workload_namespace='default'})")).toEqual([5])
    expect(await ask("istio_requests_total{destination_workload='reviews-v3'}")).toEqual([])
  })

  test('a rate of what has moved since, and none of what moved before', async () => {
    real.count(series('details'), 50)
    const ask = await begin()
    await sleep(1200)
    real.count(series('reviews-v1'), 30)
    await counted()
    await sleep(1000)
    const [rate] = await ask("sum(rate(istio_requests_total{destination_workload='reviews-v1'}[10s]))")
    expect(rate).toBeGreaterThan(1)
    expect(await ask("sum(increase(istio_requests_total{destination_workload='details'}[1m]))")).toEqual([0])
  })

  test('a pod that it does not scrape is told', async () => {
    const impatient = new Prometheus(new HttpJson('Prometheus', real.url), { pauseMs: 20, patienceMs: 700 })
    const waiting = impatient.scrapedSince(await impatient.now(), { ...own, pods: [{ name: 'reviews-v9', ip: '10.1.2.3' }] })
    await expect(waiting).rejects.toMatchObject({ message: expect.stringContaining('has not scraped pod reviews-v9 in 0.7 s') })
  })

  test('a scalar has no labels', async () => {
    expect(await prometheus.query('scalar(vector(4.5))')).toEqual([{ labels: {}, value: 4.5 }])
    expect(await prometheus.query('vector(1) / 0')).toEqual([{ labels: {}, value: Infinity }])
  })

  test('a query that it does not take is told in its words', async () => {
    await expect(prometheus.query('sum(rate(up))')).rejects.toMatchObject({
      status: 400,
      message: expect.stringContaining('expected type range vector'),
    })
  })

  test('a range is not a number', async () => {
    await expect(prometheus.query('up[1m]')).rejects.toMatchObject({ message: expect.stringContaining('matrix') })
  })
})
