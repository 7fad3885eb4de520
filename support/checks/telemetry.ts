import type { Exchange } from '../../mesh-core/ir/exchange.ts'
import { StatementFailed } from '../verdicts/failure.ts'
import { formatServiceRef } from '../sentences/service-ref.ts'
import type { BackendVersion, GraphEdge, MetricSample, ServiceRef, Telemetry } from '../targets/target.ts'
import { pathsOf } from './evidence.ts'
import { isPassedSomewhere, parsePath } from './path.ts'

/** Judges what the mesh has counted and traced: a complaint, or nothing when the statement holds. */
export type TelemetryCheck = (telemetry: Telemetry, exchanges: readonly Exchange[]) => Promise<string | undefined>

/**
 * The sum of the counter's series with these labels. Both ends of a request count it; where the labels name no `reporter`, the receiver's count is meant, else
 * the sender's where the receiver has none.
 */
export function metricIs(name: string, wanted: number, labels: Readonly<Record<string, string>>): TelemetryCheck {
  return async (telemetry) => {
    const matchers = Object.entries(labels).map(([label, value]) => `${label}=${JSON.stringify(value)}`)
    const samples = await telemetry.query(`sum by (reporter) (${name}{${matchers.join(',')}})`)
    const seen = sumOf(samples, 'reporter' in labels)
    if (seen === wanted) return undefined
    if (seen !== null) return `${name} is ${seen}.${await others(telemetry, name)}`
    const instead = wanted === 0 ? ` To say that nothing is counted, write: the query '${name}{${matchers.join(',')}}' gives no data.` : ''
    const strange = await strangers(telemetry, name, Object.keys(labels))
    const unknown = strange.length > 0 ? ` None has a label ${strange.join(' or ')}.` : ''
    return `no series of ${name} has these labels.${unknown}${instead}${await others(telemetry, name)}`
  }
}

/** Of these labels the ones that no series has, though there are some. */
async function strangers(telemetry: Telemetry, name: string, labels: readonly string[]): Promise<string[]> {
  if ((await telemetry.query(name)).length === 0) return []
  const found = await Promise.all(labels.map((label) => telemetry.query(`${name}{${label}!=""}`)))
  return labels.filter((_, i) => found[i]!.length === 0)
}

/** The table of labels, a name and a value in each row. @throws StatementFailed for a table of another shape */
export function labelsOf(rows: readonly (readonly string[])[]): Readonly<Record<string, string>> {
  const names = rows.map(([name = '', value, ...rest]) => {
    if (value === undefined || rest.length > 0) throw new StatementFailed('each row of the labels has two cells: name and value')
    if (!/^[a-zA-Z_]\w*$/.test(name)) throw new StatementFailed(`${JSON.stringify(name)} is no name of a label`)
    return name
  })
  const twice = names.find((name, i) => names.indexOf(name) < i)
  if (twice !== undefined) throw new StatementFailed(`the label ${twice} stands in two rows`)
  return Object.fromEntries(rows) as Record<string, string>
}

function sumOf(samples: readonly MetricSample[], isReporterSaid: boolean): number | null {
  const byReporter = (reporter: string): readonly MetricSample[] => samples.filter(({ labels }) => labels['reporter'] === reporter)
  const receivers = byReporter('destination')
  const counted = isReporterSaid ? samples : receivers.length > 0 ? receivers : samples
  return counted.length === 0 ? null : counted.reduce((sum, { value }) => sum + value, 0)
}

/** A few of the series that there are, so that a label that is misspelled is seen. */
async function others(telemetry: Telemetry, name: string): Promise<string> {
  const samples = await telemetry.query(`sum by (reporter, source_workload, destination_workload, response_code) (${name})`)
  if (samples.length === 0) return ' It has counted nothing since the scenario began.'
  const shown = samples.slice(0, 12).map((sample) => `  ${describe(sample)}`)
  return `\nCounted since the scenario began:\n${shown.join('\n')}${samples.length > 12 ? '\n  …' : ''}`
}

export function queryGivesExactly(query: string, wanted: number): TelemetryCheck {
  return queryGives(query, (value) => value === wanted)
}

export function queryGivesMoreThan(query: string, bound: number): TelemetryCheck {
  return queryGives(query, (value) => value > bound)
}

export function queryGivesLessThan(query: string, bound: number): TelemetryCheck {
  return queryGives(query, (value) => value < bound)
}

/** Both ends included. */
export function queryGivesBetween(query: string, from: number, to: number): TelemetryCheck {
  if (from > to) throw new StatementFailed(`nothing is between ${from} and ${to}: the lesser one comes first.`)
  return queryGives(query, (value) => value >= from && value <= to)
}

export function queryGivesNothing(query: string): TelemetryCheck {
  return async (telemetry) => {
    const samples = await telemetry.query(query)
    return samples.length === 0 ? undefined : `it gives ${listed(samples)}.`
  }
}

/** @throws StatementFailed for a query of several series: which of them is meant? */
function queryGives(query: string, holds: (value: number) => boolean): TelemetryCheck {
  return async (telemetry) => {
    const samples = await telemetry.query(query)
    const [only] = samples
    if (only === undefined) return 'it gives no data.'
    if (samples.length > 1)
      throw new StatementFailed(`the query gives ${samples.length} series: ${listed(samples)}. Make one number of them, by sum() for instance.`)
    return holds(only.value) ? undefined : `it gives ${only.value}.`
  }
}

/** Which of several namesakes a name means. */
type Meant = (service: ServiceRef) => ServiceRef

function itself(service: ServiceRef): ServiceRef {
  return service
}

/** One trace has every row: each service of it was called by the one before. */
export function someTraceShows(rows: readonly (readonly string[])[], meant: Meant = itself): TelemetryCheck {
  const paths = rows.map((row) => parsePath(row.join(' -> ')).map(meant))
  return async (telemetry, exchanges) => {
    const traces = await telemetry.traces(exchanges)
    if (traces.some((hops) => paths.every((path) => isPassedSomewhere(hops, path)))) return undefined
    const seen = [...new Set(traces.map((hops) => pathsOf({ hops }).join(', ') || 'nothing'))]
    return traces.length === 0 ? 'no trace was found of what was sent.' : `the traces show ${seen.slice(0, 5).join('; ')}.`
  }
}

/** @param text `productpage -> reviews:v2` */
export function graphHasEdge(text: string, meant: Meant = itself): TelemetryCheck {
  const path = parsePath(text).map(meant)
  const [from, to] = path
  if (path.length !== 2 || !from || !to) throw new StatementFailed(`"${text}" is no edge; an edge reads "productpage -> reviews:v2"`)
  return async (telemetry) => {
    const edges = await telemetry.edges()
    if (edges.some((edge) => isOf(edge.from, from) && isOf(edge.to, to))) return undefined
    return edges.length === 0 ? 'the graph has no edges.' : `the graph has ${[...new Set(edges.map(describeEdge))].toSorted().join(', ')}.`
  }
}

function isOf({ app, namespace, version }: BackendVersion, service: ServiceRef): boolean {
  if (service.namespace !== null && service.namespace !== namespace) return false
  return service.name === app && (service.version === null || service.version === version)
}

function describeEdge({ from, to }: GraphEdge): string {
  const nameOf = ({ app, namespace, version }: BackendVersion): string =>
    formatServiceRef({ name: app, namespace: untold.has(namespace) ? null : namespace, version: version || null })
  const [source, destination] = [nameOf(from), nameOf(to)]
  return `${source} -> ${destination}`
}

/** Namespaces that go without saying: the scenario's own, and that of the gateways. */
const untold: ReadonlySet<string> = new Set(['default', 'istio-system'])

/** By the labels that tell them apart. */
function listed(samples: readonly MetricSample[]): string {
  const differs = (name: string): boolean => samples.some(({ labels }) => labels[name] !== samples[0]!.labels[name])
  const shown = samples.slice(0, 5).map(({ labels, value }) => describe({ labels: samples.length > 1 ? pick(labels, differs) : labels, value }))
  return `${shown.join('; ')}${samples.length > 5 ? ` and ${samples.length - 5} more` : ''}`
}

function pick(labels: MetricSample['labels'], isMeant: (name: string) => boolean): MetricSample['labels'] {
  return Object.fromEntries(Object.entries(labels).filter(([name]) => isMeant(name)))
}

function describe({ labels, value }: MetricSample): string {
  const text = Object.entries(labels).map(([name, own]) => `${name}=${JSON.stringify(own)}`)
  return text.length === 0 ? String(value) : `${value} for {${text.join(', ')}}`
}
