import { escapeXml as escape } from './escape.ts'
import { style } from './html-style.ts'
import type { RunRecord, ScenarioRecord } from './run-record.ts'
import { formatMs } from './terminal-text.ts'
import { versions } from './versions.ts'

export interface Page {
  /** For the bar of the browser's window, plain text. */
  readonly title: string
  /** `open`: nothing failed, and something is not known. */
  readonly mood: 'passed' | 'failed' | 'open'
  /** Counts and facts, as HTML. */
  readonly header: string
  readonly sections: readonly string[]
}

/** What servers sent is text; should some of it ever be taken for markup, it still may not run, load or send anything. */
const policy = `<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">`

export function moodOf(bad: number, open: number): Page['mood'] {
  if (bad > 0) return 'failed'
  return open > 0 ? 'open' : 'passed'
}

/** One page that needs nothing but itself. */
export function htmlPage({ title, mood, header, sections }: Page): string {
  return [
    '<!doctype html>',
    `<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width">${policy}<title>meshspec: ${escape(title)}</title>`,
    `<style>${style}</style></head>`,
    `<body class="${mood}"><header><h1>meshspec</h1>${header}</header><main>`,
    ...sections,
    '</main></body></html>',
    '',
  ].join('\n')
}

export interface Badge {
  readonly kind: string
  readonly words: string
}

export function badgesHtml(badges: readonly Badge[]): string {
  return `<p class="counts">${badges.map(({ kind, words }) => `<span class="badge ${kind}">${escape(words)}</span>`).join(' ')}</p>`
}

/** What is needed to see the same run again: targets, seed and versions. */
export function factsHtml(targets: readonly string[], scenarios: readonly ScenarioRecord[], durationMs: number): string {
  const seeds = [...new Set(scenarios.flatMap(({ record }) => record?.runSeed ?? []))]
  const { meshspec, cucumber, node } = versions()
  const facts = [
    ...targets.map((target) => `target ${target}`),
    ...(seeds.length === 1 ? [`seed ${seeds[0]}`] : []),
    formatMs(durationMs),
    `meshspec ${meshspec}, cucumber ${cucumber}, Node ${node}`,
  ]
  return `<p class="facts">${facts.map(escape).join(' · ')}</p>`
}

/** What went wrong with the run itself. */
export function problemsHtml({ parseErrors, undefinedSteps }: Pick<RunRecord, 'parseErrors' | 'undefinedSteps'>): string[] {
  return [...parseErrors.map(({ uri, message }) => problemHtml(uri, message)), ...undefinedSteps.map(undefinedHtml)]
}

export function problemHtml(heading: string, message: string): string {
  return `<section class="error"><h2>${escape(heading)}</h2><pre>${escape(message)}</pre></section>`
}

function undefinedHtml({ uri, line, text, suggestions }: RunRecord['undefinedSteps'][number]): string {
  const hint =
    suggestions.length > 0 ? `<p>Did you mean</p><ul>${suggestions.map((one) => `<li><code>${escape(one)}</code></li>`).join('')}</ul>` : ''
  return `<section class="error"><h2>${escape(uri)}:${line}</h2><p>No sentence of the vocabulary reads <code>${escape(text)}</code></p>${hint}</section>`
}

/** Why something did not pass: a line that is broken goes on further in than it begins. */
export function reasonHtml(text: string): string {
  const lines = text.split('\n').map((line) => `<span>${escape(line)}</span>`)
  return `<pre class="reason">${lines.join('')}</pre>`
}

export function table(headings: readonly string[], rows: readonly string[]): string {
  if (rows.length === 0) return ''
  return `<table><thead><tr>${headings.map((heading) => `<th>${heading}</th>`).join('')}</tr></thead><tbody>${rows.join('')}</tbody></table>`
}
