import type { FieldPath } from '../finding.ts'
import type { Fields, Judge } from './judge.ts'
import { each } from './judge.ts'
import { checkLabelTexts, ofMatchLabels } from './selector.ts'

/** `selector.matchLabels`. Source: the CEL rules of the CRDs, and Istio validateWorkloadSelector. */
export function checkMatchLabels(selector: Fields | undefined, path: FieldPath, judge: Judge): void {
  if (!selector) return
  const labels = Object.entries((selector.matchLabels ?? {}) as Record<string, string>)
  checkLabelTexts(labels, [...path, 'matchLabels'], judge, ofMatchLabels)
  if (labels.length === 0) judge.warn('SCHEMA_REQUIRED', path, 'workload selector specified without labels')
}

/** What a policy may be for, by `group/kind`, and as istiod lists it. Source: Istio allowedTargetRefs. */
const targets = new Map([
  ['core/Service', 'core/v1/Service'],
  ['networking.istio.io/ServiceEntry', 'networking.istio.io/v1/ServiceEntry'],
  ['gateway.networking.k8s.io/Gateway', 'gateway.networking.k8s.io/v1/Gateway'],
  ['gateway.networking.k8s.io/GatewayClass', 'gateway.networking.k8s.io/v1/GatewayClass'],
])

/** A policy's `selector`, `targetRef` and `targetRefs`: one of them. Source: Istio validateOneOfSelectorType, validatePolicyTargetReference. */
export function checkSelection(spec: Fields, judge: Judge): void {
  const set = ['selector', 'targetRef', 'targetRefs'].filter((field) => spec[field] !== undefined)
  if (set.length > 1) judge.error('CONFLICTING_FIELDS', ['spec', set.at(-1)!], 'only one of targetRefs or selector can be set', 'keep one of them')
  checkMatchLabels(spec.selector, ['spec', 'selector'], judge)
  if (spec.targetRef) checkTarget(spec.targetRef as Fields, ['spec', 'targetRef'], judge)
  for (const [target, path] of each(spec.targetRefs, ['spec', 'targetRefs'])) checkTarget(target, path, judge)
}

function checkTarget(target: Fields, path: FieldPath, judge: Judge): void {
  const { name = '', namespace = '', group = '', kind = '' } = target as Readonly<Record<string, string | undefined>>
  if (name === '') judge.error('SCHEMA_REQUIRED', [...path, 'name'], 'targetRef name must be set')
  if (namespace !== '') judge.error('INVALID_VALUE', [...path, 'namespace'], 'cross namespace referencing is not currently supported')
  if (!targets.has(`${group === '' ? 'core' : group}/${kind}`))
    judge.error('INVALID_VALUE', [...path, 'kind'], `targetRef must be to one of [${[...targets.values()].join(' ')}] but was ${group}/${kind}`)
}
