import type { FieldPath } from '../finding.ts'
import type { Fields, Judge } from './judge.ts'

/** Source: Istio `pkg/config/validation/validation.go` validateWorkloadSelector. @returns how many labels it has */
export function checkSelectorLabels(selector: Fields, path: FieldPath, judge: Judge): number {
  const labels = Object.entries((selector.labels ?? {}) as Record<string, string>)
  for (const [key, value] of labels) {
    const at = [...path, 'labels', key]
    if (key === '') judge.error('INVALID_VALUE', at, `empty key is not supported in selector: "${key}=${value}"`)
    if (`${key}${value}`.includes('*')) judge.error('INVALID_VALUE', at, `wildcard is not supported in selector: "${key}=${value}"`)
  }
  return labels.length
}
