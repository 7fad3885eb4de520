import type { Draw } from '../draw.ts'
import { type Corpus, placeOf, type Path, type Spot, spotsOf } from './corpus.ts'
import type { Document } from './document.ts'

/** A list, an object or a value, with what holds it. */
type Holder = Record<string | number, unknown>

const mostTries = 20

/** Makes small changes to a mesh's config, of what stands at the same places elsewhere. */
export class Change {
  readonly #draw: Draw
  readonly #corpus: Corpus
  readonly #others: readonly Document[]

  /** @param others documents that could stand beside those */
  constructor(draw: Draw, corpus: Corpus, others: readonly Document[]) {
    this.#draw = draw
    this.#corpus = corpus
    this.#others = others
  }

  of(config: readonly Document[]): readonly Document[] {
    const changed = config.map((document) => structuredClone(document))
    this.#draw.many(1, 3, () => this.#changeOnce(changed))
    return changed
  }

  #changeOnce(config: Document[]): void {
    const draw = this.#draw
    if (draw.chance(0.15)) return void config.push(this.#renamed(structuredClone(draw.one(this.#others))))
    if (!draw.chance(0.18)) return this.#changeIn(draw.one(config))
    const copy = this.#renamed(structuredClone(draw.one(config)))
    this.#changeIn(copy)
    // The order of documents is that of nothing but themselves.
    config.splice(draw.one([0, config.length]), 0, copy)
  }

  /** As a name that begins as another does, or with another before it; or in another namespace. */
  #renamed(document: Document): Document {
    const draw = this.#draw
    const { name } = document.metadata
    const names = [`${name}-m`, `${name}a`, `${name}2`, `a${name}`]
    const metadata = draw.chance(0.85)
      ? { ...document.metadata, name: draw.one(names) }
      : { ...document.metadata, namespace: draw.one(['default', 'other', 'istio-system', 'prod']) }
    return { ...document, metadata }
  }

  #changeIn(document: Document): void {
    const spots = spotsOf(document).filter(({ path }) => !isFixed(path))
    for (let tries = 0; spots.length > 0 && tries < mostTries; tries++) if (this.#changeAt(document, this.#draw.one(spots))) return
  }

  /** @returns whether there was something to change */
  #changeAt(document: Document, { path, value }: Spot): boolean {
    const holder = at(document, path.slice(0, -1))
    if (Array.isArray(value)) return this.#changeList(document.kind, path, value)
    if (value !== null && typeof value === 'object') return this.#changeObject(document.kind, path, value as Holder, holder)
    return this.#changeValue(document.kind, path, value, holder)
  }

  #changeList(kind: string, path: Path, list: unknown[]): boolean {
    const draw = this.#draw
    const items = this.#corpus.items(kind, path)
    const changes = [
      ...(items.length > 0 ? [() => list.splice(draw.between(0, list.length), 0, structuredClone(draw.one(items)))] : []),
      ...(list.length > 1 ? [() => list.reverse()] : []),
      ...(list.length > 0 ? [() => list.splice(draw.between(0, list.length - 1), 1), () => list.push(structuredClone(draw.one(list)))] : []),
    ]
    if (changes.length > 0) draw.one(changes)()
    return changes.length > 0
  }

  #changeObject(kind: string, path: Path, object: Holder, holder: Holder): boolean {
    const draw = this.#draw
    const fields = this.#corpus.fields(kind, path)
    if (fields.length > 0 && draw.chance(0.7)) {
      const [name, value] = draw.one(fields)
      object[name] = structuredClone(value)
      return true
    }
    return remove(holder, path.at(-1)!)
  }

  #changeValue(kind: string, path: Path, value: unknown, holder: Holder): boolean {
    const draw = this.#draw
    const here = this.#corpus.values(kind, path).filter((one) => one !== value)
    const anywhere = this.#corpus.valuesOfName(path).filter((one) => one !== value && typeof one === typeof value)
    const choices = draw.chance(0.75) ? here : anywhere
    if (choices.length > 0 && draw.chance(0.85)) {
      holder[path.at(-1)!] = draw.one(choices)
      return true
    }
    return remove(holder, path.at(-1)!)
  }
}

/** Without these it would be no object at all. */
function isFixed(path: Path): boolean {
  return ['metadata', 'spec', 'metadata.name'].includes(placeOf('', path).slice(1))
}

function at(document: Document, path: Path): Holder {
  return path.reduce((value, part) => value[part] as Holder, document as unknown as Holder)
}

function remove(holder: Holder, key: string | number): boolean {
  if (typeof key === 'number') return false
  delete holder[key]
  return true
}
