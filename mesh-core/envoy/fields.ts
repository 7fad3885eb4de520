import { durationMs as goDurationMs } from '../config/duration.ts'

/** A message of Envoy's API in the JSON form of Protocol Buffers; field names in snake_case. */
export type Message = Readonly<Record<string, unknown>>

/** A configuration says something that is not understood here. Never passed over: a lookup without it might go elsewhere. */
export class NotUnderstood extends Error {
  override readonly name = 'NotUnderstood'
  readonly place: string

  constructor(place: string, problem: string) {
    super(`${place}: ${problem}`)
    this.place = place
  }
}

/** @returns the message; both spellings of names (`prefixRewrite`, `prefix_rewrite`) are read, as Protocol Buffers do */
export function message(value: unknown, place: string): Message {
  if (value === undefined || value === null) return {}
  if (typeof value !== 'object' || Array.isArray(value)) throw new NotUnderstood(place, 'wanted a mapping')
  return Object.fromEntries(Object.entries(value).map(([name, field]) => [name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`), field]))
}

/** Fails at a field that is neither acted on nor known to make no difference. */
export function only(fields: Message, place: string, known: ReadonlySet<string>): Message {
  for (const name of Object.keys(fields)) if (!known.has(name)) throw new NotUnderstood(`${place}.${name}`, 'this field is not understood')
  return fields
}

export function messages(value: unknown, place: string): Message[] {
  if (value === undefined || value === null) return []
  if (!Array.isArray(value)) throw new NotUnderstood(place, 'wanted a list')
  return value.map((item, i) => message(item, `${place}[${i}]`))
}

export function texts(value: unknown): string[] {
  return Array.isArray(value) ? value.map(String) : []
}

export function text(value: unknown): string | null {
  return value === undefined || value === null || value === '' ? null : String(value)
}

/** Numbers of 64 bits may be written as text. */
export function int(value: unknown): number {
  return Number(value ?? 0)
}

/** @returns ms of `1.5s`, or of `{seconds, nanos}`; istiod takes what Go writes, too (`100ms`, `1m30s`). Source: golang/protobuf `jsonpb` unmarshal. */
export function durationMs(value: unknown): number | null {
  if (typeof value === 'string') return goDurationMs(value)
  if (value === undefined || value === null) return null
  const { seconds, nanos } = value as { seconds?: unknown; nanos?: unknown }
  return int(seconds) * 1000 + int(nanos) / 1e6
}
