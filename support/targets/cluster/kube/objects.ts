import { ConfigRejected, MeshSpecError } from '../../../../mesh-core/config/errors.ts'
import { resourceKey } from '../../../../mesh-core/config/resource.ts'
import type { KubeObject, ResourceRef } from '../../../../mesh-core/config/resource.ts'
import { NotSupported } from '../../target.ts'
import { ApiFailure } from './api-failure.ts'
import type { KubeApi } from './kube-api.ts'
import { Kinds } from './kinds.ts'

/** By which name the API server remembers who set a field. */
export const fieldManager = 'meshspec'

/** How often somebody else may be quicker. */
const conflicts = 5

/** An object in one version of its kind; without it in the one that the cluster prefers. */
type Versioned = ResourceRef & { readonly apiVersion?: string }

/** By `resourceKey`. */
type Keyed = readonly [string, KubeObject]

/** Objects of the cluster, of any kind. */
export class KubeObjects {
  readonly api: KubeApi
  readonly kinds: Kinds
  /** Kinds of which the user may not ask for all. */
  readonly #unlisted = new Set<string>()

  constructor(api: KubeApi) {
    this.api = api
    this.kinds = new Kinds(api)
  }

  /** `null`: it is not there. @throws MeshSpecError, NotSupported */
  async read(ref: Versioned): Promise<KubeObject | null> {
    return this.#doing(`read ${named(ref)}`, async () =>
      this.api.get<KubeObject>(`${await this.kinds.collectionOf(await this.#versionOf(ref), ref.kind, ref.namespace)}/${ref.name}`),
    )
  }

  #versionOf({ group, kind, apiVersion }: Versioned): string | Promise<string> {
    return apiVersion ?? this.kinds.versionWith(group, kind)
  }

  /**
   * Several objects, with one question for all of a kind in a namespace of which there are more.
   * @param mayList whether all of the namespace may be asked for; where the user may not, they are read one by one
   * @returns by `resourceKey`; without those that are not there
   */
  async readAll(refs: readonly Versioned[], mayList: (namespace: string) => boolean): Promise<ReadonlyMap<string, KubeObject>> {
    const groups = new Map<string, Versioned[]>()
    for (const ref of refs) {
      const key = `${ref.apiVersion ?? ''} ${resourceKey({ ...ref, name: '' })}`
      groups.set(key, [...(groups.get(key) ?? []), ref])
    }
    const found = await Promise.all(
      [...groups.values()].map((own) => (own.length > 1 && mayList(own[0]!.namespace) ? this.#readByList(own) : this.#readEach(own))),
    )
    return new Map(found.flat())
  }

  async #readEach(refs: readonly Versioned[]): Promise<readonly Keyed[]> {
    const found = await Promise.all(refs.map(async (ref) => [resourceKey(ref), await this.read(ref)] as const))
    return found.flatMap(([key, object]) => (object === null ? [] : [[key, object] as const]))
  }

  async #readByList(refs: readonly Versioned[]): Promise<readonly Keyed[]> {
    const { group, kind, namespace } = refs[0]!
    if (this.#unlisted.has(`${group}/${kind}`)) return this.#readEach(refs)
    try {
      const apiVersion = await this.#versionOf(refs[0]!)
      const all = await this.list(apiVersion, kind, namespace)
      // Items of a list do not say themselves what they are.
      return all.map((object) => [resourceKey({ group, kind, namespace, name: object.metadata.name }), { ...object, apiVersion, kind }])
    } catch (error) {
      if ((error as { readonly code?: unknown }).code !== 'CLUSTER_DENIED') throw error
      this.#unlisted.add(`${group}/${kind}`)
      return this.#readEach(refs)
    }
  }

  async list<T = KubeObject>(apiVersion: string, kind: string, namespace: string, query = ''): Promise<readonly T[]> {
    return this.#doing(`list ${kind} in ${namespace || 'all namespaces'}`, async () => {
      const path = await this.kinds.collectionOf(apiVersion, kind, namespace)
      const list = await this.api.get<{ readonly items: readonly T[] }>(
        `${namespace === '' ? path.replace('/namespaces/', '') : path}${query && `?${query}`}`,
      )
      return list?.items ?? []
    })
  }

  /** Server-side apply. @throws ConfigRejected, MeshSpecError, NotSupported */
  apply(object: KubeObject): Promise<KubeObject> {
    return this.#doing(`apply ${namedObject(object)}`, async () => {
      const query = `fieldManager=${fieldManager}&force=true&fieldValidation=Strict`
      const path = `${await this.kinds.pathOf(object)}?${query}`
      return this.api.send<KubeObject>({ method: 'PATCH', path, body: plainData(object), contentType: 'application/apply-patch+yaml' })
    })
  }

  /** Puts the object in the place of the one that is there, whatever that says. @throws ConfigRejected, MeshSpecError */
  replace(object: KubeObject): Promise<KubeObject> {
    return this.#doing(`replace ${namedObject(object)}`, async () => {
      const path = await this.kinds.pathOf(object)
      for (let attempt = 1; ; attempt++)
        try {
          // An update says which version it replaces: the one that is there.
          const { metadata } = await this.api.send<KubeObject>({ method: 'GET', path })
          const { resourceVersion } = metadata as { readonly resourceVersion?: string }
          const body = { ...object, metadata: { ...object.metadata, resourceVersion } }
          return await this.api.send<KubeObject>({ method: 'PUT', path: `${path}?fieldManager=${fieldManager}&fieldValidation=Strict`, body })
        } catch (error) {
          if (!(error instanceof ApiFailure) || error.status !== 409 || attempt === conflicts) throw error
        }
    })
  }

  create(object: KubeObject): Promise<KubeObject> {
    return this.#doing(`create ${namedObject(object)}`, async () => {
      const path = `${(await this.kinds.pathOf(object)).replace(/\/[^/]*$/, '')}?fieldManager=${fieldManager}`
      return this.api.send<KubeObject>({ method: 'POST', path, body: object })
    })
  }

  /** Nothing, where it is not there. @throws MeshSpecError */
  async delete(ref: ResourceRef): Promise<void> {
    await this.#doing(`delete ${named(ref)}`, async () => {
      try {
        await this.api.send({ method: 'DELETE', path: await this.kinds.pathOfRef(ref), body: { propagationPolicy: 'Background' } })
      } catch (error) {
        if (error instanceof NotSupported) return
        if (!(error instanceof ApiFailure) || (error.status !== 404 && error.status !== 410)) throw error
      }
    })
  }

  async #doing<T>(what: string, work: () => Promise<T>): Promise<T> {
    try {
      return await work()
    } catch (error) {
      if (!(error instanceof ApiFailure)) throw error
      throw error.refusesConfig ? new ConfigRejected([rejection(error.refusal)]) : error.toError(what)
    }
  }
}

/**
 * What is written as `stringData` the API server does not know to be the applier's, so that a key which an object no longer has would stay.
 * Source: Kubernetes, "Secret" (`stringData`) and server-side apply.
 */
function plainData(object: KubeObject): KubeObject {
  const { stringData, ...rest } = object
  if (stringData === undefined) return object
  const encoded = Object.entries(stringData as Record<string, string>).map(([key, text]) => [key, Buffer.from(text).toString('base64')])
  return { ...rest, data: { ...(rest['data'] as object | undefined), ...(Object.fromEntries(encoded) as Record<string, string>) } }
}

function rejection(problem: string): MeshSpecError {
  return new MeshSpecError({ code: 'INVALID_VALUE', origin: null, place: null, problem: problem.trim(), hint: null })
}

export function named({ kind, namespace, name }: ResourceRef): string {
  return `${kind} ${namespace ? `${namespace}/` : ''}${name}`
}

function namedObject({ kind, metadata }: KubeObject): string {
  return `${kind} ${metadata.namespace ? `${metadata.namespace}/` : ''}${metadata.name}`
}
