import { setTimeout as sleep } from 'node:timers/promises'
import { ConfigRejected } from '../../../mesh-core/config/errors.ts'
import { keyOf, refOf, resourceKey } from '../../../mesh-core/config/resource.ts'
import type { KubeObject, Resource, ResourceRef } from '../../../mesh-core/config/resource.ts'
import { hasPodTemplate } from '../../../mesh-core/config/workload-kinds.ts'
import { NotSupported } from '../target.ts'
import { furthest, reachOf } from './lanes/reach.ts'
import { workloadKinds } from './pods/deployments.ts'
import type { ScenarioPods } from './pods/scenario-pods.ts'
import type { Unproven } from './run/barrier/unproven.ts'
import type { ClusterRun } from './run/cluster-run.ts'
import type { ClusterWords } from './run/cluster-words.ts'
import type { ServedKeys } from './run/gateways/served-keys.ts'
import { isNameOutside, namesIn } from './run/outside/outside.ts'
import type { ScenarioObjects } from './run/scenario-objects.ts'

/**
 * ms until the API server goes by a right that was granted: it learns of it by a watch of its own, and istiod, which asks whether an account may read a credential,
 * remembers a refusal for a minute. Source: Istio `pilot/pkg/credentials/kube/secrets.go` (Authorize).
 */
const rightsMs = 1000

interface Parts {
  readonly run: ClusterRun
  readonly words: ClusterWords
  /** Where it is put. */
  readonly objects: ScenarioObjects
  readonly pods: ScenarioPods
  readonly unproven: Unproven
  readonly keys: ServedKeys
}

/** What a scenario has given so far, and its way into the cluster: services are deployed, keys are served, the mesh's config is changed, all else is applied. */
export class GivenConfig {
  readonly #run: ClusterRun
  readonly #words: ClusterWords
  readonly #objects: ScenarioObjects
  readonly #pods: ScenarioPods
  readonly #unproven: Unproven
  readonly #keys: ServedKeys
  /** In the scenario's words. */
  readonly #given = new Map<string, Resource>()
  #changesMesh = false

  constructor({ run, words, objects, pods, unproven, keys }: Parts) {
    this.#run = run
    this.#words = words
    this.#objects = objects
    this.#pods = pods
    this.#unproven = unproven
    this.#keys = keys
  }

  get resources(): readonly Resource[] {
    return [...this.#given.values()]
  }

  /** Whether it has changed the mesh's own config. */
  get changesMesh(): boolean {
    return this.#changesMesh
  }

  /** That run services. */
  workloadsIn(namespaces: readonly string[]): readonly Resource[] {
    return this.resources.filter((resource) => hasPodTemplate(resource) && namespaces.includes(resource.namespace))
  }

  /** @throws ConfigRejected, NotSupported; MeshSpecError of the cluster */
  async put(resources: readonly Resource[]): Promise<void> {
    this.#run.assertPermitted('config')
    await this.#put(resources)
    for (const resource of resources) this.#given.set(keyOf(resource), resource)
  }

  /** @throws NotSupported; MeshSpecError of the cluster */
  async remove(refs: readonly ResourceRef[]): Promise<void> {
    this.#run.assertPermitted('config')
    const real = await Promise.all(refs.map(async (ref) => ({ ...ref, namespace: ref.namespace && (await this.#words.use(ref.namespace)) })))
    await this.#objects.remove(real)
    await this.#objects.apply((await this.#words.outboundChanges(this.#objects.applied, [])).apply)
    for (const ref of refs) this.#given.delete(resourceKey(ref))
    this.#unproven.addConfig(refs, this.#run.hasSent)
  }

  async #put(resources: readonly Resource[]): Promise<void> {
    this.#run.assertAlone()
    // Names first: an object may speak of a namespace of another one.
    for (const { namespace } of resources) if (namespace !== '') await this.#words.use(namespace)
    const labelled = this.#words.takeLabels(resources)
    const workloads = [...this.workloadsIn(labelled), ...resources.filter((resource) => this.#isWorkload(resource))]
    if (workloads.length > 0) await this.#deploy(workloads, resources)
    const meshConfig = await this.#meshConfigOf(resources)
    const others = await this.#keyed(this.#othersOf(resources.filter((resource) => !workloads.includes(resource))), resources)
    if (others.some(({ kind }) => kind === 'Service')) this.#pods.forget()
    const { namespaces, outside } = this.#run
    await outside?.know(namesIn(resources).filter((name) => isNameOutside(namespaces.host(name), this.#isOwn)))
    const config = [...(await this.#configOf(others)), ...meshConfig]
    await this.#unproven.hold(furthest(config.map((object) => reachOf(object, this.#isOwn))))
    if (!(await this.#applied(config, resources))) return
    if (meshConfig.length > 0) await this.#run.meshConfig?.taken()
    if (config.some(isRight)) await sleep(rightsMs)
    this.#unproven.addConfig([...resources, ...others].map(refOf), this.#run.hasSent)
  }

  /** @returns the mesh's own, where it is to change. @throws NotSupported */
  async #meshConfigOf(resources: readonly Resource[]): Promise<readonly KubeObject[]> {
    const changed: KubeObject[] = []
    for (const one of resources.filter(({ kind }) => kind === 'MeshConfig')) {
      const map = await this.#words.meshConfig(one, () => this.#unproven.hold('mesh'))
      if (map !== null) changed.push(map)
    }
    this.#changesMesh ||= changed.length > 0
    return changed
  }

  /** Keys are where the rules say that are applied; those of before say it anew. */
  async #keyed(others: readonly Resource[], resources: readonly Resource[]): Promise<readonly Resource[]> {
    const isRule = ({ kind }: Resource): boolean => kind === 'RequestAuthentication'
    const isKeys = ({ kind }: Resource): boolean => kind === 'JsonWebKeySet'
    const before = resources.some(isKeys) ? this.resources.filter(isRule) : []
    const all = [...this.resources, ...resources]
    const stated = new Map([...before, ...others].filter((one) => !isKeys(one)).map((one) => [keyOf(one), one]))
    return Promise.all(
      [...stated.values()].map(async (one) => (isRule(one) ? { ...one, object: await this.#keys.readdressed(one.object, all) } : one)),
    )
  }

  /** Of the mesh config objects of the run's own are made; Sidecars take from it what they do not say. */
  #othersOf(resources: readonly Resource[]): readonly Resource[] {
    const meshConfigs = resources.filter(({ kind }) => kind === 'MeshConfig')
    const given = meshConfigs.length === 0 ? [] : this.resources.filter(({ kind }) => kind === 'Sidecar')
    return [...given, ...resources].filter(({ kind }) => kind !== 'MeshConfig')
  }

  async #configOf(resources: readonly Resource[]): Promise<readonly KubeObject[]> {
    const config = await Promise.all(resources.map((resource) => this.#words.config(resource)))
    const { apply, remove } = await this.#words.outboundChanges(this.#objects.applied, config)
    await this.#objects.remove(remove)
    return [...config, ...apply]
  }

  /** What is there already from a scenario before stands in the proxies as well, but for what that has left. */
  async #deploy(workloads: readonly Resource[], resources: readonly Resource[]): Promise<void> {
    assertDeploys(this.#run, 'services')
    this.#pods.forget()
    const all = [...this.resources, ...resources]
    const asked = await Promise.all(workloads.map(async (one) => this.#run.deployments.ask(await this.#words.workload(one, all))))
    this.#unproven.add(asked.includes(true) ? 'all' : 'routes')
  }

  /** What a run deploys. Among services that are the user's own, a Service of the scenario's is config like any other: it is put back, or taken away. */
  #isWorkload({ kind, namespace }: Resource): boolean {
    const { deploy } = this.#run.settings
    const isForOthers = kind === 'Service' && !deploy && this.#run.namespaces.isNamed(this.#run.namespaces.real(namespace))
    return workloadKinds.has(kind) && !isForOthers
  }

  /** What the cluster refuses is told in its words, and then in ours, which know the line. */
  async #applied(config: readonly KubeObject[], resources: readonly Resource[]): Promise<boolean> {
    try {
      return await this.#objects.apply(config)
    } catch (error) {
      if (!(error instanceof ConfigRejected)) throw error
      const { validateResource } = await import('../../../mesh-core/config/validate.ts')
      throw new ConfigRejected([...error.errors, ...resources.flatMap((resource) => validateResource(resource).errors)])
    }
  }

  readonly #isOwn = (namespace: string): boolean => this.#run.namespaces.all.includes(namespace)
}

/** @throws NotSupported where a run is not to deploy */
export function assertDeploys(run: ClusterRun, what: string): void {
  if (!run.settings.deploy) throw new NotSupported('workloads', `the scenario asks for ${what}, which --deploy would put into the cluster`)
  run.assertPermitted('workloads')
}

function isRight({ apiVersion }: KubeObject): boolean {
  return apiVersion.startsWith('rbac.authorization.k8s.io/')
}
