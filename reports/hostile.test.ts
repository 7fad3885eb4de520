import { execFileSync } from 'node:child_process'
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, test } from 'vitest'
import { compareRuns } from './comparison.ts'
import { comparisonHtml } from './comparison-html.ts'
import { buildReport } from './conformance/build.ts'
import { conformanceHtml } from './conformance/html.ts'
import { htmlReport } from './html.ts'
import type { RunRecord, ScenarioRecord } from './run-record.ts'
import { runRecord, verdictRecord } from './run.fixture.ts'

/** What a server may send that would like to be a program: each of them writes `pwned` into the page's title. */
const payloads = [
  `<script>document.title='pwned'</script>`,
  `"><img src=x onerror="document.title='pwned'">`,
  `'><svg onload=document.title='pwned'>`,
  `</pre></style></title><script>document.title='pwned'</script>`,
  `<details open ontoggle=document.title='pwned'>`,
  `<iframe srcdoc="<script>parent.document.title='pwned'</script>">`,
  `<a href="javascript:document.title='pwned'" autofocus onfocus=document.title='pwned'>x</a>`,
  `-->\u2028<script>document.title='pwned'</script><!--`,
]
const evil = payloads.join('\n')

/** In every place that a report shows. */
const scenario: ScenarioRecord = {
  ...runRecord.scenarios[0]!,
  ...{ uri: evil, feature: evil, rule: evil, name: evil, reasons: [evil], verdict: 'failed' },
  tags: ['@profile:ISTIO-TRAFFIC', `@istio:${evil}`, evil],
  steps: [{ keyword: evil, text: evil, line: 1, argument: [evil], status: 'failed', message: evil, durationMs: 1 }],
  record: {
    ...verdictRecord,
    target: evil,
    paths: { [evil]: 1 },
    tests: [{ ...verdictRecord.tests[0]!, statement: evil }],
    evidence: [evil],
    notModelled: [evil],
    mesh: { name: evil, version: evil, notes: [evil] },
  },
}
const run: RunRecord = {
  scenarios: [scenario],
  undefinedSteps: [{ uri: evil, line: 1, text: evil, suggestions: [evil] }],
  parseErrors: [{ uri: evil, message: evil }],
  hookErrors: [evil],
  durationMs: 1,
}
const conformance = buildReport(run, {
  target: evil,
  date: new Date(0),
  reproduce: evil,
  shard: null,
  profiles: null,
  fileName: (uri) => uri,
})

const pages = {
  'a run': htmlReport(run),
  'a comparison': comparisonHtml(
    compareRuns([
      { target: evil, run },
      { target: `${evil}2`, run },
    ]),
  ),
  'a conformance report': conformanceHtml([conformance, conformance]),
}

const chromium = ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome'].find((path) => existsSync(path))
const folder = mkdtempSync(join(tmpdir(), 'meshspec-hostile-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))

/** The page as a browser has it after its scripts have run. */
function inBrowser(html: string): string {
  const file = join(folder, 'page.html')
  writeFileSync(file, html)
  const flags = [
    '--headless',
    '--no-sandbox',
    '--disable-gpu',
    `--user-data-dir=${join(folder, 'profile')}`,
    '--virtual-time-budget=2000',
    '--dump-dom',
  ]
  return execFileSync(chromium!, [...flags, `file://${file}`], { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'], timeout: 60_000 })
}

const titleOf = (html: string): string => /<title>([^<]*)/.exec(html)![1]!

for (const [name, html] of Object.entries(pages))
  test(`${name}: what servers sent is no tag, attribute or address`, () => {
    const tags = html.replace(/<style>[\s\S]*?<\/style>/, '').match(/<[a-z!][^>]*>/gi)!
    expect(tags.filter((tag) => /^<(script|img|svg|iframe|a)\b/i.test(tag) || /\son\w+=|javascript:|srcdoc/i.test(tag))).toEqual([])
    expect(html).toContain('&lt;script&gt;')
  })

describe.skipIf(!chromium)('in a browser', { timeout: 120_000 }, () => {
  for (const [name, html] of Object.entries(pages))
    test(`${name} of a hostile server runs no script, even without the page's policy`, () => {
      const open = html.replace(/<meta http-equiv="Content-Security-Policy"[^>]*>/, '')
      expect(open).not.toBe(html)
      expect(titleOf(inBrowser(open))).toMatch(/^meshspec: /)
    })

  test('a page that was not escaped would: the test can fail', () => {
    const broken = `<!doctype html><html><head><title>meshspec: x</title></head><body>${payloads[1]}</body></html>`
    expect(titleOf(inBrowser(broken))).toBe('pwned')
  })

  test('and the policy stops it, should an escape ever be forgotten', () => {
    const html = pages['a run'].replace('<main>', `<main>${payloads[0]}${payloads[1]}`)
    expect(titleOf(inBrowser(html))).toMatch(/^meshspec: /)
  })
})
