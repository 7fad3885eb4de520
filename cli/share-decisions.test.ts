import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, describe, expect, test } from 'vitest'
import { CommandFolder } from './built-command.fixture.ts'
import { packageRoot } from '../support/package.ts'

const folder = new CommandFolder()
afterAll(() => folder.remove())

/** A mesh on a wall clock that answers 500 to a share of the requests, and writes down how many it got of each scenario. */
folder.write(
  'lossy.mjs',
  `import { appendFileSync } from 'node:fs'
import { Headers } from ${JSON.stringify(join(packageRoot, 'dist', 'support', 'index.js'))}
let state = 7
const draw = () => ((state = (Math.imul(state, 48271) >>> 0) % 2147483647) / 2147483647)
const none = async () => {}
export default {
  name: 'lossy', clock: 'wall', capabilities: new Set(['config', 'in-mesh-calls', 'gateway-calls']), close: none,
  async open({ name }) {
    const share = Number(process.env.SHARE ?? 0.5)
    const answer = () => {
      appendFileSync('sent.txt', name + '\\n')
      const status = draw() < share ? 500 : 200
      return { request: { method: 'GET', scheme: 'http', authority: 'x', path: '/', headers: new Headers(), body: '' },
        response: { status, headers: new Headers(), body: '' }, error: null, durationMs: 1, hops: [] }
    }
    return { apply: none, remove: none, deployBookinfo: none, deployEcho: none, setBehaviour: none, setSidecars: none, elapse: none, close: none,
      pods: async () => [], notModelled: () => [], send: async () => answer(),
      async *sendMany(call, { times }) { for (let i = 0; i < times; i++) yield answer() } }
  },
}
`,
)
folder.write(
  'shares.feature',
  `Feature: F
  Scenario: lazy
    When a client sends "GET /" 2000 times
    Then about 50% of the requests have status 500
  Scenario: extended
    When a client sends "GET /" 20 times
    Then about 50% of the requests have status 500
    And about 50% of the requests have status 200
  Scenario: whole
    When a client sends "GET /" 3000 times
    Then about 50% of the requests have status 500
    And the response status is 200 or 500
  Scenario: changed
    When a client sends "GET /" 2000 times
    Then about 50% of the requests have status 500
    When the config is applied:
      """
      apiVersion: networking.istio.io/v1
      kind: VirtualService
      metadata: {name: shop}
      spec: {hosts: [shop], http: [{route: [{destination: {host: shop}}]}]}
      """
    And a client sends "GET /" 10 times, 5 at once
    Then the response status is 200 or 500
`,
)

interface Report {
  readonly scenarios: readonly {
    readonly name: string
    readonly verdict: string
    readonly reasons: readonly string[]
    readonly record: { readonly requests: number; readonly tests: readonly { readonly requests: number; readonly alpha: number }[] }
  }[]
}

async function runOn(
  env: Record<string, string>,
  ...args: string[]
): Promise<{ status: number | null; output: string; sent: Map<string, number>; report: Report }> {
  folder.write('sent.txt', '')
  const { status, output } = await folder.run(['run', 'shares.feature', '--target', './lossy.mjs', '--format', 'json:r.json', ...args], env)
  const sent = new Map<string, number>()
  for (const name of readFileSync(join(folder.path, 'sent.txt'), 'utf8').split('\n')) sent.set(name, (sent.get(name) ?? 0) + 1)
  return { status, output, sent, report: JSON.parse(readFileSync(join(folder.path, 'r.json'), 'utf8')) as Report }
}

describe('on a wall clock', () => {
  test('a share takes as many requests as its decision needs, and every other statement gets what is written', async () => {
    const { status, output, sent, report } = await runOn({})
    expect(output).toContain('4 scenarios: 4 passed')
    expect(status).toBe(0)
    for (const name of ['lazy', 'extended']) {
      expect(sent.get(name)).toBeGreaterThan(250)
      expect(sent.get(name)).toBeLessThan(1000)
    }
    expect(sent.get('whole')).toBe(3000)
    expect(sent.get('changed')).toBeLessThan(1010)
    for (const { name, record } of report.scenarios) expect(record.requests).toBe(sent.get(name))
    const alphas = report.scenarios.flatMap(({ record }) => record.tests.map(({ alpha }) => alpha))
    expect(alphas).toEqual([...alphas].sort((a, b) => b - a))
    expect(output).toMatch(/a correct mesh fails this run with probability below \d/)
  })

  test('a share that is off fails, with few requests', async () => {
    const { status, output, sent } = await runOn({ SHARE: '0.9' }, '--name', 'lazy')
    expect(output).toContain('about 50% of the requests have status 500: it was ')
    expect(status).toBe(1)
    expect(sent.get('lazy')).toBeLessThan(300)
  })

  test('a budget leaves undecided what it does not suffice for', async () => {
    const { status, output, sent, report } = await runOn({}, '--budget', '100', '--name', 'lazy', '--name', 'extended')
    expect(status).toBe(1)
    expect(output).toContain('2 undecided')
    expect(output).toContain('the budget of 100 requests has come to its end')
    expect((sent.get('lazy') ?? 0) + (sent.get('extended') ?? 0)).toBe(100)
    expect(report.scenarios.map(({ verdict }) => verdict)).toEqual(['undecided', 'undecided'])
    expect(report.scenarios[0]!.reasons[0]).toContain('no more may be sent (--budget)')
  })
})

describe('--shard', () => {
  test('the parts are the whole, and none is run twice', async () => {
    const names: string[] = []
    for (const shard of ['0/3', '1/3', '2/3']) names.push(...(await runOn({}, '--shard', shard)).report.scenarios.map(({ name }) => name))
    expect(names.sort()).toEqual(['changed', 'extended', 'lazy', 'whole'])
  })

  test('an index that is none is refused', async () => {
    const { status, output } = await folder.run(['run', 'shares.feature', '--shard', '3/3'])
    expect(output).toContain('INVALID_SETTING')
    expect(status).toBe(2)
  })
})
