/** A scenario as it is written into a feature file; with several requests it becomes an outline. */
export interface ImportedScenario {
  readonly name: string
  /** Who sends: `a client`, or a service of the mesh. */
  readonly sender: string
  readonly requests: readonly { readonly method: string; readonly url: string }[]
  readonly headers: readonly (readonly [name: string, value: string])[]
  readonly times: number
  /** Sentences; `<method>` stands for the request's method. */
  readonly then: readonly string[]
  /** What the test says besides, and the vocabulary cannot. */
  readonly omitted: readonly string[]
}

export interface ImportedFeature {
  readonly name: string
  /** Where it was made of. */
  readonly about: string
  /** Services that no config names. */
  readonly services: readonly ServiceRow[]
  /** Files, as the feature names them. */
  readonly configs: readonly string[]
  readonly scenarios: readonly ImportedScenario[]
  /** Tests of which nothing can be said. */
  readonly leftOut: readonly Omission[]
}

export interface ServiceRow {
  readonly name: string
  readonly namespace: string
}

/** Something of a test that no scenario says, and why. */
export interface Omission {
  readonly test: string
  readonly reason: string
}

/** @returns the text of a feature file */
export function featureText({ name, about, services, configs, scenarios, leftOut }: ImportedFeature): string {
  const background = [
    'Background:',
    '  Given the services:',
    ...table([['service', 'namespace'], ...services.map((service) => [service.name, service.namespace])], 4),
    ...configs.map((config) => `  And the config "${config}"`),
    '  And the services that the config names',
  ]
  return [
    `# ${about}`,
    '@imported',
    `Feature: ${oneLine(name)}`,
    '',
    ...indented(background),
    ...scenarios.flatMap((scenario) => ['', ...indented(scenarioLines(scenario))]),
    ...(leftOut.length > 0 ? ['', ...leftOut.map(({ test, reason }) => `  # left out: ${oneLine(test)}: ${oneLine(reason)}`)] : []),
    '',
  ].join('\n')
}

function scenarioLines({ name, sender, requests, headers, times, then, omitted }: ImportedScenario): string[] {
  const [only] = requests
  const outline = requests.length > 1
  const filled = (line: string): string => (outline ? line : line.replaceAll('<method>', only!.method).replaceAll('<url>', only!.url))
  const often = times > 1 ? ` ${times} times` : ''
  return [
    ...omitted.map((what) => `# not said here: ${oneLine(what)}`),
    `${outline ? 'Scenario Outline' : 'Scenario'}: ${oneLine(name)}`,
    filled(`  When ${sender} sends "<method> <url>"${often}${headers.length > 0 ? ' with headers:' : ''}`),
    ...table(headers, 4),
    ...then.map((line, i) => filled(`  ${i === 0 ? 'Then' : 'And'} ${line}`)),
    ...(outline ? ['', '  Examples:', ...table([['method', 'url'], ...requests.map(({ method, url }) => [method, url])], 4)] : []),
  ]
}

function indented(lines: readonly string[]): string[] {
  return lines.map((line) => (line === '' ? '' : `  ${line}`))
}

/** Cells in columns of one width. */
function table(rows: readonly (readonly string[])[], indent: number): string[] {
  const cells = rows.map((row) => row.map(cell))
  const widths = (cells[0] ?? []).map((_, column) => Math.max(...cells.map((row) => row[column]!.length)))
  return cells.map((row) => `${' '.repeat(indent)}| ${row.map((text, column) => text.padEnd(widths[column]!)).join(' | ')} |`)
}

function cell(text: string): string {
  return text.replaceAll('\\', '\\\\').replaceAll('|', '\\|').replaceAll('\n', '\\n')
}

function oneLine(text: string): string {
  return text.replace(/\s+/g, ' ').trim()
}
