const units: Readonly<Record<string, number>> = { h: 3_600_000, m: 60_000, s: 1000, ms: 1, us: 0.001, µs: 0.001, ns: 0.000_001 }

/** `1h30m`, `7s`, `0.5s`, `250ms` → ms. Validation has refused everything else before. Source: Go `time.ParseDuration`. */
export function durationMs(text: string): number {
  let sum = 0
  for (const [, number, unit] of text.matchAll(/([0-9]*\.?[0-9]+)(h|ms|m|s|us|µs|ns)/g)) sum += Number(number) * units[unit!]!
  return text.startsWith('-') ? -sum : sum
}
