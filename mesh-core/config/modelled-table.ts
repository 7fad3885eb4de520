/**
 * What mesh-core acts on. `acts`: this field with all below it. `quiet`: without effect on traffic, so that nobody needs to hear of it.
 * A mapping names its fields, `*` stands for every key that has no entry; lists are looked through. A field without an entry is reported when
 * it is read, and so is a value outside a set: no verdict rests on a field that was ignored in silence.
 */
export type Modelled = 'acts' | 'quiet' | ReadonlySet<string> | { readonly [field: string]: Modelled }

/** Each of these fields, so. */
export const fields = (names: string, how: Modelled = 'acts'): Record<string, Modelled> =>
  Object.fromEntries(names.split(' ').map((name) => [name, how]))
