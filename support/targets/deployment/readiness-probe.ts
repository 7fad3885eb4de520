import type { Resource } from '../../../mesh-core/config/resource.ts'
import { Headers } from '../../../mesh-core/ir/message.ts'
import type { HttpRequest } from '../../../mesh-core/ir/message.ts'
import { CallError } from '../../../mesh-core/ir/program.ts'
import type { Program, ServiceContext } from '../../../mesh-core/ir/program.ts'
import type { WorkloadInstance } from '../../../mesh-core/registry/registry.ts'

/** Times are in ms. Source: Kubernetes core/v1 `Probe`. */
export interface ReadinessProbe {
  readonly periodMs: number
  readonly timeoutMs: number
  readonly initialDelayMs: number
  readonly failureThreshold: number
  readonly successThreshold: number
  /** `null`: a connection is enough (`tcpSocket`). */
  readonly http: { readonly path: string; readonly headers: readonly { readonly name: string; readonly value: string }[] } | null
}

/**
 * The probe of a Deployment's first container that has one; `null` without any. What `exec` and `grpc` would find cannot be told by a program that stands
 * for the container, so its pods stay as they are.
 */
export function readinessProbeOf(deployment: Resource): ReadinessProbe | null {
  const containers: readonly { readonly readinessProbe?: ProbeFields }[] = deployment.object['spec']?.template?.spec?.containers ?? []
  const probe = containers.find(({ readinessProbe }) => readinessProbe?.httpGet ?? readinessProbe?.tcpSocket)?.readinessProbe
  if (!probe) return null
  return {
    periodMs: (probe.periodSeconds ?? 10) * 1000,
    timeoutMs: (probe.timeoutSeconds ?? 1) * 1000,
    initialDelayMs: (probe.initialDelaySeconds ?? 0) * 1000,
    failureThreshold: probe.failureThreshold ?? 3,
    successThreshold: probe.successThreshold ?? 1,
    http: probe.httpGet ? { path: probe.httpGet.path ?? '/', headers: probe.httpGet.httpHeaders ?? [] } : null,
  }
}

interface ProbeFields {
  readonly periodSeconds?: number
  readonly timeoutSeconds?: number
  readonly initialDelaySeconds?: number
  readonly failureThreshold?: number
  readonly successThreshold?: number
  readonly httpGet?: { readonly path?: string; readonly httpHeaders?: readonly { readonly name: string; readonly value: string }[] }
  readonly tcpSocket?: unknown
}

/** Asks the pod's program once, as the kubelet would. Source: Kubernetes `pkg/probe/http`: statuses from 200 to 399 are a success. */
export async function isHealthy(probe: ReadinessProbe, pod: WorkloadInstance, program: Program): Promise<boolean> {
  if (program.listens === false) return false
  if (probe.http === null) return true
  const watch = new StopWatch(pod)
  try {
    const { status } = await program(requestOf(probe.http, pod), watch)
    return watch.now() < probe.timeoutMs && status >= 200 && status < 400
  } catch (error) {
    if (error instanceof CallError) return false
    throw error
  }
}

function requestOf({ path, headers }: NonNullable<ReadinessProbe['http']>, { address }: WorkloadInstance): HttpRequest {
  const fields = headers.flatMap(({ name, value }) => [name.toLowerCase(), value])
  return { method: 'GET', scheme: 'http', authority: address, path, headers: new Headers(['user-agent', 'kube-probe', ...fields]), body: '' }
}

/** Measures how long a program would take, without waiting. It has nobody to call: a probe is to ask the pod itself. */
class StopWatch implements ServiceContext {
  readonly pod: ServiceContext['pod']
  #nowMs = 0

  constructor({ ref, app, version, env }: WorkloadInstance) {
    this.pod = { name: ref.instance, namespace: ref.namespace, app, version, env }
  }

  now(): number {
    return this.#nowMs
  }

  async sleep(ms: number): Promise<void> {
    this.#nowMs += ms
  }

  random(): number {
    return 0
  }

  async call(): Promise<never> {
    throw new CallError('refused')
  }
}
