import type { VerdictRecord } from '../support/verdicts/verdict.ts'
import type { RunRecord, ScenarioRecord } from './run-record.ts'

/** Records for tests: one scenario of each verdict. */
export const verdictRecord: VerdictRecord = {
  verdict: 'passed',
  reasons: [],
  target: 'core',
  runSeed: 7,
  seed: 99,
  capabilities: [],
  requests: 2,
  paths: { 'productpage:v1 -> reviews:v2': 2 },
  tests: [
    {
      statement: 'about 50% of the requests reach reviews:v1',
      alpha: 1e-6,
      beta: 1e-3,
      delta: 0.1,
      load: 1,
      requests: 700,
      wanted: 0.5,
      seen: 0.49,
      interval: [0.44, 0.54],
      exact: false,
    },
  ],
  chance: [],
  virtualMs: 6030,
  evidence: ['the bodies of echo services'],
  mesh: { name: 'mesh-core', version: null, notes: [] },
  hidesValues: false,
  notModelled: ['VirtualService default/reviews: spec.http[0].corsPolicy is not modelled'],
}

const passed: ScenarioRecord = {
  uri: 'features/a.feature',
  line: 3,
  feature: 'Routing & <shares>',
  outlineLine: null,
  rule: null,
  name: 'holds',
  tags: [],
  steps: [{ keyword: 'Then', text: 'the request reaches reviews:v2', line: 4, argument: [], status: 'passed', message: null, durationMs: 1 }],
  verdict: 'passed',
  reasons: [],
  record: verdictRecord,
  durationMs: 12,
}

const failed: ScenarioRecord = {
  ...passed,
  name: 'fails',
  line: 9,
  steps: [{ ...passed.steps[0]!, status: 'failed', message: 'reached reviews:v1 instead.' }],
  verdict: 'failed',
  reasons: ['reached reviews:v1 instead.'],
}

const notSupported: ScenarioRecord = { ...passed, name: 'needs metrics', line: 15, steps: [], verdict: 'not-supported', reasons: ['no metrics here'] }

const late: ScenarioRecord = {
  ...failed,
  name: 'comes late',
  line: 16,
  verdict: 'not-programmed',
  reasons: ['not yet programmed after 30 s'],
  steps: [],
}

const open: ScenarioRecord = { ...failed, name: 'is open', line: 17, verdict: 'undecided', reasons: ['too few requests'], steps: [] }

/** With what keeps a verdict from being one. */
export const openRecord: RunRecord = { scenarios: [passed, late, open], undefinedSteps: [], parseErrors: [], hookErrors: [], durationMs: 34 }

export const runRecord: RunRecord = {
  scenarios: [passed, failed, notSupported],
  undefinedSteps: [{ uri: 'features/a.feature', line: 20, text: 'the requst', suggestions: ['the request reaches {service}'] }],
  parseErrors: [{ uri: 'features/broken.feature', message: '(2:3): expected: #EOF' }],
  hookErrors: [],
  durationMs: 34,
}
