import { createServer } from 'node:net'
import type { Server, Socket } from 'node:net'
import { hear, say } from './lane-messages.ts'
import type { KeeperSays, LaneSays } from './lane-messages.ts'
import type { Reach } from './reach.ts'

interface Lane {
  readonly socket: Socket
  holds: Reach | null
  /** Services of scenarios that have ended are perhaps left there, for others that ask for the same. */
  isClear: boolean
}

interface Waiting {
  readonly lane: Lane
  readonly reach: Reach
  readonly request: number
}

/**
 * Lets scenarios of several processes change one mesh at the same time, as far as none of them can meet what another does: those that keep to their own names go
 * beside each other, one at a time may be about names outside of them, and one that changes what every proxy does is alone. Whoever waits for the whole mesh is
 * not overtaken.
 */
export class LaneKeeper {
  readonly #server: Server
  readonly #lanes = new Set<Lane>()
  #waiting: readonly Waiting[] = []
  /** Whoever comes later is told as well. */
  readonly #told: KeeperSays[] = []

  constructor() {
    this.#server = createServer((socket) => this.#take(socket))
  }

  /** @param path of a socket that only this user reaches */
  listen(path: string): Promise<void> {
    return new Promise((resolve, reject) => this.#server.once('error', reject).listen(path, resolve))
  }

  /** How many scenarios wait for others. */
  get waiting(): number {
    return this.#waiting.length
  }

  tell(message: KeeperSays): void {
    this.#told.push(message)
    for (const { socket } of this.#lanes) say(socket, message)
  }

  close(): void {
    for (const { socket } of this.#lanes) socket.destroy()
    this.#server.close()
  }

  #take(socket: Socket): void {
    const lane: Lane = { socket, holds: null, isClear: true }
    this.#lanes.add(lane)
    for (const message of this.#told) say(socket, message)
    hear<LaneSays>(socket, (message) => this.#heed(lane, message))
    // A process that has died holds nothing any more.
    socket.on('error', () => {}).on('close', () => this.#forget(lane))
  }

  #heed(lane: Lane, message: LaneSays): void {
    if ('hold' in message) this.#queue({ lane, reach: message.hold, request: message.request })
    else if ('release' in message) this.#release(lane)
    else if ('cleared' in message) lane.isClear = true
    else return this.tell(message)
    this.#grant()
  }

  /**
   * Whoever is to wait for more gives back what keeps to its own names, for nobody can meet that; what is about other names stands already, and is not given
   * back: it goes first, and nobody else holds as much.
   */
  #queue(wanted: Waiting): void {
    const { lane } = wanted
    if (lane.holds === 'outside') this.#waiting = [wanted, ...this.#waiting]
    else {
      lane.holds = null
      this.#waiting = [...this.#waiting, wanted]
    }
  }

  #release(lane: Lane): void {
    lane.holds = null
    this.#waiting = this.#waiting.filter((one) => one.lane !== lane)
  }

  #forget(lane: Lane): void {
    this.#release(lane)
    this.#lanes.delete(lane)
    this.#grant()
  }

  #grant(): void {
    const left: Waiting[] = []
    for (const one of this.#waiting) {
      if (left.some(({ reach }) => reach === 'mesh') || !this.#isFree(one)) left.push(one)
      else this.#give(one)
    }
    this.#waiting = left
  }

  #isFree({ lane, reach }: Waiting): boolean {
    const others = [...this.#lanes].filter((other) => other !== lane)
    if (others.some(({ holds }) => holds === 'mesh')) return false
    if (reach === 'own') return true
    if (reach === 'outside') return others.every(({ holds }) => holds !== 'outside')
    if (others.some(({ holds }) => holds !== null)) return false
    const unclear = others.filter(({ isClear }) => !isClear)
    for (const { socket } of unclear) say(socket, { clear: true })
    return unclear.length === 0
  }

  #give({ lane, reach, request }: Waiting): void {
    lane.holds = reach
    lane.isClear = false
    say(lane.socket, { granted: request })
  }
}
