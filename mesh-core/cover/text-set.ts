/**
 * A set of texts as a deterministic automaton over code points, built as far as somebody walks. So the conditions of several rules, exact texts, prefixes and
 * regular expressions alike, can be walked side by side to find a text that some accept and others do not, or that there is none.
 */
export interface TextSet {
  readonly start: number
  step(state: number, character: number): number
  accepts(state: number): boolean
  /** Whether every text that goes on from here is accepted, or none is; `null` where that is open or not known. */
  fate(state: number): 'all' | 'none' | null
  /** Where ranges of code points begin that `step` tells apart. Within a range it takes all for the same. */
  readonly boundaries: readonly number[]
}

export type LiteralKind = 'exact' | 'prefix' | 'segments' | 'suffix' | 'contains'

const slash = 0x2f

/** Texts by a literal one. Case is that of ASCII, as in Envoy (`absl::EqualsIgnoreCase`). */
export function literalSet(kind: LiteralKind, text: string, ignoreCase = false): TextSet {
  const fold = ignoreCase ? lower : (character: number): number => character
  const wanted = [...text].map((character) => fold(character.codePointAt(0)!))
  const boundaries = [...wanted, slash].flatMap((character) => (ignoreCase ? [character, upper(character)] : [character])).flatMap((c) => [c, c + 1])
  return kind === 'suffix' || kind === 'contains' ? searching(kind, wanted, fold, boundaries) : fromStart(kind, wanted, fold, boundaries)
}

/** States: how many characters have fitted; then one for "in", one for "out". */
function fromStart(
  kind: 'exact' | 'prefix' | 'segments',
  wanted: readonly number[],
  fold: (character: number) => number,
  boundaries: readonly number[],
): TextSet {
  const { length } = wanted
  const [within, out] = [length + 1, length + 2]
  const past = (character: number): number => (kind === 'prefix' || (kind === 'segments' && character === slash) ? within : out)
  const next = (state: number, character: number): number => {
    if (state > length) return state
    if (state === length) return past(character)
    return wanted[state] === fold(character) ? state + 1 : out
  }
  return {
    start: 0,
    step: next,
    accepts: (state) => state === length || state === within,
    fate: (state) => (state === out ? 'none' : state === within || (kind === 'prefix' && state === length) ? 'all' : null),
    boundaries,
  }
}

/** Knuth, Morris and Pratt: the state is the longest beginning of the text that ends here. */
function searching(
  kind: 'suffix' | 'contains',
  wanted: readonly number[],
  fold: (character: number) => number,
  boundaries: readonly number[],
): TextSet {
  const { length } = wanted
  const back = failures(wanted)
  const step = (state: number, character: number): number => {
    if (kind === 'contains' && state === length) return length
    const folded = fold(character)
    let at = state === length ? (back[length] ?? 0) : state
    while (at > 0 && wanted[at] !== folded) at = back[at]!
    return wanted[at] === folded ? at + 1 : 0
  }
  const accepts = (state: number): boolean => state === length
  const always = length === 0 || kind === 'contains'
  return { start: 0, step: length === 0 ? () => 0 : step, accepts, fate: (state) => (always && state === length ? 'all' : null), boundaries }
}

/** For each length the longest proper beginning that is an ending, too. */
function failures(wanted: readonly number[]): number[] {
  const back = [0, 0]
  let at = 0
  for (let i = 1; i < wanted.length; i++) {
    while (at > 0 && wanted[at] !== wanted[i]) at = back[at]!
    if (wanted[at] === wanted[i]) at++
    back[i + 1] = at
  }
  return back
}

function lower(character: number): number {
  return character >= 0x41 && character <= 0x5a ? character + 0x20 : character
}

function upper(character: number): number {
  return character >= 0x61 && character <= 0x7a ? character - 0x20 : character
}

/** Every text. */
export const anyText: TextSet = { start: 0, step: () => 0, accepts: () => true, fate: () => 'all', boundaries: [] }

/** Texts without white space at either end: so a header's value arrives. The empty text is one of them. */
export const trimmedText: TextSet = {
  start: 0,
  step: (state, character) => {
    const blank = character === 0x20 || character === 0x09
    if (state === 3 || (state === 0 && blank)) return 3
    return blank ? 2 : 1
  },
  accepts: (state) => state === 0 || state === 1,
  fate: (state) => (state === 3 ? 'none' : null),
  boundaries: [0x09, 0x0a, 0x20, 0x21],
}
