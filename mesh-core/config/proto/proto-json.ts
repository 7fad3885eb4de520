import { durationMs } from '../duration.ts'
import type { FieldPath } from '../finding.ts'
import { suggestion } from '../schema/suggest.ts'
import type { MessageTable } from './message-table.ts'

/** Takes what is wrong with a message in JSON. */
export interface ProtoReport {
  wrong(path: FieldPath, problem: string, hint?: string | null): void
  /** A field that the message does not have: istiod passes it over. `said` is what it says of it where it is asked to be strict. */
  unknown(path: FieldPath, said: string, hint: string | null): void
}

type Mapping = Readonly<Record<string, unknown>>

const whole: Readonly<Record<string, readonly [least: bigint, most: bigint]>> = {
  i: [-(2n ** 31n), 2n ** 31n - 1n],
  u: [0n, 2n ** 32n - 1n],
  l: [-(2n ** 63n), 2n ** 63n - 1n],
  n: [0n, 2n ** 64n - 1n],
}

const named: Readonly<Record<string, string>> = { s: 'a text', y: 'base64', b: 'true or false', d: 'a number', D: 'a duration', S: 'a mapping' }

/** Types of `google.protobuf`, and what their value is. */
const wellKnownTypes: Readonly<Record<string, string>> = {
  ...{
    Struct: 'S',
    ListValue: '*?',
    Value: '?',
    Empty: '?',
    Any: '?',
    Timestamp: 's',
    Duration: 'D',
    StringValue: 's',
    BytesValue: 'y',
    BoolValue: 'b',
  },
  ...{ DoubleValue: 'd', FloatValue: 'd', Int32Value: 'i', UInt32Value: 'u', Int64Value: 'l', UInt64Value: 'n' },
}

/** Reads protobuf's JSON as istiod does. Source: github.com/golang/protobuf `jsonpb`, which lets unknown fields pass and `null` be nothing. */
export class ProtoJson {
  readonly #table: MessageTable
  readonly #places: ReadonlyMap<string, number>
  /** The fields of a message by their names in JSON, once they were asked for. */
  readonly #camel = new Map<number, ReadonlyMap<string, string>>()

  constructor(text: string) {
    this.#table = JSON.parse(text) as MessageTable
    this.#places = new Map(this.#table.names.map((name, i) => [name, i]))
  }

  /** @param message `istio.mesh.v1alpha1.MeshConfig` */
  check(message: string, value: unknown, path: FieldPath, report: ProtoReport): void {
    this.#message(this.#places.get(message)!, value, path, report)
  }

  /** The same message in one spelling: fields by their names in JSON, values of enumerations by theirs, without `null` and what the message does not have. */
  canonical(message: string, value: Mapping): Record<string, unknown> {
    return this.#canonicalMessage(this.#places.get(message)!, value)
  }

  /**
   * Names of extensions that are not said what they are: their messages have a field `typed_config`, and neither that nor `config_discovery` is set. Lists and what
   * is inside of an Any istiod does not look into. Source: Istio `pkg/config/validation/envoyfilter` recurseMissingTypedConfig.
   */
  untyped(message: string, value: unknown): readonly string[] {
    return this.#untyped(this.#places.get(message)!, value)
  }

  #untyped(index: number, value: unknown): string[] {
    if (!isMapping(value)) return []
    const fields = this.#table.fields[index]!
    const set = (camel: string, name: string | undefined): boolean => (value[camel] ?? (name === undefined ? undefined : value[name])) != null
    const names = this.#namesOf(index)
    const inner = [...names].flatMap(([camel, name]) => {
      const type = fields[name]!
      return type.startsWith('m') && set(camel, name) ? this.#untyped(Number(type.slice(1)), value[camel] ?? value[name]) : []
    })
    const isTyped = ['typedConfig', 'configDiscovery'].some((camel) => set(camel, names.get(camel)))
    return names.has('typedConfig') && !isTyped ? [...inner, String(value.name ?? '')] : inner
  }

  #canonicalMessage(index: number, value: Mapping): Record<string, unknown> {
    const fields = this.#table.fields[index]!
    const found: Record<string, unknown> = {}
    for (const [camel, name] of this.#namesOf(index)) {
      const given = value[camel] ?? value[name]
      if (given !== undefined && given !== null) found[camel] = this.#canonicalValue(fields[name]!, given)
    }
    return found
  }

  #canonicalValue(type: string, value: unknown): unknown {
    if (type.startsWith('*')) return Array.isArray(value) ? value.map((item) => this.#canonicalValue(type.slice(1), item)) : value
    if (type.startsWith('%') && isMapping(value))
      return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, this.#canonicalValue(type.slice(1), item)]))
    if (type.startsWith('m') && isMapping(value)) return this.#canonicalMessage(Number(type.slice(1)), value)
    if (type.startsWith('e')) return this.#table.enums[Number(type.slice(1))]![Number(value)] ?? value
    return whole[type] && typeof value === 'string' ? Number(value) : value
  }

  /** In `jsonpb`'s order: the fields of the message as they are declared, then what it does not have. */
  #message(index: number, value: unknown, path: FieldPath, report: ProtoReport): void {
    if (value === null) return
    if (!isMapping(value)) return wrongType('a mapping', value, path, report)
    const fields = this.#table.fields[index]!
    const camel = this.#namesOf(index)
    for (const [camelName, name] of camel)
      for (const spelling of new Set([camelName, name]))
        if (Object.hasOwn(value, spelling)) this.#value(fields[name]!, value[spelling], [...path, spelling], report)
    for (const name of Object.keys(value).filter((name) => !Object.hasOwn(fields, name) && !camel.has(name)))
      report.unknown([...path, name], `unknown field "${name}" in ${this.#table.names[index]}`, suggestion(name, [...camel.keys()]))
  }

  #namesOf(index: number): ReadonlyMap<string, string> {
    const known = this.#camel.get(index)
    if (known) return known
    const names = new Map(
      Object.keys(this.#table.fields[index]!).map((name) => [name.replace(/_+(.?)/g, (_, next: string) => next.toUpperCase()), name]),
    )
    this.#camel.set(index, names)
    return names
  }

  #value(type: string, value: unknown, path: FieldPath, report: ProtoReport): void {
    if (value === null || type === '?') return
    if (type.startsWith('*')) this.#list(type.slice(1), value, path, report)
    else if (type.startsWith('%')) this.#entries(type.slice(1), value, path, report)
    else if (type.startsWith('m')) this.#message(Number(type.slice(1)), value, path, report)
    else if (type.startsWith('e')) this.#choice(this.#table.enums[Number(type.slice(1))]!, value, path, report)
    else if (type === 'A') this.#any(value, path, report)
    else this.#scalar(type, value, path, report)
  }

  #list(type: string, value: unknown, path: FieldPath, report: ProtoReport): void {
    if (!Array.isArray(value)) return wrongType('a list', value, path, report)
    for (const [i, item] of value.entries()) this.#value(type, item, [...path, i], report)
  }

  #entries(type: string, value: unknown, path: FieldPath, report: ProtoReport): void {
    if (!isMapping(value)) return wrongType('a mapping', value, path, report)
    for (const [key, item] of Object.entries(value)) this.#value(type, item, [...path, key], report)
  }

  #choice(names: readonly string[], value: unknown, path: FieldPath, report: ProtoReport): void {
    if (typeof value === 'string' && !names.includes(value))
      report.wrong(path, `"${value}" is not one of ${names.join(', ')}`, suggestion(value, names))
    else if (typeof value !== 'string' && !isWhole(value, 'i')) wrongType('a text', value, path, report)
  }

  #scalar(type: string, value: unknown, path: FieldPath, report: ProtoReport): void {
    if (whole[type]) {
      if (!isWhole(value, type)) wrongType('a whole number', value, path, report, rangeOf(type))
    } else if (!fits(type, value)) wrongType(named[type]!, value, path, report)
  }

  #any(value: unknown, path: FieldPath, report: ProtoReport): void {
    if (!isMapping(value)) return wrongType('a mapping', value, path, report)
    const { '@type': url, ...fields } = value
    const hint = 'for example "@type": type.googleapis.com/envoy.extensions.filters.http.lua.v3.Lua'
    if (url === undefined) return report.wrong(path, "has no '@type'", hint)
    if (typeof url !== 'string')
      return url === null ? report.wrong([...path, '@type'], 'names no type', hint) : wrongType('a text', url, [...path, '@type'], report)
    const name = url.slice(url.lastIndexOf('/') + 1)
    if (name.startsWith('google.protobuf.')) return this.#wellKnown(name, value, path, report)
    const index = this.#places.get(name)
    if (index === undefined) report.wrong([...path, '@type'], `no type is called ${name}`, this.#suggestion(name))
    else this.#message(index, fields, path, withinAny(url, report))
  }

  /** One of protobuf's own says in `value` what it is. Source: `jsonpb` wellKnownType. */
  #wellKnown(name: string, { value }: Mapping, path: FieldPath, report: ProtoReport): void {
    const type = wellKnownTypes[name.slice('google.protobuf.'.length)]
    if (type === undefined) return
    if (value === undefined) report.wrong(path, "has no 'value'", `what a ${name} is stands in its value`)
    else this.#value(type, value, [...path, 'value'], report)
  }

  #suggestion(name: string): string | null {
    if (/\.v2(?:alpha\d*)?\./.test(name)) return "Envoy's v2 API is no more: take the v3 type"
    const last = name.slice(name.lastIndexOf('.') + 1)
    return suggestion(name, this.#table.names.filter((known) => known.endsWith(`.${last}`)).slice(0, 5))
  }
}

function withinAny(url: string, report: ProtoReport): ProtoReport {
  return {
    wrong: (path, problem, hint) => report.wrong(path, problem, hint),
    unknown: (path, said, hint) => report.unknown(path, `can't unmarshal Any nested proto ${url}: ${said}`, hint),
  }
}

function isMapping(value: unknown): value is Mapping {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

/** Numbers may be in quotes. */
function isWhole(value: unknown, type: string): boolean {
  if (typeof value === 'number' ? !Number.isInteger(value) : typeof value !== 'string' || !/^-?(?:0|[1-9]\d*)$/.test(value)) return false
  const [least, most] = whole[type]!
  const number = BigInt(value as number | string)
  return number >= least && number <= most
}

function rangeOf(type: string): string {
  const [least, most] = whole[type]!
  return `from ${least} to ${most}`
}

function fits(type: string, value: unknown): boolean {
  switch (type) {
    case 's':
      return typeof value === 'string'
    case 'b':
      return typeof value === 'boolean'
    case 'd':
      return typeof value === 'number' || (typeof value === 'string' && /^(?:-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?|NaN|-?Infinity)$/.test(value))
    case 'y':
      return typeof value === 'string' && value.length % 4 === 0 && /^[A-Za-z0-9+/]*={0,2}$/.test(value)
    case 'D':
      return typeof value === 'string' && durationMs(value) !== null
    default:
      return isMapping(value)
  }
}

function wrongType(wanted: string, value: unknown, path: FieldPath, report: ProtoReport, more = ''): void {
  const shown = Array.isArray(value) ? 'a list' : isMapping(value) ? 'a mapping' : JSON.stringify(value)
  report.wrong(path, `is ${shown}, must be ${wanted}${more === '' ? '' : ` ${more}`}`)
}
