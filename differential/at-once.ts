import type { Exchange } from '../mesh-core/ir/exchange.ts'
import type { MeshCall } from '../mesh-core/mesh.ts'
import type { Observation, ObservedCase } from '../vectors/mesh-observed/case.ts'
import type { Scene } from '../vectors/mesh-observed/observe.ts'
import { meshCallOf } from '../vectors/mesh-observed/mesh-call.ts'
import { inTurn, observation, type Observer, onConnection, pauseBefore } from '../vectors/mesh-observed/play.ts'
import { interact } from '../vectors/mesh-observed/run-case.ts'

/** ms that copies may take which nobody awaits an answer of. */
const settleOfMirrorsMs = 100

type Evidence = () => Promise<Exchange>
type Answer = (call: MeshCall) => Promise<{ readonly evidence: Evidence }>

/**
 * Sends the calls of a case beside each other where none of them decides about another; then what is written of all of them is awaited together.
 * @param most calls under way at a time, of all meshes together: more would wait for each other, and be late
 */
export function atOnce(most: number): Observer {
  const turns = new Turns(most)
  return (vector, scene) =>
    takesTime(vector)
      ? inTurn(vector, scene)
      : observe(vector, scene, interact(vector) || limits(vector) ? oneByOne : (send) => (call) => turns.take(() => send(call)))
}

/** Each call when all is over that the one before has caused. */
export const inOrder: Observer = (vector, scene) => (takesTime(vector) ? inTurn(vector, scene) : observe(vector, scene, oneByOne))

/** Is there place for one connection or request alone, so that calls beside each other would find none? */
function limits({ config = '', meshConfig = {} }: ObservedCase): boolean {
  return /(maxConnections|http1MaxPendingRequests|http2MaxRequests)"?: ?1\b/.test(config + JSON.stringify(meshConfig))
}

/** Are its calls apart in time, for what is to happen between them? */
export function takesTime(vector: ObservedCase): boolean {
  return (vector.calls ?? []).some((_, index) => pauseBefore(vector, index) > 0)
}

async function observe(vector: ObservedCase, scene: Scene, ordered: (send: Answer) => Answer): Promise<readonly Observation[]> {
  const { answer } = scene.mesh
  if (!answer) return inTurn(vector, scene)
  const send = ordered(answer)
  const { calls = [] } = vector
  const sent = calls.map((call) => meshCallOf(call, scene.mesh))
  const answers = await Promise.all(
    calls.map((call, index) => Promise.all(Array.from({ length: call.times ?? 1 }, () => send(onConnection(call, sent[index]!))))),
  )
  if (vector.config?.toLowerCase().includes('mirror')) await scene.mesh.elapse(settleOfMirrorsMs)
  return Promise.all(
    calls.map(async (call, index) => observation(await Promise.all(answers[index]!.map(({ evidence }) => evidence())), call, sent[index]!, scene)),
  )
}

function oneByOne(send: Answer): Answer {
  const turns = new Turns(1)
  return (call) =>
    turns.take(async () => {
      const exchange = await (await send(call)).evidence()
      return { evidence: () => Promise.resolve(exchange) }
    })
}

/** Lets so many act at a time, the others in the order in which they came. */
export class Turns {
  #free: number
  readonly #waiting: (() => void)[] = []

  constructor(most: number) {
    this.#free = most
  }

  async take<T>(act: () => Promise<T>): Promise<T> {
    if (this.#free > 0) this.#free--
    else await new Promise<void>((resolve) => this.#waiting.push(resolve))
    try {
      return await act()
    } finally {
      const next = this.#waiting.shift()
      if (next) next()
      else this.#free++
    }
  }
}
