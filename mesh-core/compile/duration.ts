import { durationMs as judged } from '../config/duration.ts'

/** Milliseconds of a duration that validation has accepted. */
export function durationMs(text: string): number {
  return judged(text) ?? 0
}
