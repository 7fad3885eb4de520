import { expect, test } from 'vitest'
import type { Decision } from '../../../mesh-core/ir/exchange.ts'
import { asDrawn } from './as-drawn.ts'

const [v1, v2] = ['outbound|80|v1|shop.default.svc.cluster.local', 'outbound|80|v2|shop.default.svc.cluster.local']
const weights = '70% shop.default subset v1, 30% shop.default subset v2'
const decision: Decision = {
  proxy: 'client-v1.default',
  listener: null,
  virtualHost: null,
  host: 'shop.default.svc.cluster.local',
  rules: [],
  chosen: 0,
  outcome: `→ shop.default subset v1, one of ${weights}`,
  odds: [
    { cluster: v1, share: 0.7 },
    { cluster: v2, share: 0.3 },
  ],
  draws: [
    { kind: 'fault', text: '10% are aborted', among: [] },
    { kind: 'weight', text: weights, among: [] },
  ],
}
const forwarded = { status: 200, details: 'via_upstream', cluster: v2 }
const aborted = { status: 500, details: 'fault_filter_abort', cluster: v1 }

test.each([
  ['where it went', decision, forwarded, `→ shop.default subset v2, one of ${weights}`],
  ['that it went on', { ...decision, outcome: "500: aborted by the rule's fault" }, forwarded, `→ shop.default subset v2, one of ${weights}`],
  ['that it was aborted', decision, aborted, "500: aborted by the rule's fault"],
  ['what no draw decides, the model tells', { ...decision, draws: [] }, aborted, decision.outcome],
  ['how long it took', { ...decision, draws: [] }, { status: 504, details: 'response_timeout', cluster: v1 }, '504: no answer within the timeout'],
  ['how long a try took', decision, { status: 504, details: 'upstream_per_try_timeout', cluster: v1 }, '504: no answer within perTryTimeout'],
  ['without an entry the model tells', decision, null, decision.outcome],
  ['what went wrong, the model tells', decision, { ...forwarded, details: 'upstream_reset' }, decision.outcome],
])('Envoy draws %s', (_, model, log, outcome) => expect(asDrawn(model, log).outcome).toBe(outcome))
