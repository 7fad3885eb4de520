import { durationMs } from '../duration.ts'
import type { FieldPath } from '../finding.ts'
import type { Judge } from './judge.ts'

const example = 'write for example 500ms, 7s or 1h30m'

/**
 * A duration under the rule that the CRDs state by CEL: `duration(self) >= duration('1ms')`; and istiod's own, that it is one of whole milliseconds.
 */
export function checkDuration(text: string | undefined, path: FieldPath, judge: Judge): void {
  if (text === undefined) return
  const ms = durationMs(text)
  if (ms === null) judge.error('INVALID_DURATION', path, `"${text}" is no duration`, example)
  else if (ms < 1)
    judge.error('INVALID_DURATION', path, `"${text}" must be a valid duration greater than 1ms`, ms === 0 ? 'leave the field away for none' : example)
  else if (!Number.isInteger(Math.round(ms * 1e6) / 1e6))
    judge.error('INVALID_DURATION', path, `"${text}": only durations to ms precision are supported`, example)
}

/** A duration without a rule of its own: it must be one, or istiod cannot read the object. */
export function checkIsDuration(text: string | undefined, path: FieldPath, judge: Judge): void {
  if (text !== undefined && durationMs(text) === null) judge.error('INVALID_DURATION', path, `"${text}" is no duration`, example)
}
