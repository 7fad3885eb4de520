import { describe, expect, test } from 'vitest'
import type { Endpoint, OutlierDetection, OutlierRates } from '../../ir/cluster.ts'
import type { TryResult } from './outlier-detection.ts'
import { SuccessRates } from './success-rates.ts'
import { newHost } from './upstream-host.ts'

const none: OutlierRates = { success: null, localSuccess: null, failure: null, localFailure: null }
const success = { minimumHosts: 5, requestVolume: 100, stdevFactor: 1900 }
const failure = { threshold: 85, minimumHosts: 5, requestVolume: 50 }
const detection = (rates: Partial<OutlierRates>, splits = false): OutlierDetection => ({
  ...{ consecutive5xx: null, consecutiveGatewayFailure: null, consecutiveLocalOriginFailure: null, splitExternalLocalOriginErrors: splits },
  ...{ intervalMs: 10_000, baseEjectionTimeMs: 30_000, maxEjectionPercent: 100, rates: { ...none, ...rates } },
})

/** Who of five is put out, when each has had so many requests of which so many came to this. */
function failingOf(config: OutlierDetection, requests: number, bad: readonly number[], result: TryResult): readonly number[] {
  const hosts = bad.map((_, i) => newHost({ address: `10.0.0.${i}`, port: 80 } as Endpoint, 0))
  const rates = new SuccessRates()
  for (const [i, host] of hosts.entries()) for (let n = 0; n < requests; n++) rates.count(config, host, n < bad[i]! ? result : 200, 10_000)
  const failing = rates.takeFailing(config, () => true)
  expect(rates.sweepMs).toBe(Infinity)
  return failing.map((host) => hosts.indexOf(host))
}

describe('who is put out for the rate of its answers', () => {
  test.each<[about: string, rates: Partial<OutlierRates>, requests: number, bad: readonly number[], out: readonly number[]]>([
    ['one that is far below the others', { success }, 100, [100, 0, 0, 0, 0], [0]],
    ['nobody, with fewer requests', { success }, 99, [99, 0, 0, 0, 0], []],
    ['nobody, with fewer hosts', { success }, 100, [100, 0, 0, 0], []],
    ['not two that fail', { success }, 100, [100, 100, 0, 0, 0], []],
    ['two, where less is far', { success: { ...success, stdevFactor: 1000 } }, 100, [100, 100, 0, 0, 0], [0, 1]],
    ['nobody, where all are alike', { success }, 100, [50, 50, 50, 50, 50], []],
    ['each that fails so often', { failure }, 100, [85, 100, 84, 0, 0], [0, 1]],
    ['nobody for its connections', { localSuccess: success, localFailure: failure }, 100, [100, 0, 0, 0, 0], []],
    ['nobody', {}, 100, [100, 0, 0, 0, 0], []],
  ])('%s', (_, rates, requests, bad, out) => expect(failingOf(detection(rates), requests, bad, 500)).toEqual(out))
})

describe('failures of connections', () => {
  const refused = (rates: Partial<OutlierRates>, splits: boolean) => failingOf(detection(rates, splits), 100, [100, 0, 0, 0, 0], 'connect-failure')

  test('count as answers where they do not count apart', () => expect(refused({ success }, false)).toEqual([0]))
  test('count apart', () => expect(refused({ localSuccess: success }, true)).toEqual([0]))
  test('are no answers then', () => expect(refused({ success }, true)).toEqual([]))
  test('are half of what is known of one whose connections break', () =>
    expect(failingOf(detection({ localFailure: { ...failure, threshold: 51 } }, true), 100, [100, 0, 0, 0, 0], 'closed')).toEqual([]))
})
