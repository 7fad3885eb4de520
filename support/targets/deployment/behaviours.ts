import type { Program } from '../../../mesh-core/ir/program.ts'
import type { WorkloadInstance } from '../../../mesh-core/registry/registry.ts'
import { countdown, withBehaviour } from '../../../samples/echo/behaviour.ts'
import type { Countdown, ServiceBehaviour } from '../../../samples/echo/behaviour.ts'

/** All that was stated of a pod, or of all pods of a workload. */
interface Stated {
  readonly behaviour: ServiceBehaviour
  /** Counts (`first`) are of the service: those whom one sentence meant count together. */
  readonly isNext: Countdown
  readonly program: Program
}

/** What pods do by themselves, and what a scenario makes them do instead. */
export class Behaviours {
  readonly #programFor: (pod: WorkloadInstance | null) => Program
  readonly #original = new Map<string, Program>()
  /** By pod, and by workload for pods that are yet to come. */
  readonly #stated = new Map<string, Stated>()

  constructor(programFor: (pod: WorkloadInstance | null) => Program) {
    this.#programFor = programFor
  }

  /** Looked up at each request, since a behaviour may be stated after the mesh has asked for the program. */
  program(pod: WorkloadInstance | null): Program {
    const [own, shared] = keysOf(pod)
    const original = this.#programFor(pod)
    this.#original.set(own, original)
    return (request, context) => ((this.#stated.get(own) ?? this.#stated.get(shared))?.program ?? original)(request, context)
  }

  /** The one program that the pod runs now, with its memory; made when nobody has asked for it yet. */
  running(pod: WorkloadInstance): Program {
    const [own] = keysOf(pod)
    if (!this.#original.has(own)) this.program(pod)
    return this.#of(pod)?.program ?? this.#original.get(own)!
  }

  /**
   * Adds to what was stated before; the last statement about the same thing counts.
   * @param workloads `namespace/name` of those whose pods do so even if they come later
   */
  state(pods: readonly WorkloadInstance[], behaviour: ServiceBehaviour, workloads: readonly string[] = []): void {
    const isNext = behaviour.first === undefined ? null : countdown(behaviour.first)
    const stated = [
      ...pods.map((pod) => [keysOf(pod)[0], this.#of(pod)] as const),
      ...workloads.map((workload) => [allOf(workload), this.#stated.get(allOf(workload))] as const),
    ]
    for (const [key, before] of stated) this.#stated.set(key, this.#with(behaviour, isNext, before))
  }

  #with(added: ServiceBehaviour, counts: Countdown | null, before: Stated | undefined): Stated {
    const behaviour = { ...before?.behaviour, ...added }
    const isNext = counts ?? before?.isNext ?? countdown()
    const program = withBehaviour((request, context) => this.#originalOf(context.pod)(request, context), behaviour, isNext)
    return { behaviour, isNext, program }
  }

  #of(pod: WorkloadInstance): Stated | undefined {
    const [own, shared] = keysOf(pod)
    return this.#stated.get(own) ?? this.#stated.get(shared)
  }

  #originalOf({ namespace, name }: { readonly namespace: string; readonly name: string }): Program {
    return this.#original.get(`${namespace}/${name}`)!
  }
}

/** The pod's own, and that of its workload. */
function keysOf(pod: WorkloadInstance | null): readonly [string, string] {
  if (pod === null) return ['', '']
  const { namespace, name, instance } = pod.ref
  return [`${namespace}/${instance}`, allOf(`${namespace}/${name}`)]
}

/** No pod is called so. */
function allOf(workload: string): string {
  return `${workload}/*`
}
