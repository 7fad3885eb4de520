import { checkSubsetName } from './destination.ts'
import type { Fields, Judge } from './judge.ts'
import { each } from './judge.ts'
import { checkExportTo, checkLabels, wildcardDomainProblem } from './names.ts'
import { checkTrafficPolicy } from './traffic-policy.ts'
import { checkMatchLabels } from './workload-selection.ts'

/** Source: Istio `pkg/config/validation/validation.go` ValidateDestinationRule. */
export function checkDestinationRule(spec: Fields, namespace: string, judge: Judge): void {
  const problem = wildcardDomainProblem((spec.host as string) ?? '')
  if (problem !== null) judge.error('INVALID_HOST', ['spec', 'host'], problem)
  checkTrafficPolicy(spec.trafficPolicy, namespace, ['spec', 'trafficPolicy'], judge)
  const names = new Set<string>()
  for (const [subset, path] of each(spec.subsets, ['spec', 'subsets'])) {
    const name = (subset.name as string) ?? ''
    if (names.has(name)) judge.error('CONFLICTING_FIELDS', [...path, 'name'], `duplicate subset names: ${name}`)
    names.add(name)
    checkSubsetName(name, [...path, 'name'], judge)
    checkLabels(subset.labels, [...path, 'labels'], judge)
    judge.errorsOf((part) => {
      checkTrafficPolicy(subset.trafficPolicy, namespace, [...path, 'trafficPolicy'], part)
    })
  }
  checkExportTo(spec.exportTo, namespace, ['spec', 'exportTo'], judge, { withSelector: spec.workloadSelector !== undefined })
  checkMatchLabels(spec.workloadSelector, ['spec', 'workloadSelector'], judge)
}
