import { parse } from 'yaml'
import { apiVersion } from './report.ts'
import type { ConformanceReport, ConformanceReportList } from './report.ts'

/**
 * Reads a report that one of ours has written, YAML or JSON, of one target or of several; or several of them in the ConfigMaps of a `kubectl get -o json`.
 * @returns a sentence about what is wrong with it, or the reports
 */
export function readReports(text: string): readonly ConformanceReport[] | string {
  let data: unknown
  try {
    data = parse(text)
  } catch {
    return 'it is neither YAML nor JSON, or several documents'
  }
  return reportsIn(data)
}

function reportsIn(data: unknown): readonly ConformanceReport[] | string {
  const { apiVersion: version, kind } = (data ?? {}) as { readonly apiVersion?: unknown; readonly kind?: unknown }
  if (version === 'v1' && (kind === 'List' || kind === 'ConfigMapList'))
    return together((data as { readonly items: readonly unknown[] }).items.map(reportsIn))
  if (version === 'v1' && kind === 'ConfigMap') return inConfigMap(data as ConfigMap)
  if (version !== apiVersion) return `its apiVersion is ${JSON.stringify(version) ?? 'missing'}, not ${apiVersion}`
  if (kind === 'ConformanceReport') return wholeOr(data as ConformanceReport)
  if (kind === 'ConformanceReportList') return together((data as ConformanceReportList).items.map(reportsIn))
  return `its kind is ${JSON.stringify(kind) ?? 'missing'}, not ConformanceReport`
}

interface ConfigMap {
  readonly data?: Readonly<Record<string, string>>
}

function inConfigMap({ data = {} }: ConfigMap): readonly ConformanceReport[] | string {
  const text = data[configMapKey]
  return text === undefined ? `the ConfigMap has no ${configMapKey}` : readReports(text)
}

/** Under which key a ConfigMap holds a report. */
export const configMapKey = 'conformance.json'

function together(parts: readonly (readonly ConformanceReport[] | string)[]): readonly ConformanceReport[] | string {
  const wrong = parts.find((part) => typeof part === 'string')
  return wrong ?? (parts as readonly (readonly ConformanceReport[])[]).flat()
}

/** As far as it takes to work with it. */
function wholeOr(report: ConformanceReport): readonly ConformanceReport[] | string {
  const { meshspec, implementation, tests } = report
  if (!Array.isArray(tests) || !tests.every((test) => typeof test?.name === 'string' && typeof test.verdict === 'string'))
    return 'it has no list of tests'
  if (typeof meshspec?.target !== 'string' || typeof implementation?.project !== 'string') return 'it does not say which mesh it is about'
  return [report]
}
