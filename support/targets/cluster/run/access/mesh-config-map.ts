import { setTimeout as sleep } from 'node:timers/promises'
import { parse, stringify } from 'yaml'
import type { KubeObject, Resource, ResourceRef } from '../../../../../mesh-core/config/resource.ts'
import { NotSupported, NotYetProgrammed } from '../../../target.ts'
import { exec } from '../../kube/exec.ts'
import type { KubeObjects } from '../../kube/objects.ts'
import { named } from '../../kube/objects.ts'
import { listPods } from '../../pods/pod.ts'
import type { MeshInfo } from './mesh-info.ts'

/**
 * Fields that proxies take up by a push. Others are about pods to come, certificates, or where the control plane looks.
 * Source: Istio `mesh/v1alpha1/config.proto`.
 */
const pushed: ReadonlySet<string> = new Set([
  ...['accessLogEncoding', 'accessLogFile', 'accessLogFormat', 'connectTimeout', 'defaultDestinationRuleExportTo', 'defaultHttpRetryPolicy'],
  ...['defaultProviders', 'defaultServiceExportTo', 'defaultVirtualServiceExportTo', 'dnsRefreshRate', 'enableAutoMtls', 'enableTracing'],
  ...['extensionProviders', 'h2UpgradePolicy', 'localityLbSetting', 'meshMTLS', 'pathNormalization', 'protocolDetectionTimeout'],
  ...['serviceSettings', 'tcpKeepalive', 'tlsDefaults', 'verifyCertificateAtClient'],
])

export function isPushed(field: string): boolean {
  return pushed.has(field)
}

/** What a run says in its own namespaces, and what every proxy of the mesh would take up. */
export function dividedMeshConfig(object: KubeObject): readonly [KubeObject, object] {
  const ofMesh = Object.entries(object).filter(([field]) => isPushed(field))
  const own = Object.entries(object).filter(([field]) => !isPushed(field))
  return [Object.fromEntries(own) as unknown as KubeObject, Object.fromEntries(ofMesh)]
}

/** Services that the mesh config makes authorizers, by their first names. */
export function authorizersOf(resources: readonly Pick<Resource, 'kind' | 'object'>[]): readonly string[] {
  const providers = resources.flatMap(({ kind, object }) => (kind === 'MeshConfig' ? ((object as Mesh).extensionProviders ?? []) : []))
  return providers.flatMap(({ envoyExtAuthzHttp, envoyExtAuthzGrpc }) => {
    const { service } = envoyExtAuthzHttp ?? envoyExtAuthzGrpc ?? {}
    return service === undefined ? [] : [service.replace(/^.*\//, '').split('.')[0]!]
  })
}

/** Source: Istio `pilot/pkg/bootstrap/mesh.go` (getMeshConfigMapName). */
export function meshConfigMapName({ revision }: Pick<MeshInfo, 'revision'>): string {
  return revision === null || revision === 'default' ? 'istio' : `istio-${revision}`
}

/** Of the provider by which it is known that the control plane goes by the mesh config of a run. */
const markerPattern = 'meshspec-[0-9a-f]{6}(?:-\\d+){1,2}'
const toldMarker = new RegExp(`"${markerPattern}"`)
const markerName = new RegExp(`^${markerPattern}$`)

interface Provider {
  readonly name: string
  readonly envoyExtAuthzHttp?: { readonly service?: string }
  readonly envoyExtAuthzGrpc?: { readonly service?: string }
}

interface Mesh {
  readonly extensionProviders?: readonly Provider[]
}

type Fields = Mesh & Readonly<Record<string, unknown>>

export interface MeshConfigMapOptions {
  readonly objects: KubeObjects
  readonly mesh: MeshInfo
  readonly run: string
  /** Asks every pod of the control plane. Default: by `exec`. @returns the mesh config of each, as JSON; `null` for one that does not tell */
  readonly ask?: () => Promise<readonly (string | null)[]>
  /** ms. A kubelet brings a ConfigMap that has changed to the control plane's pod when it comes to it. */
  readonly patienceMs?: number
  /** @throws MeshSpecError when there is no use in waiting */
  readonly assertHope: () => Promise<void>
}

/** The mesh config of the whole mesh, which a run may change where it was told so. */
export class MeshConfigMap {
  readonly #options: MeshConfigMapOptions
  readonly #prefix: string
  /** As it was before the scenario. */
  #before: KubeObject | null = null
  #generation = 0

  constructor(options: MeshConfigMapOptions) {
    this.#options = options
    this.#prefix = `meshspec-${options.run}-`
  }

  get #ref(): ResourceRef {
    const { mesh } = this.#options
    return { group: '', kind: 'ConfigMap', namespace: mesh.namespace, name: meshConfigMapName(mesh) }
  }

  /**
   * @param fields of the scenario's, in the cluster's words
   * @returns the ConfigMap with them, and with a provider that nobody uses, by whose name the control plane is known to have it
   * @throws NotSupported where there is none, or the mesh has a provider of that name
   */
  async with(fields: Fields): Promise<KubeObject> {
    const before = this.#before ?? (await this.#options.objects.read(this.#ref))
    const data = before?.['data'] as Readonly<Record<string, string>> | undefined
    if (before === null || data === undefined) throw new NotSupported('config', `there is no ${named(this.#ref)}, where the mesh config would stand`)
    const mesh = (parse(data['mesh'] ?? '') ?? {}) as Mesh
    const { extensionProviders: given = [] } = fields
    const known = (mesh.extensionProviders ?? []).map(({ name }) => name)
    const left = known.find((name) => markerName.test(name) && !name.startsWith(this.#prefix))
    if (left)
      throw new NotSupported('config', `${named(this.#ref)} still has what another run has put there (the provider ${left}): npx meshspec clean`)
    const taken = given.find(({ name }) => known.includes(name))
    if (taken) throw new NotSupported('config', `the mesh has an extension provider ${taken.name} of its own, which is not to change`)
    const marker = { name: `${this.#prefix}${++this.#generation}`, prometheus: {} }
    const extensionProviders = [...(mesh.extensionProviders ?? []), ...given, marker]
    this.#before = before
    const { name, namespace } = before.metadata
    const merged = { ...mesh, ...fields, extensionProviders }
    return { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name, namespace: namespace! }, data: { ...data, mesh: stringify(merged) } }
  }

  /** The control plane goes by what was put there last. @throws NotYetProgrammed */
  async taken(): Promise<void> {
    const wanted = `"${this.#prefix}${this.#generation}"`
    await this.#until((told) => told.includes(wanted), 'the mesh config of the scenario')
  }

  /** It goes by what was there before this run, or one that was killed, has changed it. @throws NotYetProgrammed */
  async left(): Promise<void> {
    this.#before = null
    await this.#until((told) => !toldMarker.test(told), 'the mesh config as it was before')
  }

  async #until(isMet: (told: string) => boolean, what: string): Promise<void> {
    const { patienceMs = 180_000, ask = () => this.#ask(), assertHope } = this.#options
    const deadline = performance.now() + patienceMs
    for (;;) {
      const told = await ask()
      if (told.length > 0 && told.every((one) => one !== null && isMet(one))) return
      if (performance.now() > deadline)
        throw new NotYetProgrammed(
          `after ${patienceMs / 1000} s ${told.includes(null) ? 'the control plane does not tell its mesh config' : `the control plane does not go by ${what}`}`,
        )
      await assertHope()
      await sleep(250)
    }
  }

  /** Source: Istio `pilot/cmd/pilot-discovery` (request), `pilot/pkg/xds/debug.go` (`/debug/mesh`). */
  async #ask(): Promise<readonly (string | null)[]> {
    const { objects, mesh } = this.#options
    const selector = ['app=istiod', ...(mesh.revision === null ? [] : [`istio.io/rev=${mesh.revision}`])].join(',')
    const pods = (await listPods(objects, mesh.namespace, selector)).filter(({ ready }) => ready)
    const command = ['pilot-discovery', 'request', 'GET', '/debug/mesh']
    return Promise.all(
      pods.map(async ({ namespace, name, container }) => {
        const { code, stdout } = await exec(objects.api.config, { namespace, pod: name, container }, command)
        return code === 0 ? stdout : null
      }),
    )
  }
}
