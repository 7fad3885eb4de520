import type { Milliseconds } from '../time/clock.ts'

/** One connection of a proxy to a host; with HTTP/1.1 it carries one request at a time. */
export interface Connection {
  /** Requests that it has carried to their end. */
  readonly served: number
  readonly idleSinceMs: Milliseconds
}

/** The connections of one proxy to one host. */
export interface ConnectionPool {
  /** Open ones, with and without a request. */
  connections: number
  /** Those without, the one that was used last at the end. */
  readonly idle: Connection[]
  /** Streams under way on the connection of HTTP/2, which is one for all and not counted. */
  streams: number
  /** Requests that wait for one. */
  readonly waiting: ((connection: Connection) => void)[]
}

export const freshPool = (): ConnectionPool => ({ connections: 0, streams: 0, idle: [], waiting: [] })

/** Closes what nobody has used since then. */
export function closeIdle(pool: ConnectionPool, before: Milliseconds): void {
  const young = pool.idle.findIndex(({ idleSinceMs }) => idleSinceMs > before)
  pool.connections -= pool.idle.splice(0, young < 0 ? pool.idle.length : young).length
}
