import { existsSync, readFileSync } from 'node:fs'
import { diffReports, diffText, isWorse } from '../reports/conformance/diff.ts'
import { mergeReports } from '../reports/conformance/merge.ts'
import { readReports } from '../reports/conformance/read.ts'
import type { ConformanceReport } from '../reports/conformance/report.ts'
import { tagsOfTests } from '../reports/conformance/tags.ts'
import { makePaint } from '../reports/paint.ts'
import { writeConformance } from './conformance/conformance-files.ts'
import { exitCodes } from './output/exit-codes.ts'
import { fileReason } from './output/file-reason.ts'
import { pushMetrics, type PushOptions } from './conformance/push-metrics.ts'
import { settingError } from './options/setting-error.ts'

export interface ReportOptions {
  readonly out: string
}

/**
 * `report diff BEFORE AFTER`: what has changed from one conformance report to the other. @returns 1 when something got worse
 * @throws MeshSpecError REPORT_UNREADABLE
 */
export function reportDiff(before: string, after: string): number {
  const [old, now] = [read(before), read(after)]
  const targets = new Set([...old, ...now].map(({ meshspec }) => meshspec.target))
  const paint = makePaint(process.stdout.isTTY === true, process.env)
  // Of one target each, they are compared whatever the targets are called; of several, target by target.
  const pairs = old.length === 1 && now.length === 1 ? [[old[0]!, now[0]!] as const] : [...targets].flatMap((target) => pairOf(target, old, now))
  const diffs = pairs.map(([one, other]) => ({ title: other.meshspec.target, diff: diffReports(one, other) }))
  const texts = diffs.map(({ title, diff }) => (diffs.length > 1 ? `${paint('bold', title)}\n${diffText(diff, paint)}` : diffText(diff, paint)))
  process.stdout.write(`${texts.join('\n\n')}\n`)
  return diffs.some(({ diff }) => isWorse(diff)) ? exitCodes.failed : exitCodes.held
}

function pairOf(target: string, old: readonly ConformanceReport[], now: readonly ConformanceReport[]): [ConformanceReport, ConformanceReport][] {
  const [one, other] = [old, now].map((reports) => reports.find(({ meshspec }) => meshspec.target === target))
  if (one && other) return [[one, other]]
  throw settingError(`only one of the reports is about the target ${target}`, 'give two reports about the same targets')
}

/**
 * `report merge PARTS…`: one report of those of all shards. @returns 1 when a test in it failed, or was not decided
 * @throws MeshSpecError REPORT_UNREADABLE, REPORTS_DO_NOT_FIT
 */
export function reportMerge(files: readonly string[], { out }: ReportOptions): number {
  const parts = files.flatMap(read)
  const targets = [...new Set(parts.map(({ meshspec }) => meshspec.target))]
  const reports = targets.map((target) => mergeOne(parts.filter(({ meshspec }) => meshspec.target === target)))
  if (reports.every(({ tests }) => tests.length === 0)) throw nothingToMerge(reports)
  writeConformance(reports, out)
  const fine = new Set(['passed', 'not-supported'])
  return reports.every(({ tests }) => tests.every(({ verdict }) => fine.has(verdict))) ? exitCodes.held : exitCodes.failed
}

function nothingToMerge(reports: readonly ConformanceReport[]): Error {
  const uncounted = Math.max(...reports.map(({ meshspec }) => meshspec.uncounted ?? 0))
  if (uncounted === 0) return settingError('no test was run in any of the shards', 'do --tags and --profile fit some?')
  return settingError(`of the scenarios that were run (${uncounted}) none counts for a profile, so there is nothing to report`, tagsOfTests)
}

/** `report push REPORTS…`. @throws MeshSpecError REPORT_UNREADABLE, METRICS_NOT_PUSHED, INVALID_SETTING */
export async function reportPush(files: readonly string[], options: PushOptions): Promise<number> {
  if (options.pushgateway === undefined && options.otlp === undefined && options.textfile === undefined)
    throw settingError('nothing says where the metrics go', 'give --pushgateway, --otlp or --textfile')
  await pushMetrics(files.flatMap(read), options)
  return exitCodes.held
}

function mergeOne(parts: readonly ConformanceReport[]): ConformanceReport {
  try {
    return mergeReports(parts)
  } catch (error) {
    if ((error as Error).name !== 'NoParts') throw error
    throw settingError(
      `the reports are no parts of one: ${(error as Error).message}`,
      'give the reports of all shards of one run',
      'REPORTS_DO_NOT_FIT',
    )
  }
}

function textOf(file: string): string {
  try {
    return readFileSync(file === '-' ? 0 : file, 'utf8')
  } catch (error) {
    throw settingError(`${file} cannot be read: ${fileReason(error)}`, 'name a conformance.yaml or conformance.json', 'REPORT_UNREADABLE')
  }
}

/** @param file a path, or `-` for standard input */
function read(file: string): readonly ConformanceReport[] {
  if (file !== '-' && !existsSync(file))
    throw settingError(`there is no file ${file}`, 'name a conformance.yaml or conformance.json', 'REPORT_UNREADABLE')
  const reports = readReports(textOf(file))
  if (typeof reports === 'string')
    throw settingError(
      `${file === '-' ? 'standard input' : file} is no conformance report: ${reports}`,
      'meshspec conformance writes some',
      'REPORT_UNREADABLE',
    )
  return reports
}
