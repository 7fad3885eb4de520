import { NotYetProgrammed } from '../target.ts'
import { ConfigRejected } from '../../../mesh-core/config/errors.ts'
import { Configurator, emptyConfig } from './configurator.ts'
import type { Complain, EnvoyConfig } from './configurator.ts'
import { EnvoyProcess } from './envoy-process.ts'
import type { EndLine, LogLine } from './xds/access-log.ts'

/** What a mesh is to have from now on, and who waits for it. */
interface Change {
  readonly mesh: number
  readonly config: EnvoyConfig
  readonly complain: Complain
  readonly resolve: () => void
  readonly reject: (error: unknown) => void
}

/** One Envoy for all meshes of this process, each with names of its own. */
export class EnvoyHost {
  readonly path: string
  readonly #process: EnvoyProcess
  readonly #configurator: Configurator
  readonly #configs = new Map<number, EnvoyConfig>()
  readonly #readers: Map<number, (line: LogLine | EndLine) => void>
  #meshes = 0
  readonly #waiting: Change[] = []
  #working = false
  /** Why it was ended before its time. */
  #lapse: NotYetProgrammed | null = null

  private constructor(path: string, process: EnvoyProcess, configurator: Configurator, readers: Map<number, (line: LogLine | EndLine) => void>) {
    this.#readers = readers
    this.path = path
    this.#process = process
    this.#configurator = configurator
  }

  /** @throws MeshSpecError ENVOY_FAILED */
  static async start(path: string): Promise<EnvoyHost> {
    const readers = new Map<number, (line: LogLine | EndLine) => void>()
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

  /** @throws MeshSpecError ENVOY_FAILED when Envoy is not there any more; NotYetProgrammed when it was ended because it takes no config up */
  check(): void {
    if (this.#lapse) throw this.#lapse
    this.#process.check()
  }

  /** @param onLine gets its lines of the access log, with names of pods as it knows them */
  join(onLine: (line: LogLine | EndLine) => void): number {
    const mesh = ++this.#meshes
    this.#readers.set(mesh, onLine)
    return mesh
  }

  /**
   * Changes follow one another; those that have come together in the meantime go to Envoy together.
   * @throws ConfigRejected, NotYetProgrammed, MeshSpecError ENVOY_FAILED
   */
  use(mesh: number, config: EnvoyConfig, complain: Complain): Promise<void> {
    return new Promise((resolve, reject) => {
      this.#waiting.push({ mesh, config, complain, resolve, reject })
      if (!this.#working) void this.#work()
    })
  }

  async leave(mesh: number): Promise<void> {
    this.#readers.delete(mesh)
    if (this.running) await this.use(mesh, emptyConfig, async () => new ConfigRejected([]))
    this.#configs.delete(mesh)
  }

  stop(): Promise<void> {
    return this.#process.stop()
  }

  async #work(): Promise<void> {
    this.#working = true
    // Those that come in the same turn belong together.
    await new Promise((resolve) => setImmediate(resolve))
    while (this.#waiting.length > 0) await this.#take(nextOfEach(this.#waiting))
    this.#working = false
  }

  async #take(changes: readonly Change[]): Promise<void> {
    const [first] = changes
    try {
      this.check()
      await this.#configurator.use(this.#joined(changes), changes.length === 1 ? first!.complain : async () => new ConfigRejected([]))
    } catch (error) {
      if (error instanceof ConfigRejected && changes.length > 1) return this.#takeHalves(changes)
      // Of an Envoy that does not take config up any more nothing good is to be expected: the next mesh gets a new one.
      if (error instanceof NotYetProgrammed) await this.#giveUp(error)
      for (const { reject } of changes) reject(error)
      return
    }
    for (const { mesh, config, resolve } of changes) {
      this.#configs.set(mesh, config)
      resolve()
    }
  }

  /** Its other meshes, too, are without answers from now on. */
  async #giveUp(lapse: NotYetProgrammed): Promise<void> {
    if (this.#lapse) return
    this.#lapse = lapse
    await this.#process.stop()
  }

  /** One of them is refused, and Envoy does not say which. */
  async #takeHalves(changes: readonly Change[]): Promise<void> {
    const middle = Math.ceil(changes.length / 2)
    await this.#take(changes.slice(0, middle))
    await this.#take(changes.slice(middle))
  }

  #joined(changes: readonly Change[]): EnvoyConfig {
    const configs = new Map(this.#configs)
    for (const { mesh, config } of changes) configs.set(mesh, config)
    const all = [...configs.values()]
    return {
      clusters: all.flatMap(({ clusters }) => clusters),
      endpoints: new Map(all.flatMap(({ endpoints }) => [...endpoints])),
      listeners: all.flatMap(({ listeners }) => listeners),
      routes: new Map(all.flatMap(({ routes }) => [...routes])),
      secrets: new Map(all.flatMap(({ secrets }) => [...secrets])),
    }
  }
}

/** Takes the first change of each mesh out of those that wait. */
function nextOfEach(waiting: Change[]): readonly Change[] {
  const next = new Map<number, Change>()
  const later: Change[] = []
  for (const change of waiting.splice(0)) {
    if (next.has(change.mesh)) later.push(change)
    else next.set(change.mesh, change)
  }
  waiting.push(...later)
  return [...next.values()]
}

/** Lines that are no JSON are not of the access log. */
function read(text: string, readers: ReadonlyMap<number, (line: LogLine | EndLine) => void>): void {
  if (!text.startsWith('{')) return
  const line = JSON.parse(text) as LogLine | EndLine
  const [mesh, pod] = line.pod.split('/')
  readers.get(Number(mesh))?.({ ...line, pod: pod! })
}
