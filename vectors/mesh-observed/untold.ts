import type { InboundEntry } from './case.ts'

/** A connection that a receiver's sidecar ends before it has read of which call it is: its line is nobody's. Of several tries some may be told. */
export function areUntold(written: readonly InboundEntry[], told: readonly InboundEntry[]): boolean {
  let next = 0
  for (const entry of written)
    if (next < told.length && isSame(entry, told[next]!)) next++
    else if (!isUntold(entry)) return false
  return next === told.length && told.length < written.length
}

function isUntold({ status = 0, details }: InboundEntry): boolean {
  return status === 0 || details === 'http1.codec_error'
}

function isSame(one: InboundEntry, other: InboundEntry): boolean {
  return (['workload', 'status', 'flags', 'route', 'cluster', 'details'] as const).every((field) => one[field] === other[field])
}
