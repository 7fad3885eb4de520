import { hostname } from 'node:os'
import { gunzipSync, gzipSync } from 'node:zlib'
import type { ResourceRef } from '../../../../../mesh-core/config/resource.ts'
import { Undecided } from '../../../../verdicts/failure.ts'
import { NotSupported } from '../../../target.ts'
import { wholeOf } from '../../lanes/lane.ts'
import type { Keeper, Touched } from './ledger.ts'
import type { Lease, LeaseObject } from '../lease/lease-object.ts'

/** Of something whose content is on the disk of one machine alone: Leases are read by many, what is in a Secret is not for them. */
export interface Withheld {
  readonly ref: ResourceRef
  readonly on: string
}

/** What a run has touched outside of its own namespaces and not put back, as its Lease tells it. */
export interface Kept {
  readonly run: string
  /** The last one first. */
  readonly touched: readonly (Touched | Withheld)[]
}

/** An annotation for each process of the run: JSON, compressed by gzip, in base64. */
const prefix = 'kept.meshspec.dev/'

/** Of all annotations of an object together. Source: Kubernetes `apimachinery/pkg/api/validation` (TotalAnnotationSizeLimitB). */
const mostBytes = 256 * 1024

export function keptIn(lease: Lease | null): readonly Kept[] {
  const own = Object.entries(lease?.metadata.annotations ?? {}).filter(([key]) => key.startsWith(prefix))
  return own.map(([key, text]) => ({
    run: key.slice(prefix.length),
    touched: JSON.parse(String(gunzipSync(Buffer.from(text, 'base64')))) as Kept['touched'],
  }))
}

/** @throws NotSupported for more than a Lease can hold */
export function withKept(lease: Lease, { run, touched }: Kept): Lease {
  const { [`${prefix}${run}`]: _, ...others } = lease.metadata.annotations ?? {}
  const own = touched.length === 0 ? {} : { [`${prefix}${run}`]: gzipSync(JSON.stringify(touched)).toString('base64') }
  const annotations = { ...others, ...own }
  const bytes = Object.entries(annotations).reduce((sum, [key, text]) => sum + Buffer.byteLength(key + text), 0)
  if (bytes > mostBytes)
    throw new NotSupported('config', `what stood before, and is to be put back, is more than a Lease can keep: ${Math.ceil(bytes / 1024)} KiB`)
  return { ...lease, metadata: { ...lease.metadata, annotations } }
}

/** Is the Lease the run's, whichever of its processes asks? */
export function isHolder(lease: Lease | null, run: string): lease is Lease {
  return lease?.spec.holderIdentity?.startsWith(`${wholeOf(run)} on `) ?? false
}

/** Keeps in the Lease of the run what its ledger has on the disk, so that whoever reaches the cluster can put it back. */
export class KeptInLease implements Keeper {
  readonly #lease: LeaseObject
  readonly #run: string
  #wanted: readonly Touched[] = []
  #written: readonly Touched[] = this.#wanted
  #writing: Promise<void> | null = null

  /** @param run a part of one has its own */
  constructor(lease: LeaseObject, run: string) {
    this.#lease = lease
    this.#run = run
  }

  keep(touched: readonly Touched[]): void {
    if (touched.length > 0 || this.#written.length > 0 || this.#writing !== null) this.#wanted = touched
    this.settled().catch(() => {})
  }

  async settled(): Promise<void> {
    while (this.#wanted !== this.#written) await (this.#writing ??= this.#write().finally(() => (this.#writing = null)))
  }

  /** What comes while it writes waits for the next time. */
  async #write(): Promise<void> {
    // What is touched at once is written at once.
    await null
    const wanted = this.#wanted
    await this.#lease.change((held) => {
      if (!isHolder(held, this.#run)) throw new Undecided("the cluster is no longer this run's alone: it does not hold the Lease")
      return withKept(held, { run: this.#run, touched: wanted.map(shared) })
    })
    this.#written = wanted
  }
}

function shared(touched: Touched): Touched | Withheld {
  return touched.ref.kind === 'Secret' && touched.before !== null ? { ref: touched.ref, on: hostname() } : touched
}

/** What the run has touched is put back. A Lease that nobody holds goes with the last of it. */
export async function forgetKept(lease: LeaseObject, run: string): Promise<void> {
  await lease.change((held) => (held && keptIn(held).some((one) => one.run === run) ? withKept(held, { run, touched: [] }) : null))
  const now = await lease.read()
  if (now && !now.spec.holderIdentity && keptIn(now).length === 0) await lease.delete(now)
}
