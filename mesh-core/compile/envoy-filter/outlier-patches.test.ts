import { expect, test } from 'vitest'
import { outlierDetection } from '../clusters/traffic-policy.ts'
import { mergedOutliers } from './outlier-patches.ts'

test.each([
  ['alone', undefined, { interval: '1s' }, { consecutive5xx: 5, consecutiveGatewayFailure: null, intervalMs: 1000, maxEjectionPercent: 10 }],
  ['alone, of gateways', undefined, { consecutive_gateway_failure: 2, enforcing_consecutive_gateway_failure: 100 }, { consecutiveGatewayFailure: 2 }],
  ['over a rule', { consecutive5xxErrors: 2, maxEjectionPercent: 100 }, { base_ejection_time: '3s' }, { consecutive5xx: 2, maxEjectionPercent: 100 }],
  // The rule has it not enforced.
  ['over a rule without', { consecutive5xxErrors: 0, consecutiveGatewayErrors: 3 }, { consecutive_5xx: 2 }, { consecutive5xx: null }],
  ['over a rule, no more', { consecutive5xxErrors: 2 }, { enforcing_consecutive_5xx: 0 }, { consecutive5xx: null }],
])('outlier detection that is patched in %s', (_, rule, patch, merged) => {
  expect(mergedOutliers(outlierDetection(rule), patch)).toMatchObject(merged)
})
