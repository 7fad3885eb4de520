import { createHash } from 'node:crypto'
import { keyOf, refOf, resourceKey } from '../../mesh-core/config/resource.ts'
import type { Resource, ResourceRef } from '../../mesh-core/config/resource.ts'
import type { Analysis } from './analysis.ts'
import type { Application } from './application.ts'
import { ChartReleases } from '../charts/chart-releases.ts'
import type { ConfigDesk } from './config-desk.ts'
import type { DocStrings } from '../sentences/doc-string.ts'
import { StatementFailed } from '../verdicts/failure.ts'
import { asNamespace } from './namespace.ts'
import { ObjectStatuses } from './object-statuses.ts'
import type { Refusal } from '../verdicts/refusal.ts'
import type { ScenarioCertificates, SecretAsked } from './scenario-certificates.ts'
import type { ScenarioSession } from '../runs/scenario-session.ts'
import { NotSupported } from '../targets/target.ts'

/** A config as a sentence gives it: by name, or as a doc string. */
export type ConfigSource = { readonly name: string } | { readonly text: string }

interface Parts {
  readonly mesh: ScenarioSession
  readonly configs: ConfigDesk
  readonly docStrings: DocStrings
  readonly application: Application
  readonly certificates: ScenarioCertificates
  readonly refusal: Refusal
}

/** The config of a scenario: it comes, changes and goes, and the mesh says what it thinks of it. */
export class ScenarioConfig {
  readonly #parts: Parts
  readonly #charts: ChartReleases
  /** By namespace. */
  readonly #labels = new Map<string, Readonly<Record<string, string>>>()

  constructor(parts: Parts) {
    this.#parts = parts
    this.#charts = new ChartReleases((text, label, namespace) => parts.configs.manifests(text, label, namespace))
  }

  /** @throws ConfigRejected: a config that is given has to be in order */
  async give(source: ConfigSource): Promise<void> {
    await this.#put(source)
    this.#parts.refusal.keep(null)
  }

  /** Keeps a refusal for the `Then` that looks at it. */
  apply(source: ConfigSource): Promise<void> {
    return this.#keepRefusal(() => this.give(source))
  }

  /** @throws StatementFailed for what is not there */
  async delete(source: ConfigSource): Promise<void> {
    const refs = this.#read(source).map(refOf)
    await this.#parts.mesh.prepare((session) => {
      assertApplied(refs, session.resources?.() ?? null)
      return session.remove(refs)
    })
  }

  /** @param text YAML of Istio's MeshConfig, bare or as the object that carries it */
  async giveMeshConfig(text: string): Promise<void> {
    const { configs, docStrings, mesh } = this.#parts
    const resources = configs.meshConfig(text, docStrings.place(text))
    await mesh.prepare((session) => session.apply(resources))
  }

  /**
   * What an address of `jwksUri` answers with.
   * @throws StatementFailed for what is no JSON
   */
  async giveKeys(uri: string, text: string): Promise<void> {
    const problem = jsonProblem(text)
    if (problem !== null) throw new StatementFailed(`what is at "${uri}" is no JSON: ${problem}`)
    const name = `jwks-${createHash('sha256').update(uri).digest('hex').slice(0, 12)}`
    await this.#put({ text: JSON.stringify({ apiVersion: 'meshspec.dev/v1', kind: 'JsonWebKeySet', metadata: { name }, spec: { uri, jwks: text } }) })
  }

  /** @param label `key=value` */
  async labelNamespace(namespace: string, label: string): Promise<void> {
    asNamespace(namespace)
    const [, key = '', value = ''] = /^([^=\s]+)=([^=\s]*)$/.exec(label) ?? []
    if (key === '') throw new StatementFailed(`${JSON.stringify(label)} is no label; a label reads "istio-injection=enabled"`)
    const isInjection = key === 'istio-injection' && (value === 'enabled' || value === 'disabled')
    if (isInjection) return this.#parts.application.setSidecars(namespace, value === 'enabled')
    const labels = { ...this.#labels.get(namespace), [key]: value }
    this.#labels.set(namespace, labels)
    await this.#put({ text: JSON.stringify({ apiVersion: 'v1', kind: 'Namespace', metadata: { name: namespace, labels } }) })
    // As a whole it has taken the place of what was said of sidecars, and pods of a namespace have some unless somebody says otherwise.
    const injected = this.#parts.application.sidecars(namespace)
    if (injected !== undefined || !('istio.io/rev' in labels)) await this.#parts.application.setSidecars(namespace, injected ?? true)
  }

  /** A Secret for the ingress gateway, or in another namespace. @param names that its certificate is for, with commas between */
  async giveTlsSecret(name: string, names: string, asked: SecretAsked): Promise<void> {
    await this.#put({ text: await this.#parts.certificates.secret(name, names, asked) })
  }

  /** @throws NotSupported without helm; ConfigRejected */
  async giveChart(name: string, values: string): Promise<void> {
    const { application, configs, mesh, refusal } = this.#parts
    await this.#charts.install(configs.chart(name), application.namespace, values, (change) => mesh.change(change))
    refusal.keep(null)
  }

  /** Keeps a refusal for the `Then` that looks at it. @throws StatementFailed for a release that there is not */
  upgradeRelease(release: string, values: string): Promise<void> {
    return this.#keepRefusal(() => this.#charts.upgrade(release, values, (change) => this.#parts.mesh.change(change)))
  }

  /** As `upgradeRelease`. */
  rollBackRelease(release: string, revision: number): Promise<void> {
    return this.#keepRefusal(() => this.#charts.rollBack(release, revision, (change) => this.#parts.mesh.change(change)))
  }

  /** @throws StatementFailed unless the config calls for this message */
  async expectAnalysis(code: string, kind: string, name: string): Promise<void> {
    ;(await this.#analysis()).expectReported(code, kind, name)
  }

  /** Of the config that the scenario has given. @throws StatementFailed for any message */
  async expectNoAnalysis(): Promise<void> {
    ;(await this.#analysis()).expectNothing(this.#parts.configs.given)
  }

  /** @throws NotSupported where the target does not tell them */
  async statuses(): Promise<ObjectStatuses> {
    const statuses = (await this.#parts.mesh.use()).statuses?.()
    if (!statuses) throw new NotSupported('config', 'the target does not tell the status of objects')
    return new ObjectStatuses(statuses)
  }

  /** Loaded when it is asked for: an analyzer is a file, and there are many. */
  async #analysis(): Promise<Analysis> {
    const resources = (await this.#parts.mesh.use()).resources?.()
    if (!resources) throw new NotSupported('config', 'the target does not tell what is applied, which an analysis looks at')
    return (await import('./analysis.ts')).Analysis.of(resources)
  }

  async #keepRefusal(action: () => Promise<void>): Promise<void> {
    const { refusal } = this.#parts
    try {
      await action()
      refusal.keep(null)
    } catch (error) {
      if (!(error instanceof Error) || error.name !== 'ConfigRejected') throw error
      refusal.keep(error)
    }
  }

  async #put(source: ConfigSource): Promise<void> {
    const resources = this.#read(source)
    await this.#parts.mesh.prepare((session) => session.apply(resources))
  }

  #read(source: ConfigSource): readonly Resource[] {
    const { application, configs, docStrings } = this.#parts
    const { namespace } = application
    return 'name' in source ? configs.file(source.name, namespace) : configs.text(source.text, docStrings.place(source.text), namespace)
  }
}

/** @param applied `null` where the target cannot tell */
function assertApplied(refs: readonly ResourceRef[], applied: readonly Resource[] | null): void {
  if (applied === null) return
  const keys = new Set(applied.map(keyOf))
  const missing = refs
    .filter((ref) => !keys.has(resourceKey(ref)))
    .map(({ kind, namespace, name }) => `${kind} ${namespace ? `${namespace}/` : ''}${name}`)
  if (missing.length > 0)
    throw new StatementFailed(
      `cannot delete what is not there: ${missing.join(', ')} ${missing.length > 1 ? 'were not applied, or have' : 'was not applied, or has'} been deleted`,
    )
}

function jsonProblem(text: string): string | null {
  try {
    JSON.parse(text)
    return null
  } catch (error) {
    return (error as Error).message
  }
}
