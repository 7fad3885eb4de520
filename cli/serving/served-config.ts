import { ConfigRejected } from '../../mesh-core/config/errors.ts'
import { readPaths, readText } from '../../mesh-core/config/load.ts'
import type { ReadResult } from '../../mesh-core/config/load.ts'
import type { Resource, ResourceRef } from '../../mesh-core/config/resource.ts'
import { keyOf, refOf, resourceKey } from '../../mesh-core/config/resource.ts'
import type { Mesh } from '../../mesh-core/mesh.ts'

/** The config of a served mesh: what its files say, and what was put beside them. */
export class ServedConfig {
  readonly #mesh: Mesh
  readonly #paths: readonly string[]
  #files: readonly Resource[] = []

  constructor(mesh: Mesh, paths: readonly string[]) {
    this.#mesh = mesh
    this.#paths = paths
  }

  /** Files that the config came from. */
  get files(): readonly string[] {
    return [...new Set(this.#files.map(({ source }) => source.file))]
  }

  /** Reads the files anew. @returns whether anything is other than before. @throws ConfigRejected, and the mesh keeps what it has */
  reload(): boolean {
    const resources = inOrder(readPaths(this.#paths))
    if (isSame(resources, this.#files)) return false
    const kept = new Set(resources.map(keyOf))
    const gone = this.#files.map(refOf).filter((ref) => !kept.has(resourceKey(ref)))
    this.#mesh.apply(resources)
    this.#mesh.remove(gone)
    this.#files = resources
    return true
  }

  /** @throws ConfigRejected */
  put(text: string): readonly ResourceRef[] {
    const resources = inOrder(readText(text, '<request>'))
    this.#mesh.apply(resources)
    return resources.map(refOf)
  }

  /** @throws ConfigRejected for what is no YAML */
  remove(text: string): readonly ResourceRef[] {
    const refs = inOrder(readText(text, '<request>')).map(refOf)
    this.#mesh.remove(refs)
    return refs
  }
}

function inOrder({ resources, errors }: ReadResult): readonly Resource[] {
  if (errors.length > 0) throw new ConfigRejected(errors)
  return resources
}

function isSame(these: readonly Resource[], those: readonly Resource[]): boolean {
  return these.length === those.length && these.every((one, i) => one === those[i] || one.source.text === those[i]!.source.text)
}
