/**
 * The fields that an object of a kind may have. Compact, since it is committed and loaded: `s` text, `n` number, `b` boolean,
 * `q` number or text, `*` anything; `e` one of these texts, `a` a list, `m` a mapping with keys of the user's own, `f` an object with these
 * fields of which `r` are required, `$` the shared tree of that name.
 */
export type FieldTree =
  | 's'
  | 'n'
  | 'b'
  | 'q'
  | '*'
  | { readonly e: readonly string[] }
  | { readonly a: FieldTree }
  | { readonly m: FieldTree }
  | { readonly f: Readonly<Record<string, FieldTree>>; readonly r?: readonly string[] }
  | { readonly $: string }
