import { connect } from 'node:net'
import type { Socket } from 'node:net'
import { Undecided } from '../../../verdicts/failure.ts'
import { hear, say } from './lane-messages.ts'
import type { KeeperSays } from './lane-messages.ts'
import type { Permission } from '../run/access/permissions.ts'
import { isWithin } from './reach.ts'
import type { Reach } from './reach.ts'

/** Of a run that several processes share, as one of them is told. */
export interface LaneSettings {
  readonly run: string
  /** Of the socket on which the keeper listens. */
  readonly keeper: string
  /** Permissions that the user lacks, of which whoever leads the run has asked. */
  readonly missing: readonly Permission[]
}

/** In the environment of a process that is one of several: `LaneSettings` as JSON. */
export const lanesVariable = 'MESHSPEC_LANES'

type Environment = Readonly<Record<string, string | undefined>>

/** What a lane has to do for others. */
export interface Heeding {
  /** Takes away what scenarios before have left that others could meet. */
  clear(): Promise<void>
  /** Nothing is to be sent any more. */
  stop(why: string): void
}

/** One of several processes that run scenarios against one cluster at the same time. */
export class Lane {
  /** Of the run as a whole, and which part of it this is. */
  readonly run: string
  readonly number: number
  /** How many there are. */
  readonly of: number
  readonly missing: readonly Permission[]
  readonly #keeper: string
  #socket: Socket | null = null
  #held: Reach | null = null
  #requests = 0
  #waits: { readonly request: number; readonly resolve: () => void; readonly reject: (error: Error) => void } | null = null
  #lost: string | null = null

  private constructor(settings: LaneSettings, number: number, of: number) {
    this.run = settings.run
    this.missing = settings.missing
    this.#keeper = settings.keeper
    this.number = number
    this.of = of
  }

  /** @returns `null` in a process that runs all scenarios itself */
  static of(env: Environment): Lane | null {
    const given = env[lanesVariable]
    if (given === undefined) return null
    return new Lane(JSON.parse(given) as LaneSettings, Number(env['CUCUMBER_WORKER_ID']), Number(env['CUCUMBER_TOTAL_WORKERS']))
  }

  /** By which namespaces and objects of this part are known. */
  get id(): string {
    return partOf(this.run, this.number)
  }

  async join(heeding: Heeding): Promise<void> {
    const socket = connect(this.#keeper)
    await new Promise<void>((resolve, reject) => socket.once('connect', resolve).once('error', reject))
    hear<KeeperSays>(socket, (message) => this.#heed(message, heeding))
    socket.on('error', () => {}).on('close', () => this.#waits?.reject(new Undecided('the process that leads the run has ended')))
    socket.unref()
    this.#socket = socket
  }

  /** Resolves when the scenario may do what reaches so far, until it releases it. */
  async hold(reach: Reach): Promise<void> {
    if (this.#held !== null && isWithin(reach, this.#held)) return
    const request = ++this.#requests
    const granted = new Promise<void>((resolve, reject) => (this.#waits = { request, resolve, reject }))
    say(this.#socket!, { hold: reach, request })
    await granted
    this.#held = reach
  }

  release(): void {
    this.#held = null
    this.#waits = null
    say(this.#socket!, { release: true })
  }

  /** Others are not to send either. */
  stop(why: string): void {
    say(this.#socket!, { stop: why })
  }

  /** @throws Undecided once another run may be at work */
  assertHeld(): void {
    if (this.#lost !== null) throw new Undecided(this.#lost)
  }

  leave(): void {
    this.#waits = null
    this.#socket?.destroy()
  }

  #heed(message: KeeperSays, { clear, stop }: Heeding): void {
    if ('granted' in message) {
      // Of one that was given up meanwhile nobody waits any more.
      if (this.#waits?.request === message.granted) this.#waits.resolve()
    } else if ('clear' in message) void this.#clear(clear)
    else if ('stop' in message) {
      stop(message.stop)
      this.#waits?.reject(new Undecided(message.stop))
    } else this.#lost = message.lost
  }

  async #clear(clear: Heeding['clear']): Promise<void> {
    try {
      await clear()
      say(this.#socket!, { cleared: true })
    } catch (error) {
      this.stop(`what scenarios before have left could not be taken away: ${error instanceof Error ? error.message : String(error)}`)
    }
  }
}

/** Of one of the processes that share a run. */
function partOf(run: string, number: number): string {
  return `${run}-${number}`
}

/** The run that a part belongs to; a run that one process makes is its own. */
export function wholeOf(part: string): string {
  return part.replace(/-\d+$/, '')
}
