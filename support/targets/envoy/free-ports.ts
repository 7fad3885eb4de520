import { createServer } from 'node:net'
import type { AddressInfo, Server } from 'node:net'

/** What this process was given: the system may offer a port again that Envoy is only about to take. */
const given = new Set<number>()
/** The oldest are let go: Envoy has taken them long ago, or has done with them, and the system has some 28000 to give. */
const remembered = 4000

/** Ports of 127.0.0.1 that the system has chosen, none of them twice. */
export async function freePorts(count: number): Promise<readonly number[]> {
  const servers: Server[] = []
  const ports: number[] = []
  // All are held until the last is known.
  while (ports.length < count) {
    const server = await listen()
    servers.push(server)
    const { port } = server.address() as AddressInfo
    if (given.has(port)) continue
    given.add(port)
    if (given.size > remembered) given.delete(given.values().next().value!)
    ports.push(port)
  }
  await Promise.all(servers.map((server) => new Promise((resolve) => server.close(resolve))))
  return ports
}

function listen(): Promise<Server> {
  return new Promise((resolve, reject) => {
    const server = createServer()
    server.once('error', reject).listen(0, '127.0.0.1', () => resolve(server))
  })
}
