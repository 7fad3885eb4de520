/**
 * What mesh-core acts on. `acts`: this field with all below it. `quiet`: without effect on traffic, so that nobody needs to hear of it.
 * `reported`: it may have one, and is not acted on. A mapping names its fields, `*` stands for every key that has no entry; lists are looked through. A field without an entry is reported when
 * it is read, and so is a value outside a set, or of another form than the expression has: no verdict rests on a field that was ignored in silence.
 */
export type Modelled = 'acts' | 'quiet' | 'reported' | ReadonlySet<string> | RegExp | { readonly [field: string]: Modelled }

/** Each of these fields, so. */
export const fields = (names: string, how: Modelled = 'acts'): Record<string, Modelled> =>
  Object.fromEntries(names.split(' ').map((name) => [name, how]))

/** With the names that the fields have in a .proto file beside those in JSON: `path_normalization`. Protobuf reads both. */
export function bothSpellings(table: Modelled): Modelled {
  if (typeof table === 'string' || table instanceof Set || table instanceof RegExp) return table
  return Object.fromEntries(
    Object.entries(table).flatMap(([name, inner]) => {
      const spelled = bothSpellings(inner)
      return [...new Set([name, protoName(name)])].map((spelling) => [spelling, spelled])
    }),
  )
}

function protoName(name: string): string {
  return name.replace(/(?<=[a-z0-9])(?:5xx|[A-Z])/g, (part) => `_${part.toLowerCase()}`)
}

export type FieldPath = readonly (string | number)[]

function isValues(table: Modelled | undefined): table is ReadonlySet<string> | RegExp {
  return table instanceof Set || table instanceof RegExp
}

function takes(table: ReadonlySet<string> | RegExp, value: unknown): boolean {
  return table instanceof RegExp ? table.test(String(value)) : table.has(String(value))
}

export function entryOf(table: Modelled, field: string): Modelled | undefined {
  if (typeof table === 'string') return table
  if (isValues(table)) return undefined
  return Object.hasOwn(table, field) ? table[field] : table['*']
}

/** The paths of what does not act and may have an effect. */
export function collect(table: Modelled | undefined, value: unknown, path: FieldPath, paths: FieldPath[]): void {
  if (value === null || table === 'acts' || table === 'quiet') return
  if (table === 'reported') {
    paths.push(path)
    return
  }
  if (isValues(table)) {
    if (!takes(table, value)) paths.push(path)
    return
  }
  if (Array.isArray(value)) {
    if (table === undefined) paths.push(path)
    else for (let i = 0; i < value.length; i++) collect(table, value[i], [...path, i], paths)
  } else if (table === undefined || typeof value !== 'object') paths.push(path)
  else for (const field in value) descend(table, value as Record<string, unknown>, field, path, paths)
}

function descend(table: Modelled, value: Readonly<Record<string, unknown>>, field: string, path: FieldPath, paths: FieldPath[]): void {
  const entry = entryOf(table, field)
  // Most fields act: no path is built for them.
  if (entry !== 'acts' && entry !== 'quiet') collect(entry, value[field], [...path, field], paths)
}
