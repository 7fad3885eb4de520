import type { Program } from '../../../mesh-core/ir/program.ts'
import type { WorkloadInstance } from '../../../mesh-core/registry/registry.ts'
import { isHealthy, type ReadinessProbe } from './readiness-probe.ts'

/** A pod that is probed. */
export interface ProbedPod {
  readonly pod: WorkloadInstance
  readonly probe: ReadinessProbe
  readonly program: Program
}

interface Record {
  nextMs: number
  ready: boolean
  /** Consecutive results that speak against `ready`. */
  against: number
}

/**
 * Probes pods as time passes, and knows which of them do not answer as their readiness probes want. A pod begins as ready: a scenario begins when its
 * services are there. Time is counted only where a scenario lets it pass. Source: Kubernetes `pkg/kubelet/prober/worker.go`.
 */
export class Kubelet {
  #nowMs = 0
  readonly #records = new Map<string, Record>()

  /** `namespace/pod` of those that failed too often. */
  get failing(): readonly string[] {
    return [...this.#records].filter(([, { ready }]) => !ready).map(([key]) => key)
  }

  /**
   * Lets `ms` pass in steps, from one probe to the next.
   * @param pods those that are there now; asked again after each step
   * @param pass lets time pass in the mesh
   * @param changed called when a pod has become ready, or is no longer
   */
  async elapse(
    ms: number,
    pods: () => readonly ProbedPod[],
    pass: (ms: number) => Promise<void>,
    changed: (pods: readonly WorkloadInstance[]) => Promise<void>,
  ): Promise<void> {
    const endMs = this.#nowMs + ms
    for (;;) {
      const due = pods().map((probed) => ({ probed, record: this.#recordOf(probed) }))
      const nextMs = Math.min(endMs, ...due.map(({ record }) => record.nextMs))
      await pass(nextMs - this.#nowMs)
      this.#nowMs = nextMs
      const turned: WorkloadInstance[] = []
      for (const { probed, record } of due) if (record.nextMs <= nextMs && (await turns(probed, record))) turned.push(probed.pod)
      if (turned.length > 0) await changed(turned)
      if (nextMs >= endMs) return
    }
  }

  #recordOf({ pod, probe }: ProbedPod): Record {
    const key = `${pod.ref.namespace}/${pod.ref.instance}`
    let record = this.#records.get(key)
    if (!record) this.#records.set(key, (record = { nextMs: this.#nowMs + Math.max(probe.initialDelayMs, probe.periodMs), ready: true, against: 0 }))
    return record
  }
}

/** Probes once. @returns whether the pod has become ready, or is no longer */
async function turns({ pod, probe, program }: ProbedPod, record: Record): Promise<boolean> {
  record.nextMs += probe.periodMs
  record.against = (await isHealthy(probe, pod, program)) === record.ready ? 0 : record.against + 1
  if (record.against < (record.ready ? probe.failureThreshold : probe.successThreshold)) return false
  record.ready = !record.ready
  record.against = 0
  return true
}
