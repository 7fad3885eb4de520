const units: Readonly<Record<string, number>> = { ns: 1e-6, us: 1e-3, µs: 1e-3, μs: 1e-3, ms: 1, s: 1000, m: 60_000, h: 3_600_000 }
const whole = /^[-+]?(?:(?:\d+\.?\d*|\.\d+)(?:ns|us|µs|μs|ms|s|m|h))+$/
const part = /(\d+\.?\d*|\.\d+)(ns|us|µs|μs|ms|s|m|h)/g

/** Go counts nanoseconds in 63 bits: some 292 years. */
const longestMs = 2 ** 63 / 1e6

/**
 * Milliseconds of a duration as Go writes it: `7s`, `1.5h`, `1h30m`, `-2ms`, `0`.
 * @returns null for a text that is none
 */
export function durationMs(text: string): number | null {
  if (text === '0' || text === '+0' || text === '-0') return 0
  if (!whole.test(text)) return null
  let sum = 0
  for (const [, amount, unit] of text.matchAll(part)) sum += Number(amount) * (units[unit as string] as number)
  if (sum > longestMs) return null
  return text.startsWith('-') ? -sum : sum
}
