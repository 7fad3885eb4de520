import { NotSupported } from '../../../target.ts'
import type { Capability } from '../../../target.ts'
import { ApiFailure } from '../../kube/api-failure.ts'
import type { KubeApi } from '../../kube/kube-api.ts'
import type { Purpose, Right } from './rights.ts'

/** One thing that a run does to a cluster. Source: Kubernetes `authorization.k8s.io/v1` ResourceAttributes. */
export interface Permission {
  readonly verb: string
  readonly group: string
  /** Plural, perhaps with its part: `pods/exec`. */
  readonly resource: string
  /** `''`: all of them. */
  readonly name: string
  /** `''`: in the whole cluster. */
  readonly namespace: string
  readonly purposes: readonly Purpose[]
}

interface Review {
  readonly status: { readonly allowed: boolean }
}

/** Where rights have to hold. */
export interface RightsPlaces {
  /** That stand for those of scenarios; none: the run makes some, of which nobody knows the names. */
  readonly named: readonly string[]
  readonly controlPlane: string
  readonly lease: string
}

/** What a user may do of all that a run does, asked before anything is done. */
export class Permissions {
  readonly #api: KubeApi
  readonly #missing: readonly Permission[]
  /** By kind and namespace: of kinds that were not asked for beforehand. */
  readonly #later = new Map<string, Promise<readonly string[]>>()
  readonly #asked: ReadonlySet<string>

  private constructor(api: KubeApi, asked: readonly Permission[], missing: readonly Permission[]) {
    this.#api = api
    this.#missing = missing
    this.#asked = new Set(asked.map(kindOf))
  }

  /** @param known what is missing, where another process of the run has asked. @throws MeshSpecError where the API server does not say */
  static async ask(api: KubeApi, rights: readonly Right[], places: RightsPlaces, known: readonly Permission[] | null = null): Promise<Permissions> {
    const wanted = rights.flatMap((right) => permissionsOf(right, places))
    if (known !== null) return new Permissions(api, wanted, known)
    const allowed = await Promise.all(wanted.map((permission) => isAllowed(api, permission)))
    return new Permissions(
      api,
      wanted,
      wanted.filter((_, i) => !allowed[i]),
    )
  }

  get missing(): readonly Permission[] {
    return this.#missing
  }

  /** What is missing for the purpose: `create deployments.apps`. A purpose that is only partly served, as of config of many kinds, lacks nothing. */
  missingFor(purpose: Purpose): readonly string[] {
    return this.#missing.filter(({ purposes }) => purposes.includes(purpose)).map(shown)
  }

  /** Rules that an administrator would have to grant, a line each; `''` for none. */
  get toGrant(): string {
    return describe(this.#missing)
  }

  /**
   * @param what the kind as RBAC names it
   * @throws NotSupported where the user may not change objects of the kind
   */
  async assertMayChange(what: Pick<Permission, 'group' | 'resource' | 'namespace'>, verbs: readonly string[]): Promise<void> {
    const missing = this.#asked.has(kindOf(what))
      ? this.#missing.filter((one) => kindOf(one) === kindOf(what)).map(shown)
      : await this.#askLater(what, verbs)
    if (missing.length > 0) throw notPermitted('config', missing)
  }

  #askLater(what: Pick<Permission, 'group' | 'resource' | 'namespace'>, verbs: readonly string[]): Promise<readonly string[]> {
    const key = kindOf(what)
    const known = this.#later.get(key)
    if (known) return known
    const wanted = verbs.map((verb): Permission => ({ ...what, verb, name: '', purposes: ['config'] }))
    const asked = Promise.all(wanted.map((permission) => isAllowed(this.#api, permission)))
    const missing = asked.then((allowed) => wanted.filter((_, i) => !allowed[i]).map(shown))
    this.#later.set(key, missing)
    return missing
  }
}

export function notPermitted(capability: Capability, missing: readonly string[]): NotSupported {
  return new NotSupported(capability, `not permitted: ${missing.join(', ')}`)
}

function permissionsOf({ group, resources, verbs, name = '', where, purposes }: Right, places: RightsPlaces): readonly Permission[] {
  const namespaces = {
    scenarios: places.named.length > 0 ? places.named : [''],
    'control-plane': [places.controlPlane],
    lease: [places.lease],
    cluster: [''],
  }[where]
  return namespaces.flatMap((namespace) =>
    resources.flatMap((resource) => verbs.map((verb) => ({ verb, group, resource, name, namespace, purposes }))),
  )
}

async function isAllowed(api: KubeApi, { verb, group, resource, name, namespace }: Permission): Promise<boolean> {
  const [plural, subresource] = resource.split('/')
  const resourceAttributes = {
    verb,
    group,
    resource: plural,
    ...(subresource && { subresource }),
    ...(name && { name }),
    ...(namespace && { namespace }),
  }
  const body = { apiVersion: 'authorization.k8s.io/v1', kind: 'SelfSubjectAccessReview', spec: { resourceAttributes } }
  try {
    const { status } = await api.send<Review>({ method: 'POST', path: '/apis/authorization.k8s.io/v1/selfsubjectaccessreviews', body })
    return status.allowed
  } catch (error) {
    throw error instanceof ApiFailure ? error.toError('ask what the user may do') : error
  }
}

function kindOf({ group, resource, namespace }: Pick<Permission, 'group' | 'resource' | 'namespace'>): string {
  return `${group}/${resource}/${namespace}`
}

function shown({ verb, group, resource }: Permission): string {
  return `${verb} ${resource}${group && `.${group}`}`
}

/** Rules of RBAC: resources of a group that lack the same verbs in the same place have one. */
function describe(missing: readonly Permission[]): string {
  const verbs = grouped(
    missing,
    ({ group, resource, name, namespace }) => JSON.stringify([group, name, namespace, resource]),
    ({ verb }) => verb,
  )
  const rules = grouped(
    [...verbs],
    ([key, own]) => JSON.stringify([...(JSON.parse(key) as string[]).slice(0, 3), own.join(', ')]),
    ([key]) => (JSON.parse(key) as string[])[3]!,
  )
  return [...rules]
    .map(([key, resources]) => {
      const [group, name, namespace, own] = JSON.parse(key) as [string, string, string, string]
      const names = name && `, resourceNames: ["${name}"]`
      return `  - {apiGroups: ["${group}"], resources: [${resources.join(', ')}]${names}, verbs: [${own}]}   # ${namespace === '' ? 'in the whole cluster' : `in namespace ${namespace}`}`
    })
    .join('\n')
}

function grouped<T>(all: readonly T[], key: (one: T) => string, value: (one: T) => string): ReadonlyMap<string, readonly string[]> {
  const groups = new Map<string, string[]>()
  for (const one of all) groups.set(key(one), [...new Set([...(groups.get(key(one)) ?? []), value(one)])])
  return groups
}
