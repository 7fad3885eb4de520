import type { Program } from '../../../mesh-core/ir/program.ts'
import type { WorkloadInstance } from '../../../mesh-core/registry/registry.ts'
import { withBehaviour } from '../../../samples/echo/behaviour.ts'
import type { ServiceBehaviour } from '../../../samples/echo/behaviour.ts'

/** What pods do by themselves, and what a scenario makes them do instead. */
export class Behaviours {
  readonly #programFor: (pod: WorkloadInstance | null) => Program
  readonly #original = new Map<string, Program>()
  readonly #statements = new Map<string, ServiceBehaviour>()
  readonly #current = new Map<string, Program>()

  constructor(programFor: (pod: WorkloadInstance | null) => Program) {
    this.#programFor = programFor
  }

  /** Looked up at each request, since a behaviour may be stated after the mesh has asked for the program. */
  program(pod: WorkloadInstance | null): Program {
    const key = keyOf(pod)
    const original = this.#programFor(pod)
    this.#original.set(key, original)
    return (request, context) => (this.#current.get(key) ?? original)(request, context)
  }

  /** The one program that the pod runs now, with its memory; made when nobody has asked for it yet. */
  running(pod: WorkloadInstance): Program {
    const key = keyOf(pod)
    if (!this.#original.has(key)) this.program(pod)
    return this.#current.get(key) ?? this.#original.get(key)!
  }

  /** Adds to what was stated before; the last statement about the same thing counts. */
  state(pods: readonly WorkloadInstance[], behaviour: ServiceBehaviour): void {
    // Counts (`first`) are of the service, so its pods share one program around their own.
    const shared = withBehaviour((request, context) => this.#originalOf(context.pod)(request, context), this.#merged(pods[0]!, behaviour))
    for (const pod of pods) {
      this.#statements.set(keyOf(pod), this.#merged(pod, behaviour))
      this.#current.set(keyOf(pod), shared)
    }
  }

  #merged(pod: WorkloadInstance, behaviour: ServiceBehaviour): ServiceBehaviour {
    return { ...this.#statements.get(keyOf(pod)), ...behaviour }
  }

  #originalOf({ namespace, name }: { readonly namespace: string; readonly name: string }): Program {
    return this.#original.get(`${namespace}/${name}`)!
  }
}

function keyOf(pod: WorkloadInstance | null): string {
  return pod === null ? '' : `${pod.ref.namespace}/${pod.ref.instance}`
}
