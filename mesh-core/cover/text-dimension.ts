import type { PathMatch, StringMatch } from '../ir/match.ts'
import { compilePathMatch } from '../match/path.ts'
import { compileStringMatch } from '../match/string.ts'
import type { Condition, Dimension } from './dimension.ts'
import { findText, type Alphabet } from './find-text.ts'
import { Pattern } from './regex-set.ts'
import { anyText, literalSet, type TextSet } from './text-set.ts'
import { Undecided } from './undecided.ts'

/** A test of one text, by the matcher of the data plane and as a set that can be walked. */
export interface TextTest {
  readonly key: string
  has(text: string): boolean
  /** Made when it is needed: most questions are answered by a text that the rules themselves name. @throws Undecided */
  set(): TextSet
  /** The only text that it accepts; `null` where there may be others. */
  readonly only: string | null
  /** What all that it accepts begins with; `''` where that is not known. */
  readonly head: string
  /** Texts that it may accept, such as a person would try. */
  readonly tries: readonly string[]
}

export function pathTest(match: PathMatch): TextTest {
  const key = pathKey(match)
  if (match.kind === 'regex') return regexTest(match.pattern, key)
  const has = compilePathMatch(match)
  const text = match.kind === 'exact' ? match.path : match.prefix
  const tries = match.kind === 'exact' ? [text] : [text, `${text}${text.endsWith('/') ? '' : '/'}x`, `${text}x`]
  const only = onlyOf(match.kind, text, match.ignoreCase)
  return { key, has, set: literal(match.kind, text, match.ignoreCase), only, head: match.ignoreCase ? '' : text, tries }
}

/** Equal for equal conditions. */
export function pathKey(match: PathMatch): string {
  if (match.kind === 'regex') return `regex ${match.pattern}`
  return `${match.kind}${match.ignoreCase ? ' i' : ''} ${match.kind === 'exact' ? match.path : match.prefix}`
}

/** Equal for equal conditions. */
export function stringKey(match: StringMatch): string {
  if (match.kind === 'present') return match.kind
  return match.kind === 'regex' ? `regex ${match.pattern}` : `${match.kind}${match.ignoreCase ? ' i' : ''} ${match.value}`
}

export function stringTest(match: StringMatch): TextTest {
  const key = stringKey(match)
  if (match.kind === 'regex') return regexTest(match.pattern, key)
  const has = compileStringMatch(match)
  if (match.kind === 'present') return { key, has, set: () => anyText, only: null, head: '', tries: ['x'] }
  const { kind, value, ignoreCase } = match
  const tries = kind === 'exact' ? [value] : [value, ...(kind === 'suffix' ? [] : [`${value}x`]), ...(kind === 'prefix' ? [] : [`x${value}`])]
  const head = !ignoreCase && (kind === 'exact' || kind === 'prefix') ? value : ''
  return { key, has, set: literal(kind, value, ignoreCase), only: onlyOf(kind, value, ignoreCase), head, tries }
}

/** Most patterns begin with a text, and take what goes on from there. */
function regexTest(text: string, key: string): TextTest {
  const pattern = new Pattern(text)
  const { head } = pattern
  const tries = head === '' ? [] : [head, `${head}x`, `${head}1`]
  return { key, has: (one) => pattern.matches(one), set: once(() => pattern.set()), only: null, head, tries }
}

function onlyOf(kind: string, text: string, ignoreCase: boolean): string | null {
  return kind === 'exact' && !ignoreCase ? text : null
}

function literal(kind: Parameters<typeof literalSet>[0], text: string, ignoreCase: boolean): () => TextSet {
  return once(() => {
    // The matcher folds all of Unicode, Envoy ASCII alone.
    if (ignoreCase && /[^\0-\x7f]/.test(text)) throw new Undecided('letters beyond ASCII in any case')
    return literalSet(kind, text, ignoreCase)
  })
}

function once<T>(make: () => T): () => T {
  let made: { readonly value: T } | null = null
  return () => (made ??= { value: make() }).value
}

/** What texts of a dimension can be at all. */
export interface TextDomain {
  readonly alphabet: Alphabet
  readonly within: readonly TextTest[]
  /** Texts that are tried first. */
  readonly tries: readonly string[]
}

/** @returns a text of the domain that passes all of `wanted` and none of `unwanted`; `null` when there is certainly none. @throws Undecided */
function solveText(wanted: readonly TextTest[], unwanted: readonly TextTest[], { alphabet, within, tries }: TextDomain): string | null {
  const fits = (text: string): boolean =>
    isWritten(text, alphabet) &&
    within.every((test) => test.has(text)) &&
    wanted.every((test) => test.has(text)) &&
    !unwanted.some((test) => test.has(text))
  const only = wanted.find((test) => test.only !== null)
  if (only) return fits(only.only!) ? only.only : null
  const found = [...byLength(wanted), ...tries, ...within.flatMap((test) => test.tries)].find(fits)
  if (found !== undefined) return found
  if (wanted.some(({ key }) => unwanted.some((other) => other.key === key))) return null
  const sets = (tests: readonly TextTest[]): TextSet[] => tests.map((test) => test.set())
  return findText(sets([...within, ...wanted]), sets(unwanted), alphabet)
}

/** What the tests would accept, those of the longest text first. */
function byLength(wanted: readonly TextTest[]): readonly string[] {
  if (wanted.length === 1) return wanted[0]!.tries
  return [...wanted].sort((a, b) => (b.tries[0]?.length ?? 0) - (a.tries[0]?.length ?? 0)).flatMap((test) => test.tries)
}

function isWritten(text: string, alphabet: Alphabet): boolean {
  for (const character of text) {
    const code = character.codePointAt(0)!
    if (!alphabet.some(([first, last]) => code >= first && code <= last)) return false
  }
  return true
}

/** What a rule asks of something that has text: in the end, that one of its values passes a test, or that none does. */
interface TextCondition extends Condition {
  readonly test: TextTest
  /** Whether it counts as passed where there is no value at all. */
  readonly missing: boolean
  readonly invert: boolean
}

/** How often a value may be there. */
export type Occurrence = 'always' | 'perhaps' | 'repeatedly'

/** A text that is always there (a path), perhaps (a query parameter), or several times (a header). */
export class TextDimension implements Dimension {
  readonly name: string
  readonly usual: readonly string[]
  readonly #occurrence: Occurrence
  readonly #domain: TextDomain

  constructor(name: string, usual: readonly string[], occurrence: Occurrence, domain: TextDomain) {
    this.name = name
    this.usual = usual
    this.#occurrence = occurrence
    this.#domain = domain
  }

  condition(test: TextTest, { invert = false, missing = false } = {}): Condition {
    const passes = (value: readonly string[]): boolean => (value.length === 0 ? missing : value.some((one) => test.has(one)))
    const condition: TextCondition = {
      dimension: this,
      key: `${invert ? '!' : ''}${missing ? '?' : ''}${test.key}`,
      head: invert || missing || this.#occurrence === 'repeatedly' ? null : test.head,
      test,
      missing,
      invert,
      holds: (value) => passes(value) !== invert,
    }
    return condition
  }

  find(wanted: readonly Condition[], unwanted: readonly Condition[]): readonly string[] | null {
    const all = [
      ...(wanted as readonly TextCondition[]).map((condition) => ({ condition, holds: true })),
      ...(unwanted as readonly TextCondition[]).map((condition) => ({ condition, holds: false })),
    ]
    const fits = (value: readonly string[]): boolean => all.every(({ condition, holds }) => condition.holds(value) === holds)
    if (fits(this.usual) && this.#allows(this.usual)) return this.usual
    if (this.#occurrence !== 'always' && fits([])) return []
    const [passed, failed] = [true, false].map((outcome) =>
      all.filter(({ condition, holds }) => (holds !== condition.invert) === outcome).map(({ condition }) => condition.test),
    ) as [TextTest[], TextTest[]]
    const single = solveText(passed, failed, this.#domain)
    if (single !== null) return [single]
    if (this.#occurrence !== 'repeatedly' || passed.length < 2) return null
    const values = passed.map((test) => solveText([test], failed, this.#domain))
    return values.every((value) => value !== null) ? [...new Set(values)] : null
  }

  #allows(value: readonly string[]): boolean {
    return value.every((text) => this.#domain.within.every((test) => test.has(text)))
  }
}
