import { createServer } from 'node:net'

/**
 * Ports that no system gives to outgoing connections unasked (Linux: from 32768 on, others from 49152 on): between our choice and Envoy's taking it,
 * a port of those may become somebody's.
 */
export const lowest = 10_000
export const highest = 32_767

/** Where this process goes on: processes beside each other begin at different places. */
let next = lowest + Math.floor(Math.random() * (highest - lowest))

/** Free ports of 127.0.0.1. None is given out again before all others were. */
export async function freePorts(count: number): Promise<readonly number[]> {
  const ports: number[] = []
  for (let tries = 0; ports.length < count; tries++) {
    if (tries > highest - lowest) throw new Error(`there are no ${count} free ports between ${lowest} and ${highest}`)
    const port = next
    next = next === highest ? lowest : next + 1
    if (await isFree(port)) ports.push(port)
  }
  return ports
}

function isFree(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const server = createServer()
    server.once('error', () => resolve(false)).listen(port, '127.0.0.1', () => server.close(() => resolve(true)))
  })
}
