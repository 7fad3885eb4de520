import type { FieldPath } from '../finding.ts'
import type { Fields, Judge } from './judge.ts'
import { each } from './judge.ts'
import { checkLabelTexts } from './selector.ts'

/** `selector.matchLabels`. Source: the CEL rules of the CRDs, and Istio validateWorkloadSelector. */
export function checkMatchLabels(selector: Fields | undefined, path: FieldPath, judge: Judge): void {
  if (!selector) return
  const labels = Object.entries((selector.matchLabels ?? {}) as Record<string, string>)
  checkLabelTexts(labels, [...path, 'matchLabels'], judge)
  if (labels.length === 0) judge.warn('SCHEMA_REQUIRED', path, 'workload selector specified without labels')
}

/** What a policy may be for, by `group/kind`. Source: Istio allowedTargetRefs. */
const targets = ['core/Service', 'networking.istio.io/ServiceEntry', 'gateway.networking.k8s.io/Gateway', 'gateway.networking.k8s.io/GatewayClass']

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
  if (namespace !== '')
    judge.error('INVALID_VALUE', [...path, 'namespace'], 'targetRef namespace must not be set; cross namespace referencing is not supported')
  if (!targets.includes(`${group === '' ? 'core' : group}/${kind}`))
    judge.error('INVALID_VALUE', [...path, 'kind'], `targetRef must be to one of ${targets.join(', ')} but was ${group}/${kind}`)
}
