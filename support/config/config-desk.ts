import { isAbsolute, join, relative, sep } from 'node:path'
import { ConfigRejected } from '../../mesh-core/config/errors.ts'
import { inNamespace, readPaths, readText } from '../../mesh-core/config/load.ts'
import type { ReadResult } from '../../mesh-core/config/load.ts'
import type { Resource } from '../../mesh-core/config/resource.ts'
import { StatementFailed } from '../verdicts/failure.ts'
import { findConfig } from './config-lookup.ts'
import type { ConfigPlaces } from './config-lookup.ts'
import type { DocStringPlace } from '../sentences/doc-string.ts'
import { assertKnownFields, meshConfigText } from '../sentences/mesh-config-text.ts'

/** Reads the config that a scenario names, and remembers it. */
export class ConfigDesk {
  readonly #places: ConfigPlaces
  /** The feature's file, as cucumber names it. */
  readonly #uri: string
  readonly #given: Resource[] = []
  readonly #templates = new Set<string>()
  readonly #names = new Map<string, string>()

  constructor(places: ConfigPlaces, uri: string) {
    this.#places = places
    this.#uri = uri
  }

  /** Everything that was read so far. */
  get given(): readonly Resource[] {
    return this.#given
  }

  /** What lay in the folders of config, and was not looked at. */
  get notices(): readonly string[] {
    return [...this.#templates].map((file) => `${file} is a Helm template, and was passed over; "the chart … with values:" renders charts`)
  }

  /**
   * @param namespace of resources that name none
   * @throws MeshSpecError FILE_NOT_FOUND
   * @throws ConfigRejected when it cannot be read
   */
  file(name: string, namespace: string): readonly Resource[] {
    const path = findConfig(name, this.#places)
    const shown = shortened(path, this.#places.cwd)
    this.#names.set(shown, name.replace(/[\\/]$/, ''))
    return this.#takeSome(readPaths([shown]), namespace)
  }

  /** @throws ConfigRejected when it cannot be read */
  text(text: string, place: DocStringPlace, namespace: string): readonly Resource[] {
    return this.#takeSome(readText(text, this.#uri, { key: `${this.#uri}:${place.lineOffset}`, ...place }), namespace)
  }

  /** @throws ConfigRejected when it cannot be read, or has a field that MeshConfig has not. @throws StatementFailed */
  meshConfig(fields: string, place: DocStringPlace): readonly Resource[] {
    const { text, lines } = meshConfigText(fields)
    const resources = this.text(text, { ...place, lineOffset: place.lineOffset - lines }, '')
    assertKnownFields(resources)
    return resources
  }

  /** The folder of a chart, or a packed one. @throws MeshSpecError FILE_NOT_FOUND */
  chart(name: string): string {
    return findConfig(name, this.#places, 'chart')
  }

  /** What a program made. @param label what to call it @throws ConfigRejected when it cannot be read */
  manifests(text: string, label: string, namespace: string): readonly Resource[] {
    return this.#take(readText(text, label), namespace)
  }

  /** The name of a file in the words of the scenario. */
  nameOf(file: string): string {
    for (const [path, name] of this.#names) {
      if (file === path) return name
      if (file.startsWith(path + sep)) return join(name, file.slice(path.length + 1))
    }
    return shortened(file, this.#places.cwd)
  }

  /** @throws StatementFailed for a config without objects: it would leave the mesh as it was */
  #takeSome(result: ReadResult, namespace: string): readonly Resource[] {
    const resources = this.#take(result, namespace)
    if (resources.length === 0) throw new StatementFailed(nothingIn(result))
    return resources
  }

  #take(result: ReadResult, namespace: string): readonly Resource[] {
    if (result.errors.length > 0) throw new ConfigRejected(result.errors)
    const resources = inNamespace(result.resources, namespace)
    this.#given.push(...resources)
    for (const { file, what } of result.passedOver) if (what === 'Helm template') this.#templates.add(this.nameOf(file))
    return resources
  }
}

function nothingIn({ passedOver }: ReadResult): string {
  const told = passedOver.map(({ file, what }) => `${file} is ${what === 'Helm template' ? 'a Helm template' : what}`)
  return `there is no Kubernetes object in this config${told.length > 0 ? `: ${told.join(', ')}` : ''}`
}

/** Relative to the folder of the run, where it is inside of it. */
function shortened(path: string, cwd: string): string {
  if (!isAbsolute(path)) return path
  const short = relative(cwd, path)
  return short === '' || short.startsWith('..') ? path : short
}
