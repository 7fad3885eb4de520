import { setTimeout as sleep } from 'node:timers/promises'
import { ApiFailure } from '../../kube/api-failure.ts'
import type { KubeApi } from '../../kube/kube-api.ts'

/** Source: Kubernetes `coordination.k8s.io/v1` Lease. */
export interface Lease {
  readonly apiVersion: string
  readonly kind: string
  readonly metadata: {
    readonly name: string
    readonly namespace: string
    readonly resourceVersion?: string
    readonly annotations?: Readonly<Record<string, string>>
  }
  readonly spec: {
    readonly holderIdentity?: string
    readonly leaseDurationSeconds?: number
    readonly renewTime?: string
    readonly acquireTime?: string
  }
}

const name = 'meshspec'

/** How often somebody else of the run may be quicker. */
const conflicts = 8

/** The one Lease that runs hold against a cluster. */
export class LeaseObject {
  readonly namespace: string
  readonly #api: KubeApi
  readonly #collection: string

  constructor(api: KubeApi, namespace: string) {
    this.#api = api
    this.namespace = namespace
    this.#collection = `/apis/coordination.k8s.io/v1/namespaces/${namespace}/leases`
  }

  read(): Promise<Lease | null> {
    return this.#api.get<Lease>(this.#path)
  }

  /** @throws ApiFailure 409 where there is one */
  async create(spec: Lease['spec']): Promise<void> {
    const body = { apiVersion: 'coordination.k8s.io/v1', kind: 'Lease', metadata: { name, namespace: this.namespace }, spec }
    await this.#api.send({ method: 'POST', path: this.#collection, body })
  }

  /** @throws ApiFailure 409 where it has changed since */
  async replace(lease: Lease): Promise<void> {
    await this.#api.send({ method: 'PUT', path: this.#path, body: lease })
  }

  /** @param edit makes of the Lease that is there another one; `null`: it stays as it is */
  async change(edit: (held: Lease | null) => Lease | null): Promise<void> {
    for (let attempt = 1; ; attempt++) {
      const wanted = edit(await this.read())
      if (wanted === null) return
      try {
        return await this.replace(wanted)
      } catch (error) {
        if (!(error instanceof ApiFailure) || error.status !== 409 || attempt === conflicts) throw error
        await sleep(10 * attempt)
      }
    }
  }

  /** Unless somebody has changed it since. */
  async delete({ metadata: { resourceVersion } }: Lease): Promise<void> {
    await this.#api.send({ method: 'DELETE', path: this.#path, body: { preconditions: { resourceVersion } } }).catch(() => {})
  }

  get #path(): string {
    return `${this.#collection}/${name}`
  }
}
