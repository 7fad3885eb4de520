import fc from 'fast-check'
import { describe, expect, test } from 'vitest'

import type { Cluster, Endpoint, LoadBalancing, OutlierDetection } from '../../ir/cluster.ts'
import { SeededRandom } from '../../time/seeded-random.ts'
import { VirtualClock } from '../../time/virtual-clock.ts'
import { blindly } from './balancer.ts'
import { createBalancer } from './load-balancer.ts'
import { eject, freshHealth, mayEject, noteResult } from './outlier-detection.ts'
import type { TryResult } from './outlier-detection.ts'
import { newHost } from './upstream-host.ts'
import type { UpstreamHost } from './upstream-host.ts'
import { chooseWeighted } from './weighted-choice.ts'

const clock = new VirtualClock()

const hostsOf = (weights: number[]) =>
  weights.map((weight, i) => newHost({ address: `10.0.0.${i}`, port: 80, weight, healthy: true } as unknown as Endpoint, clock.now()))

function picks(loadBalancing: LoadBalancing, hosts: readonly UpstreamHost[], count: number): number[] {
  const balancer = createBalancer({ loadBalancing, slowStart: null } as unknown as Cluster, new SeededRandom(5), clock)!
  balancer.refresh([{ hosts, healthy: hosts, localities: null }], { loads: [100], panics: [false] })
  return Array.from({ length: count }, () => hosts.indexOf(balancer.pick(blindly)!))
}

const counted = (all: readonly number[], of: number) => Array.from({ length: of }, (_, i) => all.filter((one) => one === i).length)

describe('balancers', () => {
  test('round robin visits everybody in turn', () => {
    const all = picks({ kind: 'ROUND_ROBIN' }, hostsOf([1, 1, 1]), 9)
    expect(counted(all, 3)).toEqual([3, 3, 3])
    expect(all.slice(1).every((host, i) => host === (all[i]! + 1) % 3)).toBe(true)
  })

  test('weights are kept, exactly over a whole round', () => {
    expect(counted(picks({ kind: 'ROUND_ROBIN' }, hostsOf([3, 1, 2]), 600), 3).map((count) => Math.round(count / 100))).toEqual([3, 1, 2])
  })

  test('least request prefers the idle one of two', () => {
    const hosts = hostsOf([1, 1])
    hosts[0]!.active = 10
    const [busy, idle] = counted(picks({ kind: 'LEAST_REQUEST', choiceCount: 2 }, hosts, 4000), 2)
    // Only when both draws hit the busy one: a quarter.
    expect(busy! / (busy! + idle!)).toBeCloseTo(0.25, 1)
  })

  test('nobody to choose from is nobody', () => {
    for (const kind of ['ROUND_ROBIN', 'RANDOM'] as const) expect(picks({ kind }, [], 1)).toEqual([-1])
  })
})

test('a weighted choice never takes a weight of 0 and stays within the list', () => {
  fc.assert(
    fc.property(fc.array(fc.nat(5), { minLength: 2, maxLength: 6 }), fc.integer(), (weights, seed) => {
      const total = weights.reduce((sum, weight) => sum + weight, 0)
      fc.pre(total > 0)
      const random = new SeededRandom(seed)
      for (let i = 0; i < 50; i++) expect(weights[chooseWeighted(weights, total, random)]).toBeGreaterThan(0)
    }),
  )
})

test('a single choice is taken whatever its weight', () => expect(chooseWeighted([0], 0, new SeededRandom(1))).toBe(0))

describe('outlier detection', () => {
  const base: OutlierDetection = {
    consecutive5xx: null,
    consecutiveGatewayFailure: null,
    consecutiveLocalOriginFailure: null,
    splitExternalLocalOriginErrors: false,
    intervalMs: 10_000,
    baseEjectionTimeMs: 30_000,
    maxEjectionPercent: 100,
  }

  test.each<[Partial<OutlierDetection>, TryResult[], boolean[]]>([
    [{ consecutive5xx: 2 }, [500, 200, 500, 503], [false, false, false, true]],
    [{ consecutive5xx: 2 }, ['connect-failure', 'timeout'], [false, true]],
    [{ consecutiveGatewayFailure: 2 }, [502, 500, 503, 504], [false, false, false, true]],
    [{ consecutive5xx: 0, consecutiveGatewayFailure: 1 }, [500, 502], [false, true]],
    [{ consecutive5xx: 1, errorCodes: [200] }, [503, { ofGrpc: 200 }, { ofGrpc: 503 }, 200], [false, false, true, true]],
    [
      { consecutive5xx: 1, consecutiveLocalOriginFailure: 2, splitExternalLocalOriginErrors: true },
      ['connect-failure', 'connect-failure', 500],
      [false, true, true],
    ],
    [{ consecutiveLocalOriginFailure: 2, splitExternalLocalOriginErrors: true }, ['timeout', 404, 'timeout'], [false, false, false]],
    [{ consecutiveLocalOriginFailure: 2, splitExternalLocalOriginErrors: true }, ['timeout', 'closed', 'timeout'], [false, false, false]],
    [{ consecutiveLocalOriginFailure: 1, splitExternalLocalOriginErrors: true }, ['closed'], [true]],
  ])('%o: %j ejects at %j', (config, results, ejects) => {
    const health = freshHealth()
    expect(results.map((result) => noteResult({ ...base, ...config }, health, result))).toEqual(ejects)
  })

  test('each ejection is longer than the last, ends with a sweep, and is forgotten sweep by sweep', () => {
    const health = freshHealth()
    eject(base, health, 12_000, 0)
    expect(health.ejectedUntil).toBe(50_000)
    eject(base, health, 51_000, 0)
    expect([health.ejections, health.ejectedUntil]).toEqual([2, 120_000])
    eject(base, health, 155_000, 0)
    expect([health.ejections, health.ejectedUntil]).toEqual([1, 190_000])
  })

  test.each([
    [10, 0, 5, false],
    [10, 0, 10, true],
    [100, 4, 5, true],
    [50, 2, 5, false],
  ])('of %d percent, %d of %d being out, another one may go: %s', (maxEjectionPercent, ejected, hosts, may) => {
    expect(mayEject({ ...base, maxEjectionPercent }, ejected, hosts)).toBe(may)
  })
})
