import { type ChildProcess, fork } from 'node:child_process'
import { join } from 'node:path'
import { findEnvoy } from '../support/targets/envoy/find-envoy.ts'
import type { GeneratedMesh } from './generate/mesh.ts'
import type { Reply } from './referee-process.ts'
import type { Judgement, Referee } from './referee.ts'

/**
 * Referees beside each other, each in a process of its own with an Envoy of its own: while one waits (for Envoy to take config up, for delays and timeouts to
 * pass) another computes.
 * @throws MeshSpecError ENVOY_NOT_FOUND; Error when one cannot begin
 */
export async function envoyLanes(count: number): Promise<readonly Referee[]> {
  await findEnvoy()
  const lanes = Array.from({ length: count }, () => new Lane())
  try {
    await Promise.all(lanes.map((lane) => lane.ready))
    return lanes
  } catch (error) {
    await Promise.all(lanes.map((lane) => lane.close()))
    throw error
  }
}

class Lane implements Referee {
  readonly name = 'envoy'
  readonly ready: Promise<void>
  readonly #process: ChildProcess
  readonly #ended: Promise<void>

  constructor() {
    // Judgements hold maps, which JSON has none of.
    this.#process = fork(join(import.meta.dirname, 'referee-process.ts'), { serialization: 'advanced' })
    this.#ended = new Promise((resolve) => this.#process.once('exit', () => resolve()))
    this.ready = this.#reply().then(() => {})
    this.ready.catch(() => {})
  }

  async judge(meshes: readonly GeneratedMesh[]): Promise<readonly Judgement[]> {
    const replied = this.#reply()
    this.#process.send([...meshes])
    const reply = await replied
    return reply.kind === 'judged' ? reply.judgements : []
  }

  async close(): Promise<void> {
    if (this.#process.connected) this.#process.disconnect()
    await this.#ended
  }

  /** The next word of the process. @throws Error what it failed by, or that it has ended */
  #reply(): Promise<Exclude<Reply, { kind: 'failed' }>> {
    return new Promise((resolve, reject) => {
      const ended = (code: number | null, signal: string | null): void => reject(new Error(`a referee has ended: ${signal ?? `exit code ${code}`}`))
      this.#process.once('exit', ended)
      this.#process.once('message', (reply: Reply) => {
        this.#process.off('exit', ended)
        if (reply.kind === 'failed') reject(new Error(reply.message))
        else resolve(reply)
      })
    })
  }
}

/** Has each of the batches judged by the next referee that is free. @returns the judgements in the order of the batches, each as soon as those before it are there */
export async function* judgeInLanes(
  batches: readonly (() => readonly GeneratedMesh[])[],
  lanes: readonly Referee[],
): AsyncGenerator<readonly Judgement[]> {
  const judged: Promise<{ readonly lane: Referee; readonly judgements: readonly Judgement[] }>[] = []
  let next = 0
  const start = (lane: Referee): void => {
    if (next === batches.length) return
    const judging = lane.judge(batches[next++]!()).then((judgements) => ({ lane, judgements }))
    judging.then(() => start(lane)).catch(() => {})
    judged.push(judging)
  }
  for (const lane of lanes) start(lane)
  for (let i = 0; i < judged.length; i++) yield (await judged[i]!).judgements
}
