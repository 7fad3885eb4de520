import type { Document } from './document.ts'

/** Where a value stands: names of fields and indexes of lists. */
export type Path = readonly (string | number)[]

/** A value in a document. */
export interface Spot {
  readonly path: Path
  readonly value: unknown
}

/** What stands in documents, by the place where it stands: what could stand there, too. */
export class Corpus {
  /** Single values: by place, and by the field's name wherever it occurs. */
  readonly #values = new Map<string, unknown[]>()
  readonly #items = new Map<string, unknown[]>()
  /** Fields of an object, with their values. */
  readonly #fields = new Map<string, (readonly [string, unknown])[]>()

  constructor(documents: readonly Document[]) {
    for (const document of documents) for (const spot of spotsOf(document)) this.#note(document.kind, spot)
  }

  values(kind: string, path: Path): readonly unknown[] {
    return this.#values.get(placeOf(kind, path)) ?? []
  }

  /** Of fields of that name anywhere. */
  valuesOfName(path: Path): readonly unknown[] {
    return this.#values.get(nameOf(path)) ?? []
  }

  items(kind: string, path: Path): readonly unknown[] {
    return this.#items.get(placeOf(kind, path)) ?? []
  }

  fields(kind: string, path: Path): readonly (readonly [string, unknown])[] {
    return this.#fields.get(placeOf(kind, path)) ?? []
  }

  #note(kind: string, { path, value }: Spot): void {
    const last = path.at(-1)!
    if (value === null || typeof value !== 'object') {
      add(this.#values, placeOf(kind, path), value)
      add(this.#values, nameOf(path), value)
    }
    if (typeof last === 'number') add(this.#items, placeOf(kind, path), value)
    else add(this.#fields, placeOf(kind, path.slice(0, -1)), [last, value] as const)
  }
}

/** All values below the document's own fields, those that say what it is left out. */
export function spotsOf(document: Document): readonly Spot[] {
  const { apiVersion: _, kind: __, ...rest } = document
  return below(rest, [])
}

function below(value: unknown, path: Path): readonly Spot[] {
  if (value === null || typeof value !== 'object') return []
  const children: readonly Spot[] = Array.isArray(value)
    ? value.map((one: unknown, index) => ({ path: [...path, index], value: one }))
    : Object.entries(value).map(([name, one]) => ({ path: [...path, name], value: one as unknown }))
  return children.flatMap((spot) => [spot, ...below(spot.value, spot.path)])
}

/** All items of a list are of one place. */
export function placeOf(kind: string, path: Path): string {
  return `${kind}:${path.filter((part) => typeof part === 'string').join('.')}`
}

function nameOf(path: Path): string {
  return `.${path.findLast((part) => typeof part === 'string') ?? ''}`
}

function add<T>(map: Map<string, T[]>, key: string, value: T): void {
  const list = map.get(key) ?? []
  map.set(key, list)
  list.push(value)
}
