import type { PathMatch } from '../ir/match.ts'
import type { HttpRequest } from '../ir/message.ts'
import type { Route } from '../ir/route.ts'
import { compilePathMatch } from './path.ts'
import type { FindRoute, SharedConditions } from './shared-conditions.ts'

type Condition = (request: HttpRequest) => boolean

/**
 * Of a long list only those routes are looked at whose path may fit: exact paths are found by their text, prefixes by the path cut to each length that
 * occurs among them, and only regexes one after the other. The first route of the list still wins, whichever way it was found.
 */
export function indexRoutes(routes: readonly Pick<Route, 'match'>[], shared: SharedConditions): FindRoute {
  const asWritten = new PathIndex()
  const inAnyCase = new PathIndex()
  const regexes: number[] = []
  const paths = routes.map(({ match: { path } }, i) => {
    if (path.kind === 'regex') regexes.push(i)
    else (path.ignoreCase ? inAnyCase : asWritten).add(path, i)
    return path.kind === 'regex' ? compilePathMatch(path) : null
  })
  const conditions = routes.map(({ match }) => shared.condition(match))
  return (request, path) => {
    const search = new Search(conditions, request, routes.length)
    asWritten.search(path, search)
    if (!inAnyCase.empty) inAnyCase.search(path.toLowerCase(), search)
    for (const i of regexes) {
      if (i >= search.first) break
      if (paths[i]!(path) && search.holds(i)) search.first = i
    }
    return search.first === routes.length ? -1 : search.first
  }
}

/** What is known while one request is looked up: the first route so far that takes it. Later ones are of no interest. */
class Search {
  first: number
  readonly #conditions: readonly (Condition | null)[]
  readonly #request: HttpRequest

  constructor(conditions: readonly (Condition | null)[], request: HttpRequest, none: number) {
    this.#conditions = conditions
    this.#request = request
    this.first = none
  }

  holds(index: number): boolean {
    const condition = this.#conditions[index]
    return !condition || condition(this.#request)
  }

  /** @param indexes of routes whose path fits, in order */
  among(indexes: readonly number[] | undefined): void {
    if (indexes === undefined) return
    for (const i of indexes) {
      if (i >= this.first) return
      if (this.holds(i)) {
        this.first = i
        return
      }
    }
  }
}

type IndexedPath = Exclude<PathMatch, { readonly kind: 'regex' }>

/** Indexes of routes by the text of their path. */
class PathIndex {
  readonly #exact = new Map<string, number[]>()
  readonly #prefixes = new Cuts()
  readonly #segments = new Cuts()

  get empty(): boolean {
    return this.#exact.size === 0 && this.#prefixes.empty && this.#segments.empty
  }

  add(path: IndexedPath, index: number): void {
    const written = path.kind === 'exact' ? path.path : path.prefix
    const text = path.ignoreCase ? written.toLowerCase() : written
    if (path.kind === 'exact') append(this.#exact, text, index)
    else (path.kind === 'prefix' ? this.#prefixes : this.#segments).add(text, index)
  }

  search(path: string, search: Search): void {
    search.among(this.#exact.get(path))
    for (const [length, texts] of this.#prefixes.upTo(path.length)) search.among(texts.get(path.slice(0, length)))
    for (const [length, texts] of this.#segments.upTo(path.length))
      if (length === path.length || path.charCodeAt(length) === 0x2f) search.among(texts.get(path.slice(0, length)))
  }
}

/** Texts by their length. */
class Cuts {
  readonly #byLength: (readonly [length: number, texts: Map<string, number[]>])[] = []

  get empty(): boolean {
    return this.#byLength.length === 0
  }

  add(text: string, index: number): void {
    let cut = this.#byLength.find(([length]) => length === text.length)
    if (!cut) {
      cut = [text.length, new Map()]
      this.#byLength.push(cut)
      this.#byLength.sort(([one], [other]) => one - other)
    }
    append(cut[1], text, index)
  }

  *upTo(longest: number): Generator<readonly [number, ReadonlyMap<string, readonly number[]>]> {
    for (const cut of this.#byLength) {
      if (cut[0] > longest) return
      yield cut
    }
  }
}

function append(lists: Map<string, number[]>, text: string, index: number): void {
  const list = lists.get(text)
  if (list) list.push(index)
  else lists.set(text, [index])
}
