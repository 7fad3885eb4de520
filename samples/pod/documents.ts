import { Headers } from '../../mesh-core/ir/message.ts'
import type { HttpRequest, HttpResponse } from '../../mesh-core/ir/message.ts'

/** JSON that a pod answers with at paths of its own, whatever else it is, and which of it somebody has got. */
export class PodDocuments {
  #texts: ReadonlyMap<string, string> = new Map()
  readonly #fetched = new Set<string>()

  /** From now on there are these, and no others. @param texts by path */
  give(texts: Readonly<Record<string, string>>): void {
    this.#texts = new Map(Object.entries(texts))
  }

  answer({ path }: HttpRequest): HttpResponse | null {
    const body = this.#texts.get(path)
    if (body === undefined) return null
    this.#fetched.add(path)
    return { status: 200, headers: new Headers(['content-type', 'application/json']), body }
  }

  /** Their paths. */
  get fetched(): readonly string[] {
    return [...this.#fetched]
  }

  forget(): void {
    this.#texts = new Map()
    this.#fetched.clear()
  }
}
