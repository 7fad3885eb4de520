import { hostname } from 'node:os'
import { setTimeout as sleep } from 'node:timers/promises'
import { MeshSpecError } from '../../../../../mesh-core/config/errors.ts'
import { ApiFailure } from '../../kube/api-failure.ts'
import { Undecided } from '../../../../verdicts/failure.ts'
import { clusterError } from '../../kube/cluster-error.ts'
import type { KubeApi } from '../../kube/kube-api.ts'
import { isRunning } from './is-running.ts'
import { isHolder, keptIn } from '../restore/kept.ts'
import { LeaseObject } from './lease-object.ts'
import type { Lease } from './lease-object.ts'

const durationSeconds = 30
const renewalMs = (durationSeconds * 1000) / 3

/** Excludes two runs against one cluster: what one applies, the other would see. */
export class RunLease {
  readonly #lease: LeaseObject
  readonly #holder: string
  readonly #renewalMs: number
  readonly #onLost: (why: string) => void
  #renewal: NodeJS.Timeout | null = null
  #lost: string | null = null

  /** @param renewal ms between two renewals. @param onLost is told when somebody else has it */
  constructor(api: KubeApi, namespace: string, run: string, renewal = renewalMs, onLost: (why: string) => void = () => {}) {
    this.#onLost = onLost
    this.#renewalMs = renewal
    this.#lease = new LeaseObject(api, namespace)
    this.#holder = `${run} on ${hostname()} (pid ${process.pid})`
  }

  /** @param say is told what is waited for. @throws MeshSpecError CLUSTER_BUSY while another run holds it */
  async acquire(say: (line: string) => void = () => {}): Promise<void> {
    try {
      await this.#lease.create(this.#mine())
    } catch (error) {
      if (!(error instanceof ApiFailure)) throw error
      if (error.status !== 409) throw error.toError(`create a Lease in namespace ${this.#lease.namespace}`)
      await this.#takeOver(say)
    }
    this.#renewal = setInterval(() => void this.#renew().catch(() => {}), this.#renewalMs)
    this.#renewal.unref()
  }

  /** What is seen from then on may be another run's doing. @throws Undecided once somebody else has the Lease */
  assertHeld(): void {
    if (this.#lost !== null) throw new Undecided(this.#lost)
  }

  /** It stays, held by nobody, while it tells of something that is not put back. */
  async release(): Promise<void> {
    if (this.#renewal) clearInterval(this.#renewal)
    const held = await this.#lease.read()
    if (held?.spec.holderIdentity !== this.#holder) return
    if (keptIn(held).length === 0) return this.#lease.delete(held)
    await this.#lease.change((now) => (now?.spec.holderIdentity === this.#holder ? { ...now, spec: { ...now.spec, holderIdentity: '' } } : null))
  }

  async #takeOver(say: (line: string) => void): Promise<void> {
    const held = await this.#lease.read()
    if (held !== null && (await this.#isAlive(held, say))) throw busy(held, this.#lease.namespace)
    try {
      if (held === null) await this.#lease.create(this.#mine())
      else await this.#lease.replace({ ...held, spec: this.#mine() })
    } catch (error) {
      // Somebody else was quicker.
      const other = error instanceof ApiFailure && error.status === 409 ? await this.#lease.read() : null
      throw other
        ? busy(other, this.#lease.namespace)
        : error instanceof MeshSpecError || !(error instanceof ApiFailure)
          ? error
          : error.toError('take the Lease over')
    }
  }

  async #isAlive(held: Lease, say: (line: string) => void): Promise<boolean> {
    if (!held.spec.holderIdentity) return false
    if (mayBeAlive(held)) return true
    say(
      `run ${held.spec.holderIdentity} seems to have ended without giving the cluster back: it has ${Math.ceil(waitMs(this.#renewalMs) / 1000)} s to show that it goes on`,
    )
    return isRenewed(held, () => this.#lease.read(), this.#renewalMs)
  }

  async #renew(): Promise<void> {
    await this.#lease.change((held) => {
      if (held?.spec.holderIdentity === this.#holder) return { ...held, spec: { ...held.spec, renewTime: now() } }
      this.#lose(held)
      return null
    })
  }

  #lose(held: Lease | null): void {
    if (this.#lost !== null) return
    const what = held === null ? 'was deleted' : `is held by ${held.spec.holderIdentity ?? 'nobody'}`
    this.#lost = `the cluster is no longer this run's alone: its Lease ${this.#lease.namespace}/meshspec ${what}`
    this.#onLost(this.#lost)
  }

  #mine(): Lease['spec'] {
    const acquireTime = now()
    return { holderIdentity: this.#holder, leaseDurationSeconds: durationSeconds, acquireTime, renewTime: acquireTime }
  }
}

function now(): string {
  return new Date().toISOString().replace('Z', '000Z')
}

/** Of a run that is no more, which could not do it itself. One of which only a part has ended goes on holding it. */
export async function releaseLeaseOf(api: KubeApi, namespace: string, run: string): Promise<void> {
  const lease = new LeaseObject(api, namespace)
  const held = await lease.read().catch(() => null)
  if (!isHolder(held, run) || keptIn(held).length > 0) return
  // On another machine it has perhaps not ended.
  if (held.spec.holderIdentity!.includes(` on ${hostname()} (`) && !isOfEnded(held)) return
  await lease.delete(held)
}

/** Of whichever run that is no more. @returns whose it was; `null` where nobody holds one, or somebody who is at work, or it tells of what is not put back */
export async function dropEndedLease(api: KubeApi, namespace: string, dryRun: boolean, renewal = renewalMs): Promise<string | null> {
  const lease = new LeaseObject(api, namespace)
  const held = await lease.read()
  if (!held?.spec.holderIdentity || keptIn(held).length > 0 || mayBeAlive(held)) return null
  if (await isRenewed(held, () => lease.read(), renewal)) return null
  if (!dryRun) await lease.delete(held)
  return held.spec.holderIdentity
}

/** Is the run at work, on whatever machine? @param renewal ms between two renewals */
export async function isHeldBy(api: KubeApi, namespace: string, run: string, renewal = renewalMs): Promise<boolean> {
  const lease = new LeaseObject(api, namespace)
  const held = await lease.read()
  return isHolder(held, run) && (mayBeAlive(held) || isRenewed(held, () => lease.read(), renewal))
}

/** Of this machine it is known that the process has ended, unless another one has the same name. */
function mayBeAlive(held: Lease): boolean {
  return !isOver(held) && !isOfEnded(held)
}

function isOfEnded({ spec: { holderIdentity = '' } }: Lease): boolean {
  const [, host, pid] = / on (\S+) \(pid (\d+)\)$/.exec(holderIdentity) ?? []
  return host === hostname() && !isRunning(Number(pid))
}

/** The clock by which it seems to be over is perhaps not the one by which it was renewed: a run that is alive is seen to renew it. */
async function isRenewed({ metadata }: Lease, read: () => Promise<Lease | null>, renewal: number): Promise<boolean> {
  await sleep(waitMs(renewal))
  const now = await read()
  return now !== null && now.metadata.resourceVersion !== metadata.resourceVersion
}

/** @param renewal ms between two renewals */
function waitMs(renewal: number): number {
  return renewal * 1.2
}

function isOver({ spec }: Lease): boolean {
  const renewed = Date.parse(spec.renewTime ?? '')
  return !(renewed + (spec.leaseDurationSeconds ?? durationSeconds) * 1000 > Date.now())
}

function busy({ spec }: Lease, namespace: string): MeshSpecError {
  const problem = `another run uses this cluster: ${spec.holderIdentity ?? 'somebody'}, who was there at ${spec.renewTime ?? '?'}`
  const hint = `wait for it; if it was killed, its Lease ${namespace}/meshspec ends ${durationSeconds} s after that, and npx meshspec clean undoes what it did`
  return clusterError('CLUSTER_BUSY', problem, hint)
}
