import type { InboundEntry } from './case.ts'

/** A connection that a receiver's sidecar ends before it has read of which call it is: its line is nobody's. */
export function areUntold(written: readonly InboundEntry[], told: readonly InboundEntry[]): boolean {
  return told.length === 0 && written.every(({ status = 0, details }) => status === 0 || details === 'http1.codec_error')
}
