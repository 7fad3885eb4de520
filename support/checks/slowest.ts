import type { Exchange, Hop } from '../../mesh-core/ir/exchange.ts'
import { formatDuration } from '../sentences/duration.ts'

/** Of the whole: what took less is not what the time went to. */
const leastShare = 0.1

/** The requests that the time went to, and not to others behind them. Tries of one request are one. */
export function slowest({ hops, durationMs }: Exchange): readonly Hop[] {
  const isSlow = ({ log, mirrored }: Hop): boolean => log !== null && !mirrored && log.durationMs > 0 && log.durationMs >= durationMs * leastShare
  const hasSlowBehind = (i: number): boolean => hops.some((hop, j) => hop.parent === i && (isSlow(hop) || hasSlowBehind(j)))
  const slow = hops.filter((hop, i) => isSlow(hop) && !hasSlowBehind(i))
  return slow.filter(({ log }, i) => slow.findIndex((other) => other.log === log) === i)
}

/** ` Of that productpage-v1 waited 3s for reviews.default (DC).`; `''` where the answer to the request itself took the time. */
export function describeWaits(slow: readonly Hop[]): string {
  const told = slow.filter((hop) => hop.parent >= 0 || isDelayed(hop))
  return told.length === 0 ? '' : ` Of that ${told.map(describeWait).join(', ')}.`
}

function describeWait(hop: Hop): string {
  const flags = hop.log!.flags === '-' ? '' : ` (${isDelayed(hop) ? `${hop.log!.flags}: a fault of the rule delayed it` : hop.log!.flags})`
  const whom = hop.service?.replace(/\.svc\.cluster\.local$/, '') ?? hop.to?.name ?? 'an answer'
  return `${hop.from?.name ?? 'the client'} waited ${formatDuration(hop.log!.durationMs)} for ${whom}${flags}`
}

function isDelayed({ log }: Hop): boolean {
  return log!.flags.split(',').includes('DI')
}
