/** One place where what was seen is not what was wanted. */
export interface Difference {
  /** `#2 GET http://b/x from a.default`; `null` for the case as a whole. */
  readonly call: string | null
  readonly field: string
  readonly wanted: unknown
  readonly seen: unknown
  /** Why it matters, where the two values do not say it. */
  readonly note?: string
}

/** Values that are longer are cut in the middle. */
const longest = 600

export function describeDifference({ call, field, wanted, seen, note }: Difference): string {
  return `  ${call === null ? '' : `${call}  `}${field}${note ? ` (${note})` : ''}\n    wanted ${shown(wanted)}\n    seen   ${shown(seen)}`
}

function shown(value: unknown): string {
  if (value === undefined) return 'nothing'
  const text = typeof value === 'string' ? value : JSON.stringify(value)
  if (text === '') return "''"
  return text.length <= longest ? text : `${text.slice(0, longest / 2)} … ${text.slice(-longest / 2)}`
}
