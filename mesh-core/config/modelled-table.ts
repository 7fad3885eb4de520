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
