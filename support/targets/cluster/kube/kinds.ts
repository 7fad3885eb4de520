import type { KubeObject, ResourceRef } from '../../../../mesh-core/config/resource.ts'
import { NotSupported } from '../../target.ts'
import { ApiFailure } from './api-failure.ts'
import type { KubeApi } from './kube-api.ts'

/** A kind as the API server serves it. */
interface ServedKind {
  readonly plural: string
  readonly namespaced: boolean
}

interface ApiResourceList {
  readonly resources: readonly { readonly name: string; readonly kind: string; readonly namespaced: boolean }[]
}

/** Source: Kubernetes `metav1.APIGroup`. */
interface ApiGroup {
  readonly preferredVersion: { readonly groupVersion: string }
  readonly versions?: readonly { readonly groupVersion: string }[]
}

/** Where objects of each kind are found; asked of the API server once for each version of a group. */
export class Kinds {
  readonly #api: KubeApi
  readonly #known = new Map<string, Promise<ReadonlyMap<string, ServedKind>>>()
  readonly #groups = new Map<string, Promise<ApiGroup | null>>()

  constructor(api: KubeApi) {
    this.#api = api
  }

  /** @throws NotSupported for a kind that is not installed */
  async pathOf({ apiVersion, kind, metadata }: KubeObject): Promise<string> {
    return `${await this.collectionOf(apiVersion, kind, metadata.namespace ?? '')}/${metadata.name}`
  }

  async pathOfRef({ group, kind, namespace, name }: ResourceRef): Promise<string> {
    return `${await this.collectionOf(await this.versionWith(group, kind), kind, namespace)}/${name}`
  }

  /** The version that the cluster prefers of those that have the kind: what has not grown up (`v1alpha3` of an EnvoyFilter) is not in the one that it prefers of the group. */
  async versionWith(group: string, kind: string): Promise<string> {
    if (group === '') return 'v1'
    const preferred = await this.versionOf(group)
    const others = (await this.#groups.get(group))?.versions ?? []
    for (const { groupVersion } of [{ groupVersion: preferred }, ...others]) if ((await this.#kindsOf(groupVersion)).has(kind)) return groupVersion
    return preferred
  }

  /** @throws NotSupported for a kind that is not installed */
  async collectionOf(apiVersion: string, kind: string, namespace: string): Promise<string> {
    const served = (await this.#kindsOf(apiVersion)).get(kind)
    if (!served) throw new NotSupported('config', `the cluster does not have the kind ${kind} of ${apiVersion}: its CRD is not installed`)
    const place = served.namespaced ? `/namespaces/${namespace}` : ''
    return `${baseOf(apiVersion)}${place}/${served.plural}`
  }

  /**
   * The version of the kind's group by which the cluster has it: the one that is said, else the one that it prefers, since versions of a kind that has grown up
   * (`v1alpha2` of a TCPRoute) are served no more.
   */
  async servedVersion(apiVersion: string, kind: string): Promise<string> {
    if ((await this.#kindsOf(apiVersion)).has(kind) || !apiVersion.includes('/')) return apiVersion
    const other = await this.versionWith(apiVersion.slice(0, apiVersion.indexOf('/')), kind)
    return (await this.#kindsOf(other)).has(kind) ? other : apiVersion
  }

  async isNamespaced(apiVersion: string, kind: string): Promise<boolean> {
    return (await this.#kindsOf(apiVersion)).get(kind)?.namespaced ?? true
  }

  /** Plural, as rules of RBAC name it. @throws NotSupported */
  async pluralOf(apiVersion: string, kind: string): Promise<string> {
    return (await this.collectionOf(apiVersion, kind, '')).split('/').at(-1)!
  }

  /** `networking.istio.io/v1`, the version that the cluster prefers. @throws NotSupported for a group that is not installed */
  async versionOf(group: string): Promise<string> {
    if (group === '') return 'v1'
    if (!this.#groups.has(group)) this.#groups.set(group, this.#api.get<ApiGroup>(`/apis/${group}`))
    const found = await this.#groups.get(group)!
    if (found === null) throw new NotSupported('config', `the cluster does not have the API group ${group}: its CRDs are not installed`)
    return found.preferredVersion.groupVersion
  }

  #kindsOf(apiVersion: string): Promise<ReadonlyMap<string, ServedKind>> {
    const known = this.#known.get(apiVersion)
    if (known) return known
    const asked = this.#ask(apiVersion)
    this.#known.set(apiVersion, asked)
    // What failed is asked again.
    asked.catch(() => this.#known.delete(apiVersion))
    return asked
  }

  async #ask(apiVersion: string): Promise<ReadonlyMap<string, ServedKind>> {
    try {
      const list = await this.#api.get<ApiResourceList>(baseOf(apiVersion))
      const own = (list?.resources ?? []).filter(({ name }) => !name.includes('/'))
      return new Map(own.map(({ name, kind, namespaced }) => [kind, { plural: name, namespaced }]))
    } catch (error) {
      throw error instanceof ApiFailure ? error.toError(`list the kinds of ${apiVersion}`) : error
    }
  }
}

function baseOf(apiVersion: string): string {
  return apiVersion.includes('/') ? `/apis/${apiVersion}` : `/api/${apiVersion}`
}
