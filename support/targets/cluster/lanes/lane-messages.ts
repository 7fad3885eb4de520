import type { Socket } from 'node:net'
import { createInterface } from 'node:readline'
import type { Reach } from './reach.ts'

/** What a lane says to the keeper, a line of JSON each. */
export type LaneSays =
  /** It wants to do what reaches so far, and waits. `request`: a number that the answer repeats. */
  | { readonly hold: Reach; readonly request: number }
  /** The scenario has ended, and is undone. */
  | { readonly release: true }
  /** Nothing of scenarios before is left that others could meet. */
  | { readonly cleared: true }
  /** The mesh has said that it is too much: nobody is to send any more. */
  | { readonly stop: string }

/** What the keeper says to a lane. */
export type KeeperSays =
  | { readonly granted: number }
  /** Somebody waits for a mesh in which nobody else has left anything. */
  | { readonly clear: true }
  | { readonly stop: string }
  /** Another run may be at work: the Lease is lost. */
  | { readonly lost: string }

export function say(socket: Socket, message: LaneSays | KeeperSays): void {
  if (!socket.destroyed) socket.write(`${JSON.stringify(message)}\n`)
}

export function hear<T extends LaneSays | KeeperSays>(socket: Socket, take: (message: T) => void): void {
  createInterface({ input: socket }).on('line', (line) => take(JSON.parse(line) as T))
}
