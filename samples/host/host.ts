import { setTimeout as sleep } from 'node:timers/promises'
import type { Program, PodInfo, ServiceContext } from '../../mesh-core/ir/program.ts'
import { WireServer } from '../../wire/server.ts'
import type { Handler, WireServerOptions } from '../../wire/server.ts'
import { callOverHttp } from './call.ts'

export interface HostOptions extends Omit<WireServerOptions, 'address'> {
  /** Default: every address of the machine, IPv4 and IPv6, as a pod listens. */
  readonly address?: string
  /** How the program's calls are sent. Default: over HTTP to where the authority resolves. */
  readonly call?: ServiceContext['call']
}

/** What is served on a real port. */
export interface Host {
  readonly port: number
  /** Ends open connections, too. */
  close(): Promise<void>
}

/** What a program of a real pod may use: the wall clock, and real calls. */
export function realContext(pod: PodInfo, call: ServiceContext['call'] = callOverHttp): ServiceContext {
  return { now: Date.now, sleep: async (ms) => void (await sleep(ms)), random: Math.random, pod, call }
}

/**
 * Serves the program on a real port, with the wall clock and real calls.
 * @throws the error of `listen`, e.g. `EADDRINUSE`
 */
export async function hostProgram(program: Program, pod: PodInfo, { call, ...options }: HostOptions = {}): Promise<Host> {
  const context = realContext(pod, call)
  return hostHandler(async (request) => program(request, context), options)
}

/** Serves what answers requests. A `CallError` closes the connection without an answer. */
export function hostHandler(handler: Handler, options: Omit<HostOptions, 'call'> = {}): Promise<Host> {
  return WireServer.start(handler, { ...options, address: options.address ?? null })
}
