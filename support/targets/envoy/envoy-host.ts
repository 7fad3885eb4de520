import { NotYetProgrammed } from '../target.ts'
import { ConfigRejected } from '../../../mesh-core/config/errors.ts'
import { Configurator, emptyConfig } from './configurator.ts'
import type { Complain, EnvoyConfig } from './configurator.ts'
import { EnvoyProcess } from './envoy-process.ts'
import type { LogLine } from './xds/access-log.ts'

/** One Envoy for all meshes of this process, each with names of its own. */
export class EnvoyHost {
  readonly path: string
  readonly #process: EnvoyProcess
  readonly #configurator: Configurator
  readonly #configs = new Map<number, EnvoyConfig>()
  readonly #readers: Map<number, (line: LogLine) => void>
  #meshes = 0
  /** The last change: they follow one another. */
  #changing: Promise<unknown> = Promise.resolve()

  private constructor(path: string, process: EnvoyProcess, configurator: Configurator, readers: Map<number, (line: LogLine) => void>) {
    this.#readers = readers
    this.path = path
    this.#process = process
    this.#configurator = configurator
  }

  /** @throws MeshSpecError ENVOY_FAILED */
  static async start(path: string): Promise<EnvoyHost> {
    const readers = new Map<number, (line: LogLine) => void>()
    const process = await EnvoyProcess.start(path, (line) => read(line, readers))
    try {
      return new EnvoyHost(path, process, await Configurator.start(process), readers)
    } catch (error) {
      await process.stop()
      throw error
    }
  }

  get running(): boolean {
    return this.#process.running
  }

  /** @throws MeshSpecError ENVOY_FAILED when Envoy is not there any more */
  check(): void {
    this.#process.check()
  }

  /** @param onLine gets the access log of all meshes */
  join(onLine: (line: LogLine) => void): number {
    const mesh = ++this.#meshes
    this.#readers.set(mesh, onLine)
    return mesh
  }

  /** @throws ConfigRejected, NotYetProgrammed, MeshSpecError ENVOY_FAILED */
  use(mesh: number, config: EnvoyConfig, complain: Complain): Promise<void> {
    const change = this.#changing.then(async () => {
      try {
        await this.#configurator.use(this.#joined(mesh, config), complain)
        this.#configs.set(mesh, config)
      } catch (error) {
        // Of an Envoy that does not take config up any more nothing good is to be expected: the next mesh gets a new one.
        if (error instanceof NotYetProgrammed) await this.#process.stop()
        throw error
      }
    })
    this.#changing = change.catch(() => {})
    return change
  }

  async leave(mesh: number): Promise<void> {
    this.#readers.delete(mesh)
    if (this.running) await this.use(mesh, emptyConfig, async () => new ConfigRejected([]))
    this.#configs.delete(mesh)
  }

  stop(): Promise<void> {
    return this.#process.stop()
  }

  #joined(mesh: number, config: EnvoyConfig): EnvoyConfig {
    const all = [...[...this.#configs].filter(([other]) => other !== mesh).map(([, own]) => own), config]
    return {
      clusters: all.flatMap(({ clusters }) => clusters),
      listeners: all.flatMap(({ listeners }) => listeners),
      routes: new Map(all.flatMap(({ routes }) => [...routes])),
    }
  }
}

/** Lines that are no JSON are not of the access log. */
function read(text: string, readers: ReadonlyMap<number, (line: LogLine) => void>): void {
  if (!text.startsWith('{')) return
  const line = JSON.parse(text) as LogLine
  for (const reader of readers.values()) reader(line)
}
