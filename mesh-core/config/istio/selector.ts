import type { FieldPath } from '../finding.ts'
import type { Fields, Judge } from './judge.ts'

/** Bytes. */
const maxValue = 63

/** `workloadSelector.labels` of the older kinds. Source: Istio ValidateAlphaWorkloadSelector. */
export function checkWorkloadSelector(selector: Fields | undefined, owner: string, judge: Judge): void {
  if (!selector) return
  const path = ['spec', 'workloadSelector']
  const labels = Object.entries((selector.labels ?? {}) as Record<string, string>)
  checkLabelTexts(labels, [...path, 'labels'], judge)
  if (labels.length === 0)
    judge.warn('SCHEMA_REQUIRED', path, `${owner}: workload selector specified without labels, will be applied to all services in namespace`)
}

export function checkLabelTexts(labels: readonly (readonly [string, string])[], path: FieldPath, judge: Judge): void {
  for (const [key, value] of labels) {
    const at = [...path, key]
    if (key === '') judge.error('INVALID_VALUE', at, `empty key is not supported in selector: "${key}=${value}"`)
    if (`${key}${value}`.includes('*')) judge.error('INVALID_VALUE', at, `wildcard is not supported in selector: "${key}=${value}"`)
    if (value.length > maxValue) judge.error('INVALID_VALUE', at, `may not be longer than ${maxValue} bytes`)
  }
}
