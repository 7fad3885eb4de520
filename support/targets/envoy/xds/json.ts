/** A message of Envoy's API in the JSON form of Protocol Buffers. */
export type Json = Readonly<Record<string, unknown>>

/** A message inside a `google.protobuf.Any`. @param type without the package `type.googleapis.com` */
export function typed(type: string, fields: Json = {}): Json {
  return { '@type': `type.googleapis.com/${type}`, ...fields }
}

/** `google.protobuf.Duration`: `1.5s`; never with an exponent, which Envoy does not read. */
export function duration(ms: number): string {
  return `${(ms / 1000).toFixed(9).replace(/\.?0+$/, '')}s`
}

/** The field, unless there is nothing to say. */
export function optional<T>(name: string, value: T | null | undefined): Json {
  return value === null || value === undefined || (Array.isArray(value) && value.length === 0) ? {} : { [name]: value }
}

export function given(name: string, options: Json): Json {
  return Object.keys(options).length === 0 ? {} : { [name]: options }
}
