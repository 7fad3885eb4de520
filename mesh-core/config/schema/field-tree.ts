/** Least and most, both included; `null` for no bound. */
export type Limits = readonly [least: number | null, most: number | null]

/** What a node may say beside its type: `z` for one that may also be `null`, which is as if it was not there. */
interface Nullable {
  readonly z?: 1
}

/**
 * The fields that an object of a kind may have. Compact, since it is committed and loaded: `s` text, `n` number, `i` whole number, `b` boolean,
 * `q` number or text, `o` a mapping of anything, `*` anything; `e` one of these texts, `a` a list, `m` a mapping with keys of the user's own,
 * `f` an object with these fields of which `r` are required and of each list of `x` one may be set, `$` the shared tree of that name. Limits `l` are of
 * numbers, characters, items or entries; `p` is a pattern, `w` the format of a text, `k` a field that no two items may share.
 */
export type FieldTree =
  | 's'
  | 'n'
  | 'i'
  | 'b'
  | 'q'
  | 'o'
  | '*'
  | ScalarTree
  | ({ readonly e: readonly string[] } & Nullable)
  | ListTree
  | ({ readonly m: FieldTree; readonly l?: Limits } & Nullable)
  | ObjectTree
  | { readonly $: string }

export interface ScalarTree extends Nullable {
  readonly t: 's' | 'n' | 'i' | 'b' | 'o'
  readonly l?: Limits
  readonly p?: string
  readonly w?: 'byte'
}

export interface ListTree extends Nullable {
  readonly a: FieldTree
  readonly l?: Limits
  readonly k?: string
}

export interface ObjectTree extends Nullable {
  readonly f: Readonly<Record<string, FieldTree>>
  readonly r?: readonly string[]
  readonly x?: readonly (readonly string[])[]
  readonly l?: Limits
}
