/** Of one instant, in ms since 1970; proxies run in UTC. */
export type TimeFormat = (ms: number) => string

/**
 * `%Y-%m-%dT%H:%M:%E3S`, and Envoy's own: `%s` seconds since 1970, `%3f` a fraction of so many digits.
 * @returns `null` where a part of it is not modelled. Source: Envoy `DateFormatter`, absl `FormatTime`.
 */
export function formatTime(pattern: string): TimeFormat | null {
  const parts = pattern.split(/(%(?:E\d|[1-9])?[A-Za-z%])/).map((part) => (part.startsWith('%') ? specifier(part) : () => part))
  return parts.every((part) => part !== null) ? (ms) => parts.map((part) => part!(ms)).join('') : null
}

function specifier(text: string): TimeFormat | null {
  if (text === '%%') return () => '%'
  const digits = /^%E?(\d)[fS]$/.exec(text)?.[1]
  if (text === '%f' || (digits !== undefined && text.endsWith('f'))) return (ms) => fraction(ms, Number(digits ?? 9))
  if (digits !== undefined && text.startsWith('%E')) return (ms) => `${isoOf(ms).slice(17, 19)}.${fraction(ms, Number(digits))}`
  return specifiers[text] ?? null
}

function fraction(ms: number, digits: number): string {
  return `${isoOf(ms).slice(20, 23)}000000`.slice(0, digits)
}

function isoOf(ms: number): string {
  return new Date(ms).toISOString()
}

const between =
  (start: number, end: number): TimeFormat =>
  (ms) =>
    isoOf(ms).slice(start, end)

const specifiers: Readonly<Record<string, TimeFormat>> = {
  '%Y': between(0, 4),
  '%y': between(2, 4),
  '%m': between(5, 7),
  '%d': between(8, 10),
  '%F': between(0, 10),
  '%H': between(11, 13),
  '%M': between(14, 16),
  '%S': between(17, 19),
  '%R': between(11, 16),
  '%T': between(11, 19),
  '%s': (ms) => String(Math.floor(ms / 1000)),
  '%z': () => '+0000',
  '%Z': () => 'UTC',
}
