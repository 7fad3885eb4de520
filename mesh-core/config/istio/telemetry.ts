import type { FieldPath } from '../finding.ts'
import { celProblem } from './cel-syntax.ts'
import { durationMs } from '../duration.ts'
import type { Fields, Judge } from './judge.ts'
import { each } from './judge.ts'
import { checkSelection } from './workload-selection.ts'

/** Source: the CEL rules of the CRD, and Istio ValidateTelemetry. */
export function checkTelemetry(spec: Fields, judge: Judge): void {
  checkSelection(spec, judge)
  for (const [metrics, path] of each(spec.metrics, ['spec', 'metrics'])) checkMetrics(metrics, path, judge)
  if (spec.tracing?.length > 1) judge.warn('INVALID_VALUE', ['spec', 'tracing'], 'multiple tracing is not currently supported')
  for (const [tracing, path] of each(spec.tracing, ['spec', 'tracing'])) checkTracing(tracing, path, judge)
  for (const [logging, path] of each(spec.accessLogging, ['spec', 'accessLogging'])) {
    checkAccessLogFilter(logging.filter, [...path, 'filter'], judge)
    checkProviders(logging, path, judge)
  }
}

/** Source: Istio validateTelemetryFilter. */
export function checkAccessLogFilter(filter: Fields | undefined, path: FieldPath, judge: Judge): void {
  const problem = filter ? celProblem((filter.expression as string) ?? '') : null
  if (problem !== null) judge.error('INVALID_VALUE', [...path, 'expression'], `must be a valid CEL expression: ${problem}`)
}

function checkProviders(owner: Fields, path: FieldPath, judge: Judge): void {
  for (const [provider, at] of each(owner.providers, [...path, 'providers']))
    if (!provider.name) judge.error('SCHEMA_REQUIRED', [...at, 'name'], 'providers.name may not be empty')
}

function checkMetrics(metrics: Fields, path: FieldPath, judge: Judge): void {
  checkProviders(metrics, path, judge)
  const interval = metrics.reportingInterval as string | undefined
  if (interval !== undefined && (durationMs(interval) ?? 0) < 1)
    judge.error('INVALID_DURATION', [...path, 'reportingInterval'], `"${interval}" must be a valid duration greater than 1ms`)
  for (const [override, at] of each(metrics.overrides, [...path, 'overrides'])) {
    for (const [name, tag] of Object.entries((override.tagOverrides ?? {}) as Readonly<Record<string, Fields>>))
      checkTagOverride(name, tag, [...at, 'tagOverrides', name], judge)
    if (override.match?.customMetric === '') judge.error('INVALID_VALUE', [...at, 'match', 'customMetric'], 'customMetric may not be empty')
  }
}

function checkTagOverride(name: string, { operation = 'UPSERT', value = '' }: Fields, path: FieldPath, judge: Judge): void {
  if (name === '') judge.warn('INVALID_VALUE', path, 'tagOverrides.name may not be empty')
  if (operation === 'UPSERT' && value === '')
    judge.error('SCHEMA_REQUIRED', [...path, 'value'], 'tagOverrides.value must be set when operation is UPSERT')
  if (operation === 'REMOVE' && value !== '')
    judge.error('CONFLICTING_FIELDS', [...path, 'value'], 'tagOverrides.value may only be set when operation is UPSERT')
}

/** The field that each kind of tag must have. */
const tagFields = { literal: 'value', header: 'name', environment: 'name', formatter: 'value' } as const

function checkTracing(tracing: Fields, path: FieldPath, judge: Judge): void {
  if (tracing.providers?.length > 1) judge.warn('INVALID_VALUE', [...path, 'providers'], 'multiple providers is not currently supported')
  checkProviders(tracing, path, judge)
  const share: number = tracing.randomSamplingPercentage ?? 0
  if (share < 0 || share > 100)
    judge.error('INVALID_PERCENT', [...path, 'randomSamplingPercentage'], 'randomSamplingPercentage must be in range [0.0, 100.0]')
  for (const [name, tag] of Object.entries((tracing.customTags ?? {}) as Readonly<Record<string, Fields>>)) {
    const at = [...path, 'customTags', name]
    if (name === '') judge.error('INVALID_VALUE', at, 'tag name may not be empty')
    for (const [type, field] of Object.entries(tagFields))
      if (tag[type] !== undefined && !tag[type][field]) judge.error('SCHEMA_REQUIRED', [...at, type, field], `${type} tag ${field} may not be empty`)
  }
}
