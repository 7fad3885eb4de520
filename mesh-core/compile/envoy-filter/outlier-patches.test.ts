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

const success = { minimumHosts: 5, requestVolume: 100, stdevFactor: 1900 }

test.each([
  ['without a rule: Envoy has it on', undefined, {}, { rates: { success, localSuccess: null, failure: null, localFailure: null } }],
  ['with a rule: istiod has it off', { consecutive5xxErrors: 2 }, { success_rate_minimum_hosts: 2 }, { rates: undefined }],
  ['over a rule', {}, { enforcing_success_rate: 100, success_rate_request_volume: 7 }, { rates: { success: { ...success, requestVolume: 7 } } }],
  ['of connections', {}, { split_external_local_origin_errors: true }, { rates: { success: null, localSuccess: success } }],
  ['of connections, which a rule has apart', { splitExternalLocalOriginErrors: true }, { interval: '1s' }, { rates: undefined }],
  ['of failures', {}, { enforcing_failure_percentage: 100 }, { rates: { failure: { threshold: 85, minimumHosts: 5, requestVolume: 50 } } }],
])('rates that are judged, %s', (_, rule, patch, merged) => {
  const { rates } = mergedOutliers(outlierDetection(rule), patch)
  expect({ rates }).toMatchObject(merged)
})
