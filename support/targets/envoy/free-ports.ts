import { createServer, type Server } from 'node:net'

/**
 * Ports that no system gives to outgoing connections unasked (Linux: from 32768 on, others from 49152 on): between our choice and Envoy's taking it,
 * a port of those may become somebody's.
 */
export const lowest = 10_000
export const highest = 32_767

/** Ports in a row, the first of which is held by the process that gives the others out. */
const blockSize = 64
const blockCount = Math.floor((highest + 1 - lowest) / blockSize)
/** Of those that were given out last: Envoy has taken what it was given before, or never will. */
const mostHeld = 24

/**
 * The ports that a process gives out. Seconds pass until Envoy takes one, in which it is free for whoever looks: processes beside each other, which look in the
 * same way, keep out of each other's blocks.
 */
export class OwnPorts {
  /** Of the block that is given out. */
  #left: readonly number[] = []
  /** By block, the one that was given out last at the end. */
  readonly #held = new Map<number, Server>()
  #next: number
  #claiming: Promise<void> | null = null

  /** @param first block that is tried, from 0 to below `blockCount` */
  constructor(first: number) {
    this.#next = first
  }

  /** None is given out again before all others were. */
  async free(count: number): Promise<readonly number[]> {
    const ports: number[] = []
    for (let tries = 0; ports.length < count; tries++) {
      if (tries > highest - lowest) throw new Error(`there are no ${count} free ports between ${lowest} and ${highest}`)
      const port = await this.#take()
      if (await isFree(port)) ports.push(port)
    }
    return ports
  }

  async #take(): Promise<number> {
    while (this.#left.length === 0) await (this.#claiming ??= this.#claim().finally(() => (this.#claiming = null)))
    const [port, ...left] = this.#left
    this.#left = left
    return port!
  }

  /** Where others hold all blocks, theirs are looked through. */
  async #claim(): Promise<void> {
    const block = (await this.#unclaimed()) ?? this.#advance()
    this.#left = Array.from({ length: blockSize - 1 }, (_, i) => firstOf(block) + 1 + i)
    for (const [old, server] of [...this.#held].slice(0, -mostHeld)) {
      this.#held.delete(old)
      server.close()
    }
  }

  async #unclaimed(): Promise<number | null> {
    for (let tries = 0; tries < blockCount; tries++) {
      const block = this.#advance()
      const server = this.#held.has(block) ? null : await listenAt(firstOf(block))
      if (server === null) continue
      this.#held.set(block, server)
      return block
    }
    return null
  }

  #advance(): number {
    const block = this.#next
    this.#next = (block + 1) % blockCount
    return block
  }
}

const own = new OwnPorts(Math.floor(Math.random() * blockCount))

/** Free ports of 127.0.0.1. None is given out again before all others were. */
export function freePorts(count: number): Promise<readonly number[]> {
  return own.free(count)
}

function firstOf(block: number): number {
  return lowest + block * blockSize
}

async function isFree(port: number): Promise<boolean> {
  const server = await listenAt(port)
  await new Promise<void>((resolve) => (server ? server.close(() => resolve()) : resolve()))
  return server !== null
}

/** @returns `null` where somebody else does. It keeps no process alive */
function listenAt(port: number): Promise<Server | null> {
  return new Promise((resolve) => {
    const server = createServer()
    server.unref()
    server.once('error', () => resolve(null)).listen(port, '127.0.0.1', () => resolve(server))
  })
}
