import { RE2JS } from 're2js'
import type { TextSet } from './text-set.ts'
import { Undecided } from './undecided.ts'

/** Instructions of the program that re2js makes of a pattern, which is Pike's machine. Source: `re2js` `Inst`. */
const ops = { alt: 1, altMatch: 2, capture: 3, emptyWidth: 4, fail: 5, match: 6, nop: 7, rune: 8, rune1: 9, any: 10, anyButNewline: 11 } as const

/** Empty widths, as bits of an instruction's argument. Source: `re2js` `Utils`. */
const widths = { beginLine: 1, endLine: 2, beginText: 4, endText: 8, wordBoundary: 16, noWordBoundary: 32 } as const

interface Instruction {
  readonly op: number
  readonly out: number
  readonly arg: number
  readonly runes: ArrayLike<number>
  matchRune(rune: number): boolean
}

interface Program {
  readonly inst: readonly Instruction[]
  readonly start: number
}

const newline = 0x0a
/** States of one pattern; more are a question for somebody with more time. */
const mostStates = 2000

/** A pattern, compiled once for all that is asked of it. */
export class Pattern {
  /** The text that every match begins with; `''` where there is none, or it is not known. */
  readonly head: string
  readonly #compiled: RE2JS
  readonly #text: string

  constructor(text: string) {
    this.#text = text
    this.#compiled = RE2JS.compile(text)
    const { prefix } = this.#compiled.re2() as unknown as { readonly prefix?: unknown }
    this.head = typeof prefix === 'string' ? prefix : ''
  }

  /** As a whole. */
  matches(text: string): boolean {
    return this.#compiled.matches(text)
  }

  /**
   * What it matches, by the very program that runs.
   * @throws Undecided for a pattern that the program says more of than is understood here
   */
  set(): TextSet {
    const program = (this.#compiled.re2() as unknown as { readonly prog?: Program }).prog
    const known = new Set<number>(Object.values(ops))
    if (!Array.isArray(program?.inst) || !program.inst.every(({ op }) => known.has(op))) throw new Undecided(`/${this.#text}/ cannot be looked into`)
    return new RegexSet(program.inst, program.start)
  }
}

interface State {
  /** Instructions that wait for the next character, before empty widths are looked at. */
  readonly waiting: readonly number[]
  /** The character before; -1 at the beginning. Only its kind plays a part: a newline, of a word, or another one. */
  readonly before: number
}

class RegexSet implements TextSet {
  readonly start = 0
  readonly boundaries: readonly number[]
  readonly #program: readonly Instruction[]
  readonly #states: State[] = []
  readonly #byKey = new Map<string, number>()
  readonly #steps = new Map<number, number>()
  readonly #accepting: (boolean | undefined)[] = []
  readonly #looksBack: boolean

  constructor(program: readonly Instruction[], start: number) {
    this.#program = program
    this.#looksBack = program.some(({ op, arg }) => op === ops.emptyWidth && (arg & ~(widths.beginText | widths.endText)) !== 0)
    this.boundaries = boundariesOf(program)
    this.#intern([start], -1)
  }

  step(state: number, character: number): number {
    const key = state * 0x110000 + character
    const known = this.#steps.get(key)
    if (known !== undefined) return known
    const next = this.#next(this.#states[state]!, character)
    this.#steps.set(key, next)
    return next
  }

  accepts(state: number): boolean {
    return (this.#accepting[state] ??= this.#closure(this.#states[state]!, -1).some((pc) => this.#program[pc]!.op === ops.match))
  }

  fate(state: number): 'none' | null {
    return this.#states[state]!.waiting.length === 0 ? 'none' : null
  }

  #next(state: State, character: number): number {
    const waiting = new Set<number>()
    for (const pc of this.#closure(state, character)) if (takes(this.#program[pc]!, character)) waiting.add(this.#program[pc]!.out)
    return this.#intern(
      [...waiting].sort((a, b) => a - b),
      character,
    )
  }

  #intern(waiting: readonly number[], character: number): number {
    const before = kindOf(character, this.#looksBack)
    const key = `${before} ${waiting.join(' ')}`
    const known = this.#byKey.get(key)
    if (known !== undefined) return known
    if (this.#states.length >= mostStates) throw new Undecided('a pattern has too many states')
    this.#states.push({ waiting, before })
    this.#byKey.set(key, this.#states.length - 1)
    return this.#states.length - 1
  }

  /** All that can be reached without a character, where `next` comes after (-1: the end). */
  #closure({ waiting, before }: State, next: number): number[] {
    const holding = widthsAt(before, next)
    const seen = new Set<number>()
    const open = [...waiting]
    for (let pc = open.pop(); pc !== undefined; pc = open.pop()) {
      if (seen.has(pc)) continue
      seen.add(pc)
      const { op, out, arg } = this.#program[pc]!
      if (op === ops.alt || op === ops.altMatch) open.push(out, arg)
      else if (op === ops.capture || op === ops.nop || (op === ops.emptyWidth && (arg & ~holding) === 0)) open.push(out)
    }
    return [...seen]
  }
}

function takes(instruction: Instruction, character: number): boolean {
  switch (instruction.op) {
    case ops.any:
      return true
    case ops.anyButNewline:
      return character !== newline
    case ops.rune:
    case ops.rune1:
      return instruction.matchRune(character)
    default:
      return false
  }
}

/** One character stands for all of its kind. */
function kindOf(character: number, looksBack: boolean): number {
  if (character === -1) return -1
  if (!looksBack) return 0
  return character === newline ? newline : isOfWord(character) ? 0x61 : 0x2d
}

function widthsAt(before: number, after: number): number {
  const atStart = before === -1
  const atEnd = after === -1
  const boundary = (!atStart && isOfWord(before)) !== (!atEnd && isOfWord(after))
  return (
    (atStart ? widths.beginText | widths.beginLine : before === newline ? widths.beginLine : 0) |
    (atEnd ? widths.endText | widths.endLine : after === newline ? widths.endLine : 0) |
    (boundary ? widths.wordBoundary : widths.noWordBoundary)
  )
}

function isOfWord(character: number): boolean {
  return (
    (character >= 0x30 && character <= 0x39) ||
    (character >= 0x41 && character <= 0x5a) ||
    character === 0x5f ||
    (character >= 0x61 && character <= 0x7a)
  )
}

/** Of a single rune its other cases count, too; among them the two beyond ASCII that fold to letters of ASCII. */
function boundariesOf(program: readonly Instruction[]): number[] {
  const edges = new Set<number>([newline, newline + 1, 0x30, 0x3a, 0x41, 0x5b, 0x5f, 0x60, 0x61, 0x7b])
  const single = (rune: number): void => {
    const text = String.fromCodePoint(rune)
    for (const one of [rune, text.toLowerCase().codePointAt(0)!, text.toUpperCase().codePointAt(0)!, 0x17f, 0x212a]) edges.add(one).add(one + 1)
  }
  for (const { op, runes } of program) {
    if (op !== ops.rune && op !== ops.rune1) continue
    if (runes.length === 1) single(runes[0]!)
    else for (let i = 0; i + 1 < runes.length; i += 2) edges.add(runes[i]!).add(runes[i + 1]! + 1)
  }
  return [...edges]
}
