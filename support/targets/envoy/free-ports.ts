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

/**
 * The ports that a process gives out. Seconds pass until Envoy takes one, in which it is free for whoever looks: processes beside each other, which look in the
 * same way, keep out of each other's blocks.
 */
export class OwnPorts {
  /** Of the block that is given out. */
  #left: readonly number[] = []
  /** Blocks of this process, the one that was given out last at the end. They are held until it ends. */
  readonly #held: number[] = []
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

  /** Where others have all that is left, its own are given out again. */
  async #claim(): Promise<void> {
    const block = (await this.#unclaimed()) ?? this.#held.shift()
    if (block === undefined) throw new Error(`other programs have all ports between ${lowest} and ${highest}`)
    this.#held.push(block)
    this.#left = Array.from({ length: blockSize - 1 }, (_, i) => firstOf(block) + 1 + i)
  }

  async #unclaimed(): Promise<number | undefined> {
    for (let tries = 0; tries < blockCount; tries++) {
      const block = this.#next
      this.#next = (this.#next + 1) % blockCount
      if (!this.#held.includes(block) && (await listenAt(firstOf(block)))) return block
    }
    return undefined
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
