import { hostname } from 'node:os'
import { setTimeout as sleep } from 'node:timers/promises'
import { MeshSpecError } from '../../../../mesh-core/config/errors.ts'
import { ApiFailure } from '../kube/api-failure.ts'
import { Undecided } from '../../../failure.ts'
import { clusterError } from '../kube/cluster-error.ts'
import type { KubeApi } from '../kube/kube-api.ts'
import { wholeOf } from '../lanes/lane.ts'
import { isRunning } from './is-running.ts'

/** Source: Kubernetes `coordination.k8s.io/v1` Lease. */
interface Lease {
  readonly apiVersion: string
  readonly kind: string
  readonly metadata: { readonly name: string; readonly namespace: string; readonly resourceVersion?: string }
  readonly spec: {
    readonly holderIdentity?: string
    readonly leaseDurationSeconds?: number
    readonly renewTime?: string
    readonly acquireTime?: string
  }
}

const name = 'meshspec'
const durationSeconds = 30
const renewalMs = (durationSeconds * 1000) / 3

/** Excludes two runs against one cluster: what one applies, the other would see. */
export class RunLease {
  readonly #api: KubeApi
  readonly #path: string
  readonly #namespace: string
  readonly #holder: string
  readonly #renewalMs: number
  readonly #onLost: (why: string) => void
  #renewal: NodeJS.Timeout | null = null
  #lost: string | null = null

  /** @param renewal ms between two renewals. @param onLost is told when somebody else has it */
  constructor(api: KubeApi, namespace: string, run: string, renewal = renewalMs, onLost: (why: string) => void = () => {}) {
    this.#onLost = onLost
    this.#api = api
    this.#renewalMs = renewal
    this.#namespace = namespace
    this.#path = `/apis/coordination.k8s.io/v1/namespaces/${namespace}/leases`
    this.#holder = `${run} on ${hostname()} (pid ${process.pid})`
  }

  /** @throws MeshSpecError CLUSTER_BUSY while another run holds it */
  async acquire(): Promise<void> {
    try {
      await this.#api.send({ method: 'POST', path: this.#path, body: this.#mine() })
    } catch (error) {
      if (!(error instanceof ApiFailure)) throw error
      if (error.status !== 409) throw error.toError(`create a Lease in namespace ${this.#namespace}`)
      await this.#takeOver()
    }
    this.#renewal = setInterval(() => void this.#renew().catch(() => {}), this.#renewalMs)
    this.#renewal.unref()
  }

  /** What is seen from then on may be another run's doing. @throws Undecided once somebody else has the Lease */
  assertHeld(): void {
    if (this.#lost !== null) throw new Undecided(this.#lost)
  }

  async release(): Promise<void> {
    if (this.#renewal) clearInterval(this.#renewal)
    const held = await this.#read()
    if (held?.spec.holderIdentity !== this.#holder) return
    const preconditions = { resourceVersion: held.metadata.resourceVersion }
    await this.#api.send({ method: 'DELETE', path: `${this.#path}/${name}`, body: { preconditions } }).catch(() => {})
  }

  async #takeOver(): Promise<void> {
    const held = await this.#read()
    if (held !== null && (!isOver(held) || (await isRenewed(held, () => this.#read(), this.#renewalMs)))) throw busy(held, this.#namespace)
    try {
      if (held === null) await this.#api.send({ method: 'POST', path: this.#path, body: this.#mine() })
      else await this.#api.send({ method: 'PUT', path: `${this.#path}/${name}`, body: this.#mine(held.metadata.resourceVersion) })
    } catch (error) {
      // Somebody else was quicker.
      const other = error instanceof ApiFailure && error.status === 409 ? await this.#read() : null
      throw other
        ? busy(other, this.#namespace)
        : error instanceof MeshSpecError || !(error instanceof ApiFailure)
          ? error
          : error.toError('take the Lease over')
    }
  }

  async #renew(): Promise<void> {
    const held = await this.#read()
    if (held?.spec.holderIdentity !== this.#holder) {
      if (this.#lost !== null) return
      this.#lost = `the cluster is no longer this run's alone: its Lease ${this.#namespace}/${name} ${held === null ? 'was deleted' : `is held by ${held.spec.holderIdentity ?? 'nobody'}`}`
      return this.#onLost(this.#lost)
    }
    await this.#api.send({ method: 'PUT', path: `${this.#path}/${name}`, body: this.#mine(held.metadata.resourceVersion) })
  }

  #read(): Promise<Lease | null> {
    return this.#api.get<Lease>(`${this.#path}/${name}`)
  }

  #mine(resourceVersion?: string): Lease {
    const now = new Date().toISOString().replace('Z', '000Z')
    return {
      apiVersion: 'coordination.k8s.io/v1',
      kind: 'Lease',
      metadata: { name, namespace: this.#namespace, ...(resourceVersion !== undefined && { resourceVersion }) },
      spec: { holderIdentity: this.#holder, leaseDurationSeconds: durationSeconds, acquireTime: now, renewTime: now },
    }
  }
}

/** Of a run that is no more, which could not do it itself. One of which only a part has ended goes on holding it. */
export async function releaseLeaseOf(api: KubeApi, namespace: string, run: string): Promise<void> {
  const path = `/apis/coordination.k8s.io/v1/namespaces/${namespace}/leases/${name}`
  const held = await api.get<Lease>(path).catch(() => null)
  const holder = held?.spec.holderIdentity
  if (!held || !holder?.startsWith(`${wholeOf(run)} on `)) return
  const [, host, pid] = / on (\S+) \(pid (\d+)\)$/.exec(holder) ?? []
  if (host === hostname() && isRunning(Number(pid))) return
  const preconditions = { resourceVersion: held.metadata.resourceVersion }
  await api.send({ method: 'DELETE', path, body: { preconditions } }).catch(() => {})
}

/** Is the run at work, on whatever machine? @param renewal ms between two renewals */
export async function isHeldBy(api: KubeApi, namespace: string, run: string, renewal = renewalMs): Promise<boolean> {
  const read = () => api.get<Lease>(`/apis/coordination.k8s.io/v1/namespaces/${namespace}/leases/${name}`)
  const held = await read()
  if (!held?.spec.holderIdentity?.startsWith(`${wholeOf(run)} on `)) return false
  return !isOver(held) || isRenewed(held, read, renewal)
}

/** The clock by which it seems to be over is perhaps not the one by which it was renewed: a run that is alive is seen to renew it. */
async function isRenewed({ metadata }: Lease, read: () => Promise<Lease | null>, renewal: number): Promise<boolean> {
  await sleep(renewal * 1.2)
  const now = await read()
  return now !== null && now.metadata.resourceVersion !== metadata.resourceVersion
}

function isOver({ spec }: Lease): boolean {
  const renewed = Date.parse(spec.renewTime ?? '')
  return !(renewed + (spec.leaseDurationSeconds ?? durationSeconds) * 1000 > Date.now())
}

function busy({ spec }: Lease, namespace: string): MeshSpecError {
  const problem = `another run uses this cluster: ${spec.holderIdentity ?? 'somebody'}, who was there at ${spec.renewTime ?? '?'}`
  const hint = `wait for it; if it was killed, its Lease ${namespace}/${name} ends ${durationSeconds} s after that, and npx meshspec clean undoes what it did`
  return clusterError('CLUSTER_BUSY', problem, hint)
}
