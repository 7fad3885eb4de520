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

/** What is said of a label, by who refuses it. */
interface Complaints {
  readonly emptyKey: string
  readonly wildcard: (of: 'key' | 'value') => string
}

/** Of the older kinds: istiod's. */
const ofWorkloadSelector: Complaints = { emptyKey: 'empty key is not supported in selector', wildcard: () => 'wildcard is not supported in selector' }
/** Of the others: the CRD's. */
export const ofMatchLabels: Complaints = { emptyKey: 'key must not be empty', wildcard: (of) => `wildcard not allowed in label ${of} match` }

export function checkLabelTexts(labels: readonly (readonly [string, string])[], path: FieldPath, judge: Judge, said = ofWorkloadSelector): void {
  for (const [key, value] of labels) {
    const at = [...path, key]
    const shown = `: "${key}=${value}"`
    if (key === '') judge.error('INVALID_VALUE', at, said.emptyKey + shown)
    if (key.includes('*')) judge.error('INVALID_VALUE', at, said.wildcard('key') + shown)
    else if (value.includes('*')) judge.error('INVALID_VALUE', at, said.wildcard('value') + shown)
    if (value.length > maxValue) judge.error('INVALID_VALUE', at, `may not be longer than ${maxValue} bytes`)
  }
}
