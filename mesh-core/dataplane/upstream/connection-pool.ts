import type { ConnectionLimits } from '../../ir/cluster.ts'
import type { Milliseconds } from '../../time/clock.ts'

/** One connection of a proxy to a host; with HTTP/1.1 it carries one request at a time. */
export interface Connection {
  /** Of HTTP/2: it was opened for the request that gets it. */
  readonly isNew?: true
  readonly openedMs: Milliseconds
  /** Requests that it has carried to their end. */
  readonly served: number
  readonly idleSinceMs: Milliseconds
}

/** One of HTTP/2 that takes so many requests at once and no more. */
export interface SharedConnection extends Connection {
  streams: number
}

/** The connections of one proxy to one host. */
export interface ConnectionPool {
  /** Open ones, with and without a request. */
  connections: number
  /** Of those the ones that are nobody's requests to the one who opened them. */
  ofBytes: number
  /** Those without, the one that was used last at the end. */
  readonly idle: Connection[]
  /** Streams under way on the connection of HTTP/2, which is one for all and not counted. */
  streams: number
  /** That connection: when it was opened, what it has carried, and when it was used last; `null` before there is one. */
  opened: { readonly sinceMs: Milliseconds; carried: number; usedMs: Milliseconds } | null
  /** Where the number of streams on each is limited. */
  readonly shared: SharedConnection[]
  /** Requests that wait for one. */
  readonly waiting: ((connection: Connection) => void)[]
}

export const freshPool = (): ConnectionPool => ({ connections: 0, ofBytes: 0, streams: 0, opened: null, shared: [], idle: [], waiting: [] })

/** Of the one connection of HTTP/2: is it opened for this request? */
export function opensFor(
  pool: ConnectionPool,
  { idleTimeoutMs, maxRequestsPerConnection, maxConnectionDurationMs }: ConnectionLimits,
  now: Milliseconds,
): boolean {
  const { opened, streams } = pool
  const isIdle = opened !== null && streams === 0 && now - opened.usedMs >= idleTimeoutMs
  const isSpent = opened !== null && maxRequestsPerConnection !== null && opened.carried >= maxRequestsPerConnection
  const isOld = opened !== null && maxConnectionDurationMs !== null && now - opened.sinceMs >= maxConnectionDurationMs
  const isNew = opened === null || isIdle || isSpent || isOld
  if (isNew) pool.opened = { sinceMs: now, carried: 0, usedMs: now }
  pool.opened!.carried++
  pool.opened!.usedMs = now
  return isNew
}

/** Closes what nobody has used since then. */
export function closeIdle(pool: ConnectionPool, before: Milliseconds): void {
  const young = pool.idle.findIndex(({ idleSinceMs }) => idleSinceMs > before)
  pool.connections -= pool.idle.splice(0, young < 0 ? pool.idle.length : young).length
}

/** Closes what was opened before then and carries nothing. */
export function closeOld(pool: ConnectionPool, before: Milliseconds): void {
  const young = pool.idle.filter(({ openedMs }) => openedMs > before)
  pool.connections -= pool.idle.length - young.length
  pool.idle.splice(0, pool.idle.length, ...young)
}
