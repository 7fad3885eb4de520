import { renameSync, writeFileSync } from 'node:fs'
import type { MeshSpecError } from '../../mesh-core/config/errors.ts'
import type { ConformanceReport } from '../../reports/conformance/report.ts'
import { metricsOf } from '../../reports/metrics/metric.ts'
import { otlpMetrics } from '../../reports/metrics/otlp.ts'
import { prometheusText } from '../../reports/metrics/prometheus.ts'
import { notWritten } from '../output/not-written.ts'
import { settingError } from '../options/setting-error.ts'

export interface PushOptions {
  /** URL of a Pushgateway of Prometheus, with the grouping key where it is not `/metrics/job/meshspec`. */
  readonly pushgateway?: string
  /** URL of an OTLP/HTTP receiver: `http://collector:4318`. */
  readonly otlp?: string
  /** A file for the textfile collector of Prometheus' node exporter. */
  readonly textfile?: string
}

const patienceMs = 30_000

/** Before a run that takes its time. @throws MeshSpecError INVALID_SETTING */
export function assertPushable({ pushgateway, otlp }: PushOptions): void {
  if (pushgateway !== undefined) urlOf(...places.pushgateway, pushgateway)
  if (otlp !== undefined) urlOf(...places.otlp, otlp)
}

/** The option, the path where its URL names none, and an example. */
const places = {
  pushgateway: ['--pushgateway', '/metrics/job/meshspec', 'http://127.0.0.1:9091'],
  otlp: ['--otlp', '/v1/metrics', 'http://127.0.0.1:4318'],
} as const

/** Sends what the reports say to wherever it is wanted. @throws MeshSpecError METRICS_NOT_PUSHED, REPORT_NOT_WRITTEN */
export async function pushMetrics(reports: readonly ConformanceReport[], { pushgateway, otlp, textfile }: PushOptions): Promise<void> {
  const metrics = metricsOf(reports)
  if (textfile !== undefined) writeWhole(textfile, prometheusText(metrics))
  // PUT replaces the whole group: a test that is no more leaves no series behind.
  if (pushgateway !== undefined) await push(urlOf(...places.pushgateway, pushgateway), 'PUT', 'text/plain; version=0.0.4', prometheusText(metrics))
  if (otlp !== undefined) {
    const date = new Date(Math.max(...reports.map((report) => Date.parse(report.date))))
    await push(urlOf(...places.otlp, otlp), 'POST', 'application/json', JSON.stringify(otlpMetrics(metrics, date)))
  }
}

/** The collector may read at any time, and is never to see half of it. */
function writeWhole(file: string, text: string): void {
  try {
    writeFileSync(`${file}.tmp`, text)
    renameSync(`${file}.tmp`, file)
  } catch (error) {
    throw notWritten([file], error, '--textfile FILE')
  }
}

function urlOf(option: string, path: string, example: string, text: string): URL {
  const url = URL.canParse(text) ? new URL(text) : null
  if (url === null || !/^https?:$/.test(url.protocol)) throw settingError(`${option} is "${text}"`, `write a URL such as "${example}"`)
  if (url.pathname === '/') url.pathname = path
  return url
}

async function push(url: URL, method: string, type: string, body: string): Promise<void> {
  const { username, password } = url
  const authorization =
    username === ''
      ? {}
      : { authorization: `Basic ${Buffer.from(`${decodeURIComponent(username)}:${decodeURIComponent(password)}`).toString('base64')}` }
  url.username = url.password = ''
  try {
    // Followed, a redirect would take the credentials elsewhere.
    const response = await fetch(url, {
      method,
      body,
      redirect: 'error',
      headers: { 'content-type': type, ...authorization },
      signal: AbortSignal.timeout(patienceMs),
    })
    if (!response.ok) throw notPushed(url, `it answered ${response.status}${firstLine(await response.text())}`)
  } catch (error) {
    if ((error as Error).name === 'MeshSpecError') throw error
    const { cause, message } = error as Error & { readonly cause?: { readonly code?: string; readonly message?: string } }
    throw notPushed(url, cause?.code ?? cause?.message ?? message)
  }
}

function firstLine(text: string): string {
  const line = text.split('\n')[0]!.slice(0, 200).trim()
  return line === '' ? '' : `: ${line}`
}

function notPushed({ origin }: URL, why: string): MeshSpecError {
  return settingError(
    `the metrics did not reach ${origin}: ${why}`,
    'is it running, and reachable from here? The reports are written all the same',
    'METRICS_NOT_PUSHED',
  )
}
