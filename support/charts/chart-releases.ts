import { basename } from 'node:path'
import { keyOf, refOf, resourceKey } from '../../mesh-core/config/resource.ts'
import type { Resource } from '../../mesh-core/config/resource.ts'
import { StatementFailed } from '../verdicts/failure.ts'
import type { ConfigChange } from '../runs/scenario-session.ts'
import { renderChart } from './render-chart.ts'
import type { ChartInput } from './render-chart.ts'

interface Release {
  readonly chart: string
  readonly namespace: string
  /** Manifests of each, the oldest first; Helm counts them from 1, those that the mesh refused too. */
  readonly revisions: string[]
  /** Of what the mesh has taken. */
  deployed: readonly Resource[]
}

/** Reads manifests. @param label what to call the place that they come from @throws ConfigRejected */
export type ReadManifests = (text: string, label: string, namespace: string) => readonly Resource[]

/** The chart releases of a scenario, each with its revisions, as `helm install`, `upgrade` and `rollback` make them. */
export class ChartReleases {
  readonly #releases = new Map<string, Release>()
  readonly #read: ReadManifests
  readonly #render: (input: ChartInput) => Promise<string>

  constructor(read: ReadManifests, render = renderChart) {
    this.#read = read
    this.#render = render
  }

  /**
   * Revision 1 of a release of the chart's own name.
   * @param chart path
   * @throws StatementFailed when there is one of that name already
   */
  async install(chart: string, namespace: string, values: string, take: Take): Promise<void> {
    const name = basename(chart).replace(/(?:-\d+\.\d+\.\d+[^/]*)?\.tgz$/, '')
    if (this.#releases.has(name)) throw new StatementFailed(`there is a chart release "${name}" already; upgrade it`)
    const release: Release = { chart, namespace, revisions: [], deployed: [] }
    this.#releases.set(name, release)
    await this.#deploy(name, release, await this.#render({ release: name, chart, namespace, values }), take)
  }

  /** Values of revisions before do not count, as with `helm upgrade`. @throws StatementFailed for a release that there is not */
  async upgrade(name: string, values: string, take: Take): Promise<void> {
    const release = this.#named(name)
    await this.#deploy(name, release, await this.#render({ ...release, release: name, values }), take)
  }

  /** A new revision, with what that one had. @throws StatementFailed */
  async rollBack(name: string, revision: number, take: Take): Promise<void> {
    const release = this.#named(name)
    const manifests = release.revisions[revision - 1]
    if (manifests === undefined)
      throw new StatementFailed(
        `the chart release "${name}" has no revision ${revision}; it has ${release.revisions.map((_, i) => i + 1).join(', ')}`,
      )
    await this.#deploy(name, release, manifests, take)
  }

  async #deploy(name: string, release: Release, manifests: string, take: Take): Promise<void> {
    const apply = this.#read(manifests, `chart ${name}, revision ${release.revisions.push(manifests)}`, release.namespace)
    const stays = new Set(apply.map(keyOf))
    const remove = release.deployed.map(refOf).filter((ref) => !stays.has(resourceKey(ref)))
    await take({ apply, remove })
    release.deployed = apply
  }

  #named(name: string): Release {
    const release = this.#releases.get(name)
    if (release) return release
    const known = [...this.#releases.keys()].map((other) => `"${other}"`).join(', ')
    throw new StatementFailed(`there is no chart release "${name}"; ${known === '' ? 'no chart was given' : `there is ${known}`}`)
  }
}

/** Brings a change to the mesh. @throws ConfigRejected: then nothing of it is there */
type Take = (change: ConfigChange) => Promise<void>
